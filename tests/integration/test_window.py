"""The window of statistics: the newest records that somebody sees, and how long a state lasted."""

from typing import Any

import pytest

from api.console import present, window
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


async def test_what_was_left_had_lasted_from_its_arrival(
    store: Store, queries: Queries, application: str
) -> None:
    found = await window.newest(queries, AUDITOR, PROCEDURE)
    assert [one["seq"] for one in found.records] == [7, 6, 5, 4, 3, 2, 1]
    assert found.whole
    assert await window.stays(store, found, RULES) == LEFT


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
    found = await window.newest(queries, AUDITOR, PROCEDURE)
    assert [one["seq"] for one in found.records] == [7]
    assert not found.whole
    assert await window.stays(store, found, RULES) == LEFT[:1]


async def test_an_arrival_too_far_back_is_not_found_out(
    store: Store, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "FURTHER", 3)
    (first, *_) = (await window.newest(queries, AUDITOR, PROCEDURE)).records
    found = await window.stays(store, Window([first], whole=False), RULES)
    assert found == [Stay("in_principle", None)]


async def test_only_the_newest_departures_are_looked_at(
    store: Store, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "DEPARTURES", 1)
    found = await window.newest(queries, AUDITOR, PROCEDURE)
    assert await window.stays(store, found, RULES) == LEFT[:1]


@pytest.mark.parametrize("kind", ["correct", "migrate"])
async def test_a_state_that_is_said_anew_was_not_left(store: Store, kind: str) -> None:
    one: dict[str, Any] = {"subject": "application/a", "seq": 9, "type": kind}
    one |= {"from": "licensed", "to": "submitted", "changes": {"set": {window.ENTERED: APPROVED}}}
    assert await window.stays(store, Window([one], whole=False), RULES) == []


async def test_nobody_counts_what_they_may_not_see(
    service: Service, queries: Queries, application: str
) -> None:
    await service.register_buyer(RECORDER, ANOTHER_BUYER.organisation, NAME, "0" * 64)
    opening = creation("b", ANOTHER_BUYER.organisation)
    other, _ = await service.create(ANOTHER_BUYER, PROCEDURE, opening)
    seen = await window.newest(queries, ANOTHER_BUYER, PROCEDURE)
    assert [one["subject"] for one in seen.records] == [f"application/{other}"]
    assert len((await window.newest(queries, officer("miit"), PROCEDURE)).records) == 8
    assert not (await window.newest(queries, officer("fisheries"), PROCEDURE)).records
    assert not (await window.newest(queries, AUDITOR, "us-export")).records


async def test_looking_ends_where_too_little_is_seen(
    queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.trails.search.LOOKED_AT", 1)
    monkeypatch.setattr("workflow.trails.search.PAGE_CHUNK", 1)
    found = await window.newest(queries, officer("fisheries"), PROCEDURE)
    assert found == Window([], whole=False)


async def test_a_place_that_does_not_fit_any_more_ends_it(
    queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def foreign(*_: object, **__: object) -> None:
        raise ForeignPlace

    monkeypatch.setattr(queries, "search_trails", foreign)
    assert await window.newest(queries, AUDITOR, PROCEDURE) == Window([], whole=False)


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
    found = await window.newest(queries, AUDITOR, PROCEDURE)
    assert await window.stays(store, found, RULES) == [Stay("submitted", 3 * DAY, reported=True)]
    (there,) = present.presences(
        (await present.newest(queries, AUDITOR, PROCEDURE)).items, list(RULES.states)
    )
    assert there == ("in_principle", 1, CLEARED, True)
    confirming = event("confirm", "true", {"seq": 2}, authority="ndrc", grade=OFFICIAL)
    outcome = await service.post(officer("ndrc"), name, confirming)
    assert isinstance(outcome, Accepted), outcome
    found = await window.newest(queries, AUDITOR, PROCEDURE)
    assert await window.stays(store, found, RULES) == LEFT[1:]


async def test_where_applications_stand_is_told_of_the_newest(
    service: Service, queries: Queries, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await present.newest(queries, AUDITOR, PROCEDURE)
    assert found.whole
    assert present.presences(found.items, list(RULES.states)) == [
        ("ministry_approved", 1, APPROVED, False)
    ]
    assert not (await present.newest(queries, ANOTHER_BUYER, PROCEDURE)).items
    assert not (await present.newest(queries, AUDITOR, "us-export")).items
    await service.create(THE_BUYER, PROCEDURE, creation("another"))
    for name in ("LOOKED_AT", "STRETCH"):
        monkeypatch.setattr(present, name, 1)
    found = await present.newest(queries, AUDITOR, PROCEDURE)
    assert not found.whole
    assert [one.state for one in present.presences(found.items, list(RULES.states))] == [
        "submitted"
    ]


async def test_what_has_been_overdue_the_longest_comes_first(
    service: Service, queries: Queries
) -> None:
    names: list[str] = []
    for day in ("2026-01-06", "2026-01-05", "2026-01-08"):
        opening = creation(day)._replace(effective_at=f"{day}T00:00:00.000Z")
        name, _ = await service.create(THE_BUYER, PROCEDURE, opening)
        names.append(name)
    items = (await present.newest(queries, AUDITOR, PROCEDURE)).items
    found = [name for name, _ in present.longest_first(CATALOG, items)]
    assert found == [names[1], names[0], names[2]]
    assert [name for name, _ in items] != found
