"""The overview of the buyers as it was: against a naive model, and with a bound."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import overview
from tests.integration.events import NAME, creation, note
from tests.integration.test_worker import Hand
from tests.properties.past import true_at
from tests.properties.test_past import drawn_trail, moments, records_of
from tests.unit.acting import AUDITOR, BUYER, RECORDER, THE_BUYER, Case
from tests.unit.versions import both
from workflow.catalog import index_entry
from workflow.desk import Accepted
from workflow.domain.history import Moment
from workflow.domain.refusals import Refused
from workflow.indexing import commits_of
from workflow.machine import Engine
from workflow.overviews import Row
from workflow.procedures import load_packaged
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import Committed, EmbeddedServer, Store, connect

EARLY, LATER = "2026-01-01T00:00:00.000Z", "2026-01-03T00:00:00.000Z"
ANOTHER_NAME = {"en": "Another Cloud", "zh": "另一云"}
NOT_SHOWN = ("notes", "acted")

Snapshot = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_packaged()["h200-import", 1])


@asynccontextmanager
async def emptied(server: EmbeddedServer) -> AsyncIterator[Store]:
    client = connect(server.url)
    await client.flushall()
    async with Store(client) as store:
        yield store
    await client.aclose()


async def enter(store: Store, name: str, case: Case) -> None:
    """A whole trail, as the engine has decided it."""
    acts = [(number.to_bytes(16), decision) for number, decision in enumerate(case.decisions)]
    commits, _ = commits_of(partial(index_entry, both()), f"application/{name}", acts, None)
    for commit in commits:
        assert await store.commit([commit]) == [Committed()]


def was(case: Case, moment: Moment) -> Snapshot | None:
    """What the naive model says, without what no line of the overview shows."""
    as_of, known_at = moment
    if as_of is not None:
        found = true_at(records_of(case), as_of, known_at)
    else:
        known = [one for one in case.decisions if one.record["recorded_at"] <= (known_at or "~")]
        found = {**known[-1].after.snapshot} if known else None
    return found and {name: value for name, value in found.items() if name not in NOT_SHOWN}


def told(row: Row) -> Snapshot | None:
    if row.document is None:
        return None
    return {name: one for name, one in row.document.snapshot.items() if name not in NOT_SHOWN}


def pieces(case: Case, row: Row) -> bool:
    """Whether a line's sources are what its state and its share rested on then."""
    assert row.document is not None
    snapshot, records = row.document.snapshot, records_of(case)
    share = snapshot["allocation"]
    numbers = {snapshot["entered_seq"], *([share["seq"]] if share else [])}
    wanted = []
    for seq in sorted(numbers):
        by = snapshot["corrections"].get(str(seq))
        said = records[seq - 1] if by is None else records[by - 1]["data"]["with"]
        wanted.append(said["evidence"])
    return [source["evidence"] for source in row.sources] == wanted


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_overview_as_it_was_is_what_the_naive_model_says(
    server: EmbeddedServer, engine: Engine, data: st.DataObject
) -> None:
    drawn = [drawn_trail(data, engine) for _ in range(data.draw(st.integers(1, 3)))]
    cases = {f"a{number}": case for number, case in enumerate(drawn) if case.decisions}
    records = [record for case in cases.values() for record in records_of(case)]
    times = moments(records) if records else st.just(EARLY)
    asked = st.builds(Moment, st.none() | times, st.none() | times)
    wanted = [data.draw(asked) for _ in range(6)]

    async def look() -> list[list[Row]]:
        async with emptied(server) as store:
            hand = Hand(EARLY)
            service, queries = Service(store, both(), clock=hand), Queries(store, both())
            await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
            for name, case in cases.items():
                await enter(store, name, case)
            found = [(await queries.overview_at(AUDITOR, 50, None, one))[0] for one in wanted]
            await service.finish()
            return found

    for moment, rows in zip(wanted, asyncio.run(look()), strict=True):
        standing = {name: was(case, moment) for name, case in cases.items()}
        there = {name: one for name, one in standing.items() if one is not None}
        assert {row.application for row in rows} == {*there} or (not there and len(rows) == 1)
        for row in rows:
            assert told(row) == (there[row.application] if row.application else None)
            assert row.application is None or pieces(cases[row.application], row)


async def test_the_names_are_those_that_were_known(store: Store) -> None:
    hand = Hand(EARLY)
    service, queries = Service(store, both(), clock=hand), Queries(store, both())
    await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    hand.now = LATER
    await service.register_buyer(RECORDER, BUYER, ANOTHER_NAME, "1" * 64)
    for known_at, names in (
        ("2025-12-31T00:00:00.000Z", []),
        ("2026-01-02T00:00:00.000Z", [NAME]),
        ("2026-01-04T00:00:00.000Z", [ANOTHER_NAME]),
    ):
        rows, _ = await queries.overview_at(AUDITOR, 50, None, Moment(None, known_at))
        assert [row.name for row in rows] == names
    await service.finish()


@pytest.fixture
async def noted(service: Service, application: str) -> str:
    """An application with nine notes behind its submission."""
    for number in range(9):
        outcome = await service.post(THE_BUYER, application, note("x", f"n{number}"))
        assert isinstance(outcome, Accepted)
    return application


NOW = Moment("2999-01-01T00:00:00.000Z", None)


async def test_a_trail_that_is_too_long_is_said_to_be(
    queries: Queries, noted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.hindsight.READ", 10)
    assert not isinstance(await queries.at(f"application/{noted}", NOW), Refused)
    monkeypatch.setattr("workflow.hindsight.READ", 9)
    refused = await queries.at(f"application/{noted}", NOW)
    assert isinstance(refused, Refused)
    assert (refused.decisive.code, refused.decisive.parameters) == ("past-too-long", {"limit": 9})
    (row,), _ = await queries.overview_at(AUDITOR, 50, None, NOW)
    assert (row.application, row.document, row.unread) == (noted, None, True)
    line = overview.line(row, both(), EARLY)
    assert (line["application"], line["state"]) == (noted, None)
    assert line["sentence"]["en"].startswith("Too many records")


async def test_what_was_not_known_yet_is_not_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(EARLY)
    service, queries = Service(store, both(), clock=hand), Queries(store, both())
    await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    name, _ = await service.create(THE_BUYER, "h200-import", creation("one"))
    hand.now = LATER
    for number in range(9):
        await service.post(THE_BUYER, name, note("x", f"n{number}"))
    monkeypatch.setattr("workflow.hindsight.READ", 3)
    monkeypatch.setattr("workflow.hindsight.STRETCH", 2)
    found = await queries.at(f"application/{name}", Moment(None, EARLY))
    assert not isinstance(found, Refused)
    assert found is not None
    assert found.version == 1
    assert isinstance(await queries.at(f"application/{name}", Moment(None, LATER)), Refused)
    await service.finish()


async def test_a_page_ends_where_it_has_read_enough(
    service: Service, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And goes on with the next buyer behind its cursor."""
    monkeypatch.setattr("workflow.overviews.PAGE_READ", 1)
    monkeypatch.setattr("workflow.overviews.TOGETHER", 2)
    for number in range(4):
        await service.register_buyer(RECORDER, f"b{number}", NAME, "0" * 64)
    shown: list[str] = []
    before, pages = None, 0
    while True:
        rows, before = await queries.overview_at(AUDITOR, 50, before, NOW)
        shown += [row.buyer for row in rows]
        pages += 1
        if before is None:
            break
    assert sorted(shown) == sorted([BUYER, "b0", "b1", "b2", "b3"])
    assert pages == 3
