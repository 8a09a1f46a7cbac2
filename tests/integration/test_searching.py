"""Buyers by name, where a page of records is asked for theirs."""

import pytest

from api.console.searching import NAMESAKES, buyer_named
from tests.unit.acting import AUDITOR, BUYER, RECORDER, THE_BUYER
from workflow.queries import Queries
from workflow.service import Service

NORTH, SOUTH = {"en": "North Cloud", "zh": "北云"}, {"en": "Nordic", "zh": "北方"}


@pytest.fixture(autouse=True)
async def _namesakes(service: Service) -> None:
    for buyer, name in (("a1", NORTH), ("a2", SOUTH)):
        await service.register_buyer(RECORDER, buyer, name, "0" * 64)


@pytest.mark.parametrize(
    ("text", "meant"), [(None, None), ("a1", "a1"), ("north", "a1"), ("北方", "a2"), ("x", "x")]
)
async def test_one_is_meant(queries: Queries, text: str | None, meant: str | None) -> None:
    assert await buyer_named(queries, AUDITOR, text) == (meant, {})


@pytest.mark.parametrize("text", ["nor", "北"])
async def test_of_several_all_are_named(queries: Queries, text: str) -> None:
    assert await buyer_named(queries, AUDITOR, text) == (text, {"a1": NORTH, "a2": SOUTH})


async def test_no_more_than_a_few_are_named(service: Service, queries: Queries) -> None:
    for number in range(NAMESAKES):
        await service.register_buyer(RECORDER, f"n{number}", NORTH, "0" * 64)
    assert len((await buyer_named(queries, AUDITOR, "north"))[1]) == NAMESAKES


async def test_a_buyer_is_not_told_of_others(queries: Queries) -> None:
    for text in ("a1", "nor", "北方"):
        assert await buyer_named(queries, THE_BUYER, text) == (text, {})
    assert await buyer_named(queries, THE_BUYER, BUYER) == (BUYER, {})
