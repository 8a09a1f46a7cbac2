"""Lists and search: every filter against a plain scan of all that was made."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.events import PROCEDURE, creation, event
from tests.integration.test_desk_service import MARK
from tests.unit.acting import RECORDER, officer, person
from workflow import search
from workflow.desk import Accepted
from workflow.domain.principal import Role
from workflow.queries import Queries
from workflow.search import Found
from workflow.service import Service

BUYERS: dict[str, dict[str, Any]] = {
    "alibaba": {"en": "Alibaba", "zh": "阿里巴巴"},
    "alpha": {"en": "Alpha Cloud", "zh": None},
    "bytedance": {"en": "ByteDance", "zh": "字节跳动"},
}
EACH = 4


@pytest.fixture
async def made(service: Service) -> dict[str, tuple[str, str, str]]:
    """Applications of several buyers, oldest first: id -> buyer, reference, state."""
    found: dict[str, tuple[str, str, str]] = {}
    for buyer, name in BUYERS.items():
        await service.register_buyer(RECORDER, buyer, name, MARK)
    for number, buyer in itertools.product(range(EACH), BUYERS):
        reference = f"Ref-{'AB'[number % 2]}-{buyer}-{number}"
        own = person(Role.BUYER, buyer)
        act = creation(f"{buyer}.{number}", buyer, reference=reference)
        identifier, outcome = await service.create(own, PROCEDURE, act)
        assert isinstance(outcome, Accepted)
        state = "submitted"
        if number % 2:
            state = "in_principle"
            await service.post(officer("ndrc"), identifier, event("grant_in_principle", "g"))
        found[identifier] = (buyer, reference, state)
    return found


async def listed(queries: Queries, terms: list[str], text: str | None, limit: int) -> list[str]:
    """All pages, one after the other; each is newest first and no longer than asked."""
    ids: list[str] = []
    before = None
    for _ in range(100):
        page: Found = await queries.applications(RECORDER, terms, text, limit, before)
        assert len(page.items) <= limit
        ids += [name for name, _ in page.items]
        if page.next is None:
            return ids
        before = page.next
    raise AssertionError("the list has no end")


Fits = Callable[[str, str, str, str], bool]
"""Whether an application is wanted: by id, buyer, reference and state."""

QUESTIONS: list[tuple[list[str], str | None, Fits]] = [
    ([], None, lambda *_: True),
    (["state=in_principle"], None, lambda _i, _b, _r, state: state == "in_principle"),
    (
        ["buyer=alpha", "state=submitted"],
        None,
        lambda _i, b, _r, s: (b, s) == ("alpha", "submitted"),
    ),
    (["state=licensed"], None, lambda *_: False),
    ([], "al", lambda _i, buyer, _r, _s: buyer.startswith("al")),
    ([], "AL", lambda _i, buyer, _r, _s: buyer.startswith("al")),
    ([], "阿里", lambda _i, buyer, _r, _s: buyer == "alibaba"),
    ([], "ref-a", lambda _i, _b, reference, _s: reference.startswith("Ref-A")),
    (["state=submitted"], "ref", lambda _i, _b, _r, state: state == "submitted"),
    (["state=in_principle"], "al", lambda _i, b, _r, s: b.startswith("al") and s == "in_principle"),
    ([], "nobody", lambda *_: False),
    (["procedure=h200-import"], None, lambda *_: True),
    (["procedure=another"], None, lambda *_: False),
    (["authority=ndrc"], None, lambda _i, _b, _r, state: state == "in_principle"),
    (
        ["authority=ndrc", "buyer=alpha"],
        "ref",
        lambda _i, b, _r, s: (b, s) == ("alpha", "in_principle"),
    ),
]


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("few", [1_000, 2], ids=["few", "many"])
async def test_every_question_has_its_answer(
    queries: Queries,
    made: dict[str, tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    limit: int,
) -> None:
    """`many`: the words match more than is looked at one by one, so the list is scanned."""
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "SCAN", 5)
    for terms, text, fits in QUESTIONS:
        expected = {name for name, told in made.items() if fits(name, *told)}
        found = await listed(queries, terms, text, limit)
        assert len(found) == len(set(found)), (terms, text)
        assert set(found) == expected, (terms, text)
        order = await listed(queries, [], None, 50)
        assert found == [name for name in order if name in expected]


async def test_an_id_is_found_by_its_beginning(
    queries: Queries, made: dict[str, tuple[str, str, str]]
) -> None:
    for name in made:
        assert await listed(queries, [], name[:12], 5) == [name]


async def test_the_newest_come_first(
    queries: Queries, made: dict[str, tuple[str, str, str]]
) -> None:
    page = await queries.applications(RECORDER, [], None, 50, None)
    created = [document.snapshot["created_at"] for _, document in page.items]
    assert created == sorted(created, reverse=True)
    assert len(created) == len(made)
