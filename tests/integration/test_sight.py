"""What each principal is told of what is stored: the same as if it did not exist, or all of it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event, note
from tests.integration.test_desk import code_of, seq_of
from tests.integration.test_desk_service import MARK, TITLE, claim
from tests.unit.acting import (
    ANOTHER_BUYER,
    AUDITOR,
    BUYER,
    OPERATOR,
    RECORDER,
    THE_BUYER,
    officer,
    person,
)
from workflow import desk, sight
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain.principal import Principal, Role
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal, Refused
from workflow.queries import Queries
from workflow.registry import event_digest
from workflow.service import UNKNOWN, Item, Service
from workflow.sight import Sight, discreet
from workflow.store import Position, Store

OTHER = ANOTHER_BUYER.organisation
FISHERY = officer("fisheries")
STRANGERS = (ANOTHER_BUYER, FISHERY, Principal("x", BUYER, frozenset()))
WATCHERS = (THE_BUYER, officer("miit"), officer("bis"), RECORDER, AUDITOR, OPERATOR)


@pytest.fixture(autouse=True)
async def _rival(service: Service) -> None:
    """A second buyer is registered."""
    await service.register_buyer(RECORDER, OTHER, NAME, MARK)


@pytest.fixture
def fishing() -> Catalog:
    """A catalog with a second procedure, which another authority alone is named by."""
    known = next(one for one in CATALOG.procedures() if one.name == PROCEDURE)
    body = replace(known.authorities["miit"], id="fisheries")
    second = replace(known, name="fishing", authorities={"fisheries": body})
    return Catalog([known, second])


def pool_of(*buyers: str) -> dict[str, Any]:
    return {"title": TITLE, "claims": [{**claim(400), "buyers": list(buyers)}]}


def stale(_document: Document) -> Refusal:
    return Refusal("stale")


@pytest.mark.parametrize("who", STRANGERS, ids=lambda who: who.identity)
async def test_a_stranger_cannot_tell_an_application_from_none(
    service: Service, queries: Queries, application: str, who: Principal
) -> None:
    """Nor by a key that was used there, a stale version, or an event that is impossible."""
    await service.post(RECORDER, application, note("a", "used"))
    for identifier in (application, "nothing"):
        for act in (note("a", "used"), note("b", "used"), event("approve", "a"), FAULTY):
            for condition in (None, stale):
                told = await service.post(who, identifier, act, condition)
                assert told == UNKNOWN
                assert await service.rehearse(who, identifier, act, condition) == UNKNOWN
        batch = [Item(identifier, note("a", f"{n}"), None) for n in range(3)]
        assert await service.post_many(who, [batch, batch]) == [UNKNOWN] * 6
        assert await queries.application(who, identifier) is None
        assert await queries.outlook(who, identifier, "2026-01-28T00:00:00.000Z") is None
        assert await queries.hides(who, identifier)


FAULTY = event("refuse", "f", authority="mofcom", reason=None)


@pytest.mark.parametrize("who", WATCHERS, ids=lambda who: who.identity)
async def test_who_may_see_an_application_is_shown_it(
    queries: Queries, application: str, who: Principal
) -> None:
    for _ in range(2):  # met for the first time, and remembered
        assert await queries.application(who, application) is not None
        assert await queries.application(who, "nothing") is None
        assert not await queries.hides(who, application)
    assert await queries.outlook(who, application, "2026-01-28T00:00:00.000Z")
    found = await queries.applications(who, [], None, 10, None)
    assert [name for name, _ in found.items] == [application]


async def test_a_busy_application_is_as_unknown_as_an_idle_one(
    service: Service, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PATIENCE", -1.0)
    for identifier in (application, "nothing"):
        assert await service.post(ANOTHER_BUYER, identifier, note("a", "a")) == UNKNOWN
        batch = [Item(identifier, note("a", f"{n}"), None) for n in range(2)]
        assert await service.post_many(ANOTHER_BUYER, [batch]) == [UNKNOWN] * 2
    with pytest.raises(desk.Busy):
        await service.post(THE_BUYER, application, note("a", "a"))


async def test_a_repeat_shows_the_application_only_to_whom_may_still_see_it(
    service: Service, application: str
) -> None:
    """The officer's authority was taken away, the recorder became a buyer's employee."""
    before = officer("miit", name="li")
    after = replace(before, authorities=frozenset({"fisheries"}))
    await service.post(before, application, note("a", "a"))
    assert seq_of(await service.post(before, application, note("a", "a"))) == 2
    assert await service.post(after, application, note("a", "a")) == UNKNOWN
    assert await service.post(after, application, note("b", "a")) == UNKNOWN
    told = await service.post_many(after, [[Item(application, note("a", "a"), None)]])
    assert told == [UNKNOWN]
    recorder = person(Role.RECORDER, "desk", "ann")
    made, opened = await service.create(recorder, PROCEDURE, creation("r"))
    assert isinstance(opened, Accepted)
    officer_now = replace(after, name="ann", organisation="desk")
    assert await service.create(officer_now, PROCEDURE, creation("r")) == (
        made,
        Refused((Refusal("wrong-authority", {"authorities": "buyer"}),)),
    )


async def test_nobody_learns_by_creating_which_buyers_there_are(service: Service) -> None:
    for buyer in (OTHER, "nobody"):
        _, told = await service.create(THE_BUYER, PROCEDURE, creation("a", buyer))
        assert told == Refused((Refusal("not-your-application"),))
        _, told = await service.create(FISHERY, PROCEDURE, creation("a", buyer))
        assert code_of(told) == "wrong-authority"
    assert code_of((await service.create(officer("miit"), PROCEDURE, creation("a", "nobody")))[1])


async def test_one_name_in_two_organisations_is_two_principals(
    service: Service, application: str
) -> None:
    """Their keys are their own: neither repeats, nor takes, what the other posted."""
    here, there = person(Role.RECORDER, "here", "wang"), person(Role.RECORDER, "there", "wang")
    assert event_digest(here, "k") != event_digest(there, "k")
    assert seq_of(await service.post(here, application, note("a", "k"))) == 2
    other = await service.post(there, application, note("b", "k"))
    assert isinstance(other, Accepted)
    assert (seq_of(other), other.replayed) == (3, False)
    again = await service.post(there, application, note("b", "k"))
    assert isinstance(again, Accepted)
    assert (seq_of(again), again.replayed) == (3, True)


async def test_a_pool_is_known_to_its_parties_and_to_the_authorities(
    service: Service, queries: Queries
) -> None:
    await service.open_pool(RECORDER, "named", pool_of(BUYER), "k", MARK)
    await service.open_pool(RECORDER, "rivals", pool_of(OTHER), "k", MARK)
    await service.open_pool(RECORDER, "joined", pool_of(OTHER), "k", MARK)
    act = creation("j", pool="joined")
    assert isinstance((await service.create(RECORDER, PROCEDURE, act))[1], Accepted)
    for who, seen in (
        (THE_BUYER, {"named", "joined"}),
        (ANOTHER_BUYER, {"rivals", "joined"}),
        (officer("bis"), {"named", "rivals", "joined"}),
        (AUDITOR, {"named", "rivals", "joined"}),
        (FISHERY, set()),
    ):
        found = await queries.pools(who, 10, None)
        assert {name for name, _ in found.items} == seen
        for pool in ("named", "rivals", "joined", "none"):
            assert (await queries.pool(who, pool) is not None) == (pool in seen)


async def test_a_pool_that_superseded_claims_alone_name_a_buyer_for_is_not_its(
    service: Service, queries: Queries
) -> None:
    await service.open_pool(RECORDER, "p", pool_of(BUYER), "k", MARK)
    assert await queries.pool(THE_BUYER, "p")
    mended = {**claim(400, "k1"), "buyers": [OTHER]}
    assert isinstance(await service.add_claim(RECORDER, "p", mended, "c", MARK), Accepted)
    assert await queries.pool(THE_BUYER, "p") is None


async def test_a_stranger_cannot_tell_a_pool_from_none(service: Service, application: str) -> None:
    await service.open_pool(RECORDER, "p", pool_of(OTHER), "k", MARK)
    for pool in ("p", "none"):
        for data in (claim(1), {**claim(1), "buyers": ["nobody"]}):
            told = await service.add_claim(THE_BUYER, pool, data, "c", MARK)
            assert code_of(told) == "unknown-pool"
        _, made = await service.create(THE_BUYER, PROCEDURE, creation(pool, pool=pool))
        assert code_of(made) == "pool-not-registered"
        join = event("claim_allocation", pool, {"units": 1, "pool": pool}, authority="buyer")
        assert code_of(await service.post(THE_BUYER, application, join)) == "pool-not-registered"
        told_dry = await service.rehearse(THE_BUYER, application, join)
        assert code_of(told_dry) == "pool-not-registered"
    assert code_of(await service.add_claim(ANOTHER_BUYER, "p", claim(1), "c", MARK)) == (
        "role-may-not"
    )
    for buyer in (BUYER, "nobody"):
        told = await service.open_pool(THE_BUYER, "q", pool_of(buyer), "k", MARK)
        assert code_of(told) == "role-may-not"
        told = await service.open_pool(FISHERY, "q", pool_of(buyer), "k", MARK)
        assert code_of(told) == "wrong-authority"


async def test_a_buyer_lists_its_own_and_nothing_tells_of_others(
    service: Service, queries: Queries
) -> None:
    own = {(await service.create(THE_BUYER, PROCEDURE, creation(f"{n}")))[0] for n in range(5)}
    for number in range(5):
        await service.create(ANOTHER_BUYER, PROCEDURE, creation(f"{number}", OTHER))
    for terms, text, expected in (
        ([], None, own),
        (["state=submitted"], None, own),
        ([f"procedure={PROCEDURE}"], None, own),
        ([f"buyer={BUYER}"], None, own),
        ([f"buyer={OTHER}"], None, set()),
        ([f"buyer={BUYER}", f"buyer={OTHER}"], None, set()),
        ([], "example", own),
        ([], OTHER, set()),
    ):
        assert await listed(queries, THE_BUYER, terms, text, own) == expected
    rows, following = await queries.overview(THE_BUYER, 1, None)
    assert {row.buyer for row in rows} == {BUYER}
    assert {row.application for row in rows} == own
    assert following is None
    assert await queries.overview(THE_BUYER, 10, Position(0, "")) == ([], None)
    assert await queries.overview(FISHERY, 10, None) == ([], None)
    assert await queries.heads(FISHERY, 10) == ([], False)
    heads, more = await queries.heads(THE_BUYER, 10)
    assert [(row.buyer, more) for row in heads] == [(BUYER, False)]
    assert (await queries.in_states(officer("miit"), PROCEDURE))["submitted"] == 10
    for who in (THE_BUYER, FISHERY):
        assert await queries.in_states(who, PROCEDURE) == {}
    assert len((await queries.overview(officer("miit"), 10, None))[0]) == 10
    assert await queries.buyer(THE_BUYER, OTHER) is None
    assert await queries.buyer(THE_BUYER, BUYER)
    assert await queries.buyer(officer("miit"), OTHER)


async def test_a_list_is_narrowed_before_anything_is_read(store: Store) -> None:
    """So that not even the shape of a page tells how much there is of another's."""
    narrowed = Sight(store, CATALOG).narrowed
    own, other = f"buyer={BUYER}", f"buyer={OTHER}"
    assert narrowed(THE_BUYER, ["state=s"]) == [own, "state=s"]
    assert narrowed(THE_BUYER, [own]) == [own]
    for terms in ([other], [own, other], [other, "state=s"]):
        assert narrowed(THE_BUYER, terms) is None
        for who in (officer("miit"), RECORDER, AUDITOR, OPERATOR):
            assert narrowed(who, terms) == terms
    assert narrowed(Principal("x", BUYER, frozenset()), []) is None


async def listed(
    queries: Queries, who: Principal, terms: list[str], text: str | None, own: set[str]
) -> set[str]:
    """All pages of one; no cursor names what is not shown."""
    found: list[str] = []
    before = None
    while True:
        page = await queries.applications(who, terms, text, 1, before)
        found += [name for name, _ in page.items]
        if page.next is None:
            assert len(found) == len(set(found))
            return set(found)
        assert page.next.id in own | {sight.LAST}
        before = page.next


async def test_an_officer_lists_what_names_its_authority(store: Store, fishing: Catalog) -> None:
    service, queries = Service(store, fishing), Queries(store, fishing)
    made: dict[str, set[str]] = {PROCEDURE: set(), "fishing": set()}
    for number in range(12):
        name = PROCEDURE if number % 3 else "fishing"
        made[name].add((await service.create(THE_BUYER, name, creation(f"{number}")))[0])
    both = officer("miit", "fisheries")
    for terms in ([], ["state=submitted"]):
        for text in (None, "example"):
            for who, seen in (
                (officer("miit"), made[PROCEDURE]),
                (FISHERY, made["fishing"]),
                (both, made[PROCEDURE] | made["fishing"]),
            ):
                assert await listed(queries, who, terms, text, seen) == seen
    rows, _ = await queries.overview(FISHERY, 10, None)
    assert {row.application for row in rows if row.buyer == BUYER} == made["fishing"]
    for who, seen in ((officer("miit"), made[PROCEDURE]), (FISHERY, made["fishing"])):
        heads, more = await queries.heads(who, 10)
        (own,) = (row for row in heads if row.buyer == BUYER)
        newest = [row for row in await queries.overview_of(who, heads, 1) if row.buyer == BUYER]
        assert own.application == newest[0].application
        assert own.application in seen
        assert [row.application for row in heads if row.buyer == OTHER] == [None]
        assert not more
        first, more = await queries.heads(who, 1)
        assert (first, more) == (heads[:1], True)
        in_states = await queries.in_states(who, PROCEDURE)
        assert in_states == {}  # the other procedure has the same states
    turned = replace(both, name=RECORDER.name, organisation=RECORDER.organisation)
    opened, _ = await service.create(RECORDER, PROCEDURE, creation("mine"))
    for authority, shown_again in (("miit", True), ("fisheries", False)):
        who = replace(turned, authorities=frozenset({authority}))
        same, again = await service.create(who, PROCEDURE, creation("mine"))
        assert same == opened
        assert isinstance(again, Accepted) if shown_again else again == UNKNOWN
    hidden = next(iter(made[PROCEDURE]))
    assert await queries.application(FISHERY, hidden) is None
    assert await service.post(FISHERY, hidden, note("a", "a")) == UNKNOWN
    await service.finish()


@pytest.mark.parametrize("news", [1, 1_000])
async def test_the_newest_application_of_a_buyer_is_known_as_soon_as_it_is_opened(
    service: Service, queries: Queries, monkeypatch: pytest.MonkeyPatch, news: int
) -> None:
    monkeypatch.setattr("workflow.heads.NEWS", news)
    monkeypatch.setattr("workflow.heads.STRETCH", 2)
    monkeypatch.setattr("workflow.heads.LATE", 1)
    own: str | None = None
    for number in range(4):
        heads, _ = await queries.heads(AUDITOR, 10)
        assert {row.buyer: row.application for row in heads} == {BUYER: own, OTHER: None}
        own, _ = await service.create(THE_BUYER, PROCEDURE, creation(f"{number}"))


async def test_pools_are_listed_page_by_page(service: Service, queries: Queries) -> None:
    own = {f"own-{number}" for number in range(3)}
    for number in range(3):
        await service.open_pool(RECORDER, f"own-{number}", pool_of(BUYER), "k", MARK)
        await service.open_pool(RECORDER, f"other-{number}", pool_of(OTHER), "k", MARK)
    found: list[str] = []
    before = None
    for _ in range(3):
        page = await queries.pools(THE_BUYER, 1, before)
        found += [name for name, _ in page.items]
        assert page.next is None or page.next.id in own
        before = page.next
    assert (set(found), len(found), before) == (own, 3, None)


def shown(*positions: Position) -> list[tuple[str, Document]]:
    times = {1: "1970-01-01T00:00:00.001Z", 2: "1970-01-01T00:00:00.002Z"}
    return [
        (place.id, Document(1, "h", "", {"created_at": times[place.created_ms]}))
        for place in positions
    ]


A, B, C = Position(2, "a"), Position(2, "b"), Position(2, "c")
OLD = Position(1, "o")


@pytest.mark.parametrize(
    ("last", "reached", "before", "expected"),
    [
        ((), None, None, None),
        ((A,), None, None, None),
        ((A,), A, None, A),
        ((A,), OLD, None, Position(1, sight.LAST)),
        ((B,), A, None, B),
        ((), A, None, Position(2, sight.LAST)),
        ((), OLD, A, Position(1, sight.LAST)),
        ((), A, B, A),
        ((B,), A, C, B),
    ],
)
def test_a_cursor_names_what_was_shown_or_an_instant(
    last: tuple[Position, ...],
    reached: Position | None,
    before: Position | None,
    expected: Position | None,
) -> None:
    assert discreet(shown(*last), reached, before) == expected


async def test_whoever_polls_costs_no_reading_of_the_document(
    service: Service, store: Store, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Sight(store, CATALOG)
    stored = await store.read(f"application/{application}") or b""
    for who in (RECORDER, AUDITOR, OPERATOR):
        assert seen.stored(who, application, b"unread")
    assert seen.stored(THE_BUYER, application, stored)
    for who in (THE_BUYER, officer("miit")):
        assert seen.stored(who, application, b"unread")
    assert not seen.stored(ANOTHER_BUYER, application, b"unread")
    monkeypatch.setattr(sight, "REMEMBERED", 1)
    assert seen.stored(THE_BUYER, "another", stored)
    with pytest.raises(ValueError, match="unpack"):
        seen.stored(THE_BUYER, application, b"unread")
