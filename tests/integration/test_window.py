"""The window of statistics: the records of a period, how long a state lasted, and what stands
still.
"""

import asyncio
from typing import Any

import orjson
import pytest

from api.console import kept, present, window
from api.console.present import Presence
from api.console.window import Stay, Window
from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event, note
from tests.unit.acting import (
    ANONYMOUS,
    ANOTHER_BUYER,
    AUDITOR,
    OFFICIAL,
    RECORDER,
    THE_BUYER,
    officer,
)
from workflow.desk import Accepted
from workflow.domain.principal import Principal
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import Store
from workflow.trails import ForeignPlace

(RULES,) = (one for one in CATALOG.procedures() if one.name == PROCEDURE)
SUBMITTED, CLEARED, APPROVED = (f"2026-01-{day}T00:00:00.000Z" for day in ("05", "08", "20"))
DAY = 86_400
LEFT = [Stay("in_principle", 12 * DAY), Stay("submitted", 3 * DAY)]


@pytest.fixture
async def application(service: Service) -> str:
    """One that was cleared in principle and approved, with a note between any two acts."""
    opening = creation("a")._replace(effective_at=SUBMITTED)
    name, outcome = await service.create(THE_BUYER, PROCEDURE, opening)
    assert isinstance(outcome, Accepted)
    for kind, who, at in (
        ("grant_in_principle", "ndrc", CLEARED),
        ("approve", "miit", CLEARED),
        ("approve", "mofcom", APPROVED),
    ):
        await service.post(RECORDER, name, note("Nothing new.", f"before {who}"))
        act = event(kind, who, {}, authority=who, grade=OFFICIAL, at=at)
        outcome = await service.post(officer(who), name, act)
        assert isinstance(outcome, Accepted), outcome
    return name


async def counted(
    queries: Queries, reader: Principal = AUDITOR, since: str | None = None
) -> Window:
    return await window.counted(queries, reader, RULES, "recorded_at", since)


async def test_what_was_left_had_lasted_from_its_arrival(
    store: Store, queries: Queries, application: str
) -> None:
    found = await counted(queries)
    assert (found.records, found.whole, found.days.total()) == (7, True, 7)
    for since in (None, SUBMITTED):
        assert (await counted(queries, since=since)).everything
    assert await window.stays(store, found) == LEFT


@pytest.mark.parametrize(("further", "step"), [(100, 20), (100, 1), (4, 3), (4, 4)])
async def test_an_arrival_before_the_window_is_looked_for_in_the_trail(
    store: Store,
    queries: Queries,
    application: str,
    monkeypatch: pytest.MonkeyPatch,
    further: int,
    step: int,
) -> None:
    for name, value in (("RECORDS", 1), ("FURTHER", further), ("STEP", step)):
        monkeypatch.setattr(window, name, value)
    found = await counted(queries)
    assert (found.records, found.whole) == (1, False)
    assert await window.stays(store, found) == LEFT[:1]


async def test_an_arrival_too_far_back_is_not_found_out(
    store: Store, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("RECORDS", 1), ("FURTHER", 3)):
        monkeypatch.setattr(window, name, value)
    assert await window.stays(store, await counted(queries)) == [Stay("in_principle", None)]


async def test_only_the_newest_departures_are_looked_at(
    store: Store, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "DEPARTURES", 1)
    assert await window.stays(store, await counted(queries)) == LEFT[:1]


async def test_a_period_has_what_was_recorded_in_it_read_page_by_page(
    store: Store, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fifth,) = await store.records(f"application/{application}", 5, 5)
    since = orjson.loads(fifth)["recorded_at"]
    texts = await store.records(f"application/{application}", 1, 7)
    later = sum(orjson.loads(text)["recorded_at"] >= since for text in texts)
    monkeypatch.setattr(window, "PAGE", 2)
    found = await counted(queries, since=since)
    assert (found.records, found.whole) == (later, True)
    assert found.everything is (later == 7)
    assert found.since is not None
    assert found.since >= since
    assert await window.stays(store, found) == LEFT[: 2 if later > 4 else 1]
    monkeypatch.setattr(window, "PAGES", 2)
    found = await counted(queries)
    assert (found.records, found.whole) == (4, False)


@pytest.mark.parametrize(("kind", "left"), [("correct", 0), ("migrate", 0), ("approve", 1)])
def test_a_state_that_is_said_anew_was_not_left(kind: str, left: int) -> None:
    one: dict[str, Any] = {"subject": "application/a", "seq": 9, "type": kind, "standing": None}
    one |= {"from": "licensed", "to": "submitted", "changes": {"set": {window.ENTERED: APPROVED}}}
    found = Window()
    found.take(one | {"recorded_at": APPROVED}, RULES)
    assert len(found.left) == left


async def test_what_a_correction_has_undone_was_not_left(
    service: Service, store: Store, queries: Queries, application: str
) -> None:
    undone = event("correct", "undo", {"seq": 7, "with": None}, grade=())
    outcome = await service.post(officer("mofcom"), application, undone)
    assert isinstance(outcome, Accepted), outcome
    assert await window.stays(store, await counted(queries)) == LEFT[1:]


async def test_nobody_counts_what_they_may_not_see(
    service: Service, queries: Queries, application: str
) -> None:
    await service.register_buyer(RECORDER, ANOTHER_BUYER.organisation, NAME, "0" * 64)
    opening = creation("b", ANOTHER_BUYER.organisation)
    other, _ = await service.create(ANOTHER_BUYER, PROCEDURE, opening)
    assert (await counted(queries, ANOTHER_BUYER)).records == 1
    assert (await counted(queries, officer("miit"))).records == 8
    assert (await counted(queries, officer("fisheries"))).records == 0
    for who, there in ((ANOTHER_BUYER, 1), (officer("fisheries"), 0), (officer("miit"), 2)):
        found = await present.census(queries, CATALOG, who, RULES)
        assert sum(one.there for one in found.presences) == there
        assert (found.moving, found.whole) == (there, True)
        told = {one.application for one in found.longest["state"]}
        assert told == ({application, other} if there == 2 else {other} if there else set())


async def test_looking_ends_where_too_little_is_seen(
    queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.trails.search.LOOKED_AT", 1)
    monkeypatch.setattr("workflow.trails.search.PAGE_CHUNK", 1)
    monkeypatch.setattr(window, "PAGES", 3)
    found = await counted(queries, officer("fisheries"))
    assert (found.records, found.whole) == (0, False)


async def test_a_place_that_does_not_fit_any_more_ends_it(
    queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def foreign(*_: object, **__: object) -> None:
        raise ForeignPlace

    monkeypatch.setattr(queries, "search_trails", foreign)
    assert await counted(queries) == Window()


def test_between_one_instant_and_itself_no_length_is_made_up() -> None:
    assert window.seconds(CLEARED, APPROVED) == 12 * DAY
    assert window.seconds(CLEARED, CLEARED) is None
    assert window.seconds(APPROVED, CLEARED) is None


async def test_what_a_recorder_tells_is_a_report_until_it_is_confirmed(
    service: Service, store: Store, queries: Queries
) -> None:
    opening = creation("a")._replace(effective_at=SUBMITTED)
    name, _ = await service.create(THE_BUYER, PROCEDURE, opening)
    act = event("grant_in_principle", "told", {}, authority="ndrc", grade=ANONYMOUS, at=CLEARED)
    outcome = await service.post(RECORDER, name, act)
    assert isinstance(outcome, Accepted), outcome
    found = await counted(queries)
    assert await window.stays(store, found) == [Stay("submitted", 3 * DAY, reported=True)]
    census = await present.census(queries, CATALOG, AUDITOR, RULES)
    assert census.presences == [Presence("in_principle", 1, CLEARED, reported=True)]
    confirming = event("confirm", "true", {"seq": 2}, authority="ndrc", grade=OFFICIAL)
    outcome = await service.post(officer("ndrc"), name, confirming)
    assert isinstance(outcome, Accepted), outcome
    assert await window.stays(store, await counted(queries)) == LEFT[1:]


async def opened(service: Service, *days: str) -> list[str]:
    """Applications that were submitted on these days, entered one after the other."""
    names: list[str] = []
    for number, day in enumerate(days):
        opening = creation(f"{number}")._replace(effective_at=f"{day}T00:00:00.000Z")
        name, outcome = await service.create(RECORDER, PROCEDURE, opening)
        assert isinstance(outcome, Accepted), outcome
        names.append(name)
    return names


@pytest.mark.parametrize("reader", [AUDITOR, THE_BUYER])
async def test_the_longest_are_found_wherever_they_stand_in_the_list(
    service: Service, queries: Queries, monkeypatch: pytest.MonkeyPatch, reader: Principal
) -> None:
    """Also those that were entered last, and of how many there are all are counted."""
    monkeypatch.setattr(present, "STUCK", 2)
    monkeypatch.setattr("workflow.queries.STRETCH", 2)
    names = await opened(service, "2026-01-07", "2026-01-06", "2026-01-08", "2026-01-05")
    found = await present.census(queries, CATALOG, reader, RULES)
    assert (found.moving, found.overdue, found.whole) == (4, 4, True)
    assert found.presences == [Presence("submitted", 4, "2026-01-05T00:00:00.000Z", reported=True)]
    for kind in found.longest:
        assert [one.application for one in found.longest[kind]] == [names[3], names[1]]


@pytest.mark.parametrize(("reader", "exact"), [(AUDITOR, True), (THE_BUYER, False)])
async def test_how_many_there_are_is_exact_where_not_all_are_read(
    service: Service,
    queries: Queries,
    monkeypatch: pytest.MonkeyPatch,
    reader: Principal,
    exact: bool,
) -> None:
    monkeypatch.setattr(present, "STRETCHES", 1)
    monkeypatch.setattr("workflow.queries.STRETCH", 2)
    await opened(service, "2026-01-07", "2026-01-06", "2026-01-05")
    found = await present.census(queries, CATALOG, reader, RULES)
    (there,) = found.presences[:1]
    assert there.exact is exact
    assert there.there == (3 if exact else 2)
    assert there.since == "2026-01-06T00:00:00.000Z"
    assert (found.whole, found.moving) == (False, there.there)


async def test_what_is_counted_is_kept_as_long_as_it_is_worth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever asks meanwhile waits for the same; a fault is nobody's but those who wait for it."""
    kept_, times = kept.Kept(), iter(range(9))

    async def count() -> int:
        await asyncio.sleep(0)
        return next(times)

    first, second = await asyncio.gather(kept_.of("a", count), kept_.of("a", count))
    assert first == second == 0
    assert await kept_.of("b", count) == 1

    async def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        await kept_.of("c", fail)
    assert await kept_.of("c", count) == 2
    assert await kept_.of("c", count) == 3
    for name, value in (("QUICK", -1.0), ("TIMES", 1e9)):
        monkeypatch.setattr(kept, name, value)
    assert await kept_.of("c", count) == 4
    assert await kept_.of("c", count) == 4
    monkeypatch.setattr(kept, "MOST", 1)
    assert await kept_.of("d", count) == 5
    assert await kept_.of("c", count) == 6
