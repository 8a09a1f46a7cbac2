"""Records of many trails: all that one may see and nothing else, in order, page by page."""

from dataclasses import replace
from itertools import count, product

import pytest

from tests.integration import exports
from tests.integration.events import CATALOG, NAME, PROCEDURE, creation, event, note
from tests.unit.acting import ANOTHER_BUYER, AUDITOR, BUYER, OFFICIAL, RECORDER, THE_BUYER, officer
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain import access, canonical
from workflow.domain.principal import Principal
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import Store
from workflow.trails import FeedPlace, ForeignPlace, TrailFilter, TrailPlace, Wanted, search

RIVAL = ANOTHER_BUYER.organisation
ALL = Wanted()
Name = tuple[str, int]


def named(texts: list[bytes]) -> list[Name]:
    records = [canonical.decode(text) for text in texts]
    return [(record["subject"].removeprefix("application/"), record["seq"]) for record in records]


@pytest.fixture
async def estate(service: Service) -> dict[str, list[str]]:
    """Applications of two buyers, each with some notes, and an act on the first of each."""
    await service.register_buyer(RECORDER, RIVAL, NAME, "0" * 64)
    names: dict[str, list[str]] = {BUYER: [], RIVAL: []}
    for number in range(6):
        who = (THE_BUYER, ANOTHER_BUYER)[number % 2]
        opening = creation(f"{number}", who.organisation)
        name, outcome = await service.create(who, PROCEDURE, opening)
        assert isinstance(outcome, Accepted)
        names[who.organisation].append(name)
    for number in range(4):
        for name in (*names[BUYER], *names[RIVAL]):
            await service.post(RECORDER, name, note(f"note {number}", f"n{number}"))
    for buyer in (BUYER, RIVAL):
        grant = event("grant_in_principle", "g", authority="ndrc", grade=OFFICIAL)
        assert isinstance(await service.post(officer("ndrc"), names[buyer][0], grant), Accepted)
    return names


async def pages(
    queries: Queries, who: Principal, wanted: Wanted, limit: int, newest: bool
) -> list[bytes]:
    """Every page after the other. `FEW` is 0 where all feeds are to be walked."""
    kind = TrailPlace if _lists(who, wanted) else FeedPlace
    found: list[bytes] = []
    place = None
    while True:
        page = await queries.search_trails(who, wanted, limit, place, newest)
        assert len(page.records) <= limit
        found += page.records
        if page.next is None:
            return found
        assert page.next != place
        assert isinstance(page.next, kind)
        place = page.next


def _lists(who: Principal, wanted: Wanted) -> bool:
    """Whether a question comes down to trails that are walked one by one."""
    if wanted.application is not None:
        return True
    narrow = access.own_only(who) or wanted.buyer is not None
    return narrow and search.FEW > 0


async def every(store: Store, names: dict[str, list[str]], *buyers: str) -> list[bytes]:
    """What there is, by asking each trail."""
    found = [
        text
        for buyer in buyers
        for name in names[buyer]
        for text in await store.records(f"application/{name}", 1, 100)
    ]
    return sorted(found, key=lambda text: canonical.decode(text)["recorded_at"])


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("limit", [1, 7, 1_000])
@pytest.mark.parametrize("few", [0, 1_000])
async def test_everybody_finds_what_they_may_see(
    store: Store,
    queries: Queries,
    estate: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    newest: bool,
    limit: int,
    few: int,
) -> None:
    """In the order of time, each record once; by the feeds as by the trails."""
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "STRETCH", 1)
    monkeypatch.setattr(search, "PAGE_CHUNK", 3)
    for who, buyers in (
        (AUDITOR, (BUYER, RIVAL)),
        (officer("miit"), (BUYER, RIVAL)),
        (THE_BUYER, (BUYER,)),
        (ANOTHER_BUYER, (RIVAL,)),
        (officer("fisheries"), ()),
        (Principal("x", BUYER, frozenset()), ()),
    ):
        expected = await every(store, estate, *buyers)
        found = await pages(queries, who, ALL, limit, newest)
        times = [canonical.decode(text)["recorded_at"] for text in found]
        assert times == sorted(times, reverse=newest)
        assert sorted(named(found)) == sorted(named(expected))
        for name, seqs in by_application(found).items():
            assert seqs == sorted(seqs, reverse=newest), name
        assert [text async for text in queries.all_trails(who, ALL, newest)] == found


def by_application(texts: list[bytes]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, seq in named(texts):
        found.setdefault(name, []).append(seq)
    return found


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("few", [0, 1_000])
async def test_a_search_is_narrowed(
    store: Store,
    queries: Queries,
    estate: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    newest: bool,
    few: int,
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "STRETCH", 1)
    whole = [canonical.decode(text) for text in await every(store, estate, BUYER, RIVAL)]
    middle = whole[len(whole) // 2]["recorded_at"]
    first, other = estate[BUYER][0], estate[RIVAL][0]
    for wanted, expected in (
        (Wanted(application=first), [one for one in whole if first in one["subject"]]),
        (Wanted(application="nothing"), []),
        (Wanted(application=first, buyer=RIVAL), []),
        (Wanted(buyer=BUYER), [one for one in whole if one["subject"][12:] in estate[BUYER]]),
        (Wanted(buyer="nobody"), []),
        (Wanted(procedure=PROCEDURE), whole),
        (Wanted(procedure="us-export"), []),
        (Wanted(TrailFilter(type="note")), [one for one in whole if one["type"] == "note"]),
        (
            Wanted(TrailFilter(authority="ndrc", grade=OFFICIAL), buyer=RIVAL),
            [one for one in whole if one["authority"] == "ndrc" and other in one["subject"]],
        ),
        (
            Wanted(TrailFilter(standing="reported")),
            [one for one in whole if one["standing"] == "reported"],
        ),
        (Wanted(TrailFilter(since=middle)), [o for o in whole if o["recorded_at"] >= middle]),
        (Wanted(TrailFilter(until=middle)), [o for o in whole if o["recorded_at"] < middle]),
        (Wanted(TrailFilter(since=middle, until=middle)), []),
    ):
        found = await pages(queries, AUDITOR, wanted, 5, newest)
        listed = sorted(
            (one["subject"].removeprefix("application/"), one["seq"]) for one in expected
        )
        assert sorted(named(found)) == listed, wanted
        if wanted.buyer != RIVAL and wanted.application is None:
            own = {item for item in listed if item[0] in estate[BUYER]}
            assert set(named(await pages(queries, THE_BUYER, wanted, 5, newest))) == own, wanted


@pytest.mark.parametrize("newest", [False, True])
async def test_a_page_may_be_short(
    queries: Queries,
    estate: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    newest: bool,
) -> None:
    """It looks at so much and no more; the next ones find the rest."""
    monkeypatch.setattr(search, "LOOKED_AT", 4)
    monkeypatch.setattr(search, "PAGE_CHUNK", 1)
    grants = Wanted(TrailFilter(type="grant_in_principle"))
    for who, grants_seen in ((AUDITOR, 2), (THE_BUYER, 1)):
        first = await queries.search_trails(who, grants, 100, None, newest)
        assert first.next is not None
        assert len(await pages(queries, who, grants, 100, newest)) == grants_seen


async def test_what_is_added_between_pages_is_found_once(
    service: Service, queries: Queries, estate: dict[str, list[str]]
) -> None:
    for who in (AUDITOR, THE_BUYER):
        before = await pages(queries, who, ALL, 1_000, newest=True)
        down = await queries.search_trails(who, ALL, 5, None, newest=True)
        up = await queries.search_trails(who, ALL, 5, None, newest=False)
        for number in range(3):
            key = f"{who.name}-{number}"
            assert isinstance(
                await service.post(RECORDER, estate[BUYER][1], note("later", key)), Accepted
            )
        rest = await queries.search_trails(who, ALL, 1_000, down.next, newest=True)
        assert down.records + rest.records == before
        rest = await queries.search_trails(who, ALL, 1_000, up.next, newest=False)
        after = await pages(queries, who, ALL, 1_000, newest=False)
        assert up.records + rest.records == after
        assert len(after) == len(before) + 3


async def test_clocks_that_differ_lose_nothing(store: Store, queries: Queries) -> None:
    """Each trail in its order, each record once, though one process is hours behind."""
    minutes = count()

    def process(hour: int) -> Service:
        return Service(store, CATALOG, lambda: f"2026-01-05T{hour}:{next(minutes):02}:00.000Z")

    processes = (process(12), process(20))
    await processes[0].register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    names = []
    for number in range(8):
        opening = creation(f"{number}")
        name, outcome = await processes[number % 2].create(THE_BUYER, PROCEDURE, opening)
        assert isinstance(outcome, Accepted), outcome
        names.append(name)
        for text in "ab":
            await processes[number % 2].post(RECORDER, name, note(text, text))
    every_one = [(name, seq) for name in names for seq in (1, 2, 3)]
    for newest, limit in product((False, True), (2, 1_000)):
        found = await pages(queries, AUDITOR, ALL, limit, newest)
        assert sorted(named(found)) == sorted(every_one)
        for seqs in by_application(found).values():
            assert seqs == sorted(seqs, reverse=newest)
        since = Wanted(TrailFilter(since="2026-01-05T15:00:00.000Z"))
        assert len(await pages(queries, AUDITOR, since, limit, newest)) == 12
        until = Wanted(TrailFilter(until="2026-01-05T15:00:00.000Z"))
        assert len(await pages(queries, AUDITOR, until, limit, newest)) == 12


async def test_a_time_is_found_without_looking_at_all(
    service: Service, store: Store, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feeds are halved: of hundreds of records of other days a search looks at few, whether
    it may show them or not.
    """
    monkeypatch.setattr(search, "PAGE_CHUNK", 2)
    monkeypatch.setattr(search, "LOOKED_AT", 40)
    days = count(30)
    ahead = Service(store, CATALOG, lambda: f"2099-{next(days) // 30:02}-01T00:00:00.000Z")
    for number in range(300):
        await ahead.post(RECORDER, application, note("x", f"{number}"))
    queries = Queries(store, CATALOG)
    march = TrailFilter(since="2099-03-01T00:00:00.000Z", until="2099-03-02T00:00:00.000Z")
    for newest, (who, seen) in product((False, True), ((AUDITOR, 30), (officer("energy"), 0))):
        page = await queries.search_trails(who, Wanted(march), 100, None, newest)
        assert len(page.records) == seen
        assert page.next is None


async def test_a_place_of_another_question_is_refused(
    queries: Queries, estate: dict[str, list[str]]
) -> None:
    one = Wanted(application=estate[BUYER][0])
    feeds, trail = FeedPlace((1,) * 64), TrailPlace(0, estate[BUYER][0], 1)
    for who, wanted, place in (
        (AUDITOR, ALL, FeedPlace((1, 2))),
        (AUDITOR, ALL, trail),
        (THE_BUYER, ALL, feeds),
        (AUDITOR, Wanted(buyer=BUYER), feeds),
        (AUDITOR, one, feeds),
    ):
        with pytest.raises(ForeignPlace):
            await queries.search_trails(who, wanted, 10, place, newest=True)


async def test_an_officer_sees_what_names_their_authority(
    store: Store, estate: dict[str, list[str]]
) -> None:
    known = next(one for one in CATALOG.procedures() if one.name == PROCEDURE)
    body = replace(known.authorities["miit"], id="fisheries")
    second = replace(known, name="fishing", authorities={"fisheries": body})
    queries = Queries(store, Catalog([known, second]))
    assert await pages(queries, officer("fisheries"), ALL, 10, newest=True) == []
    assert len(await pages(queries, officer("miit"), ALL, 10, newest=True)) == 6 * 5 + 2


@pytest.mark.parametrize("newest", [False, True])
async def test_an_officer_sees_the_procedures_of_their_authority_alone(
    service: Service, store: Store, queries: Queries, newest: bool
) -> None:
    """Also where a stretch of the feeds has records of both."""
    ours, theirs = await exports.pair(service, "first")
    own, export = await exports.pair(service, "second")
    for who, seen in (
        (officer("miit"), [ours, own]),
        (officer("energy"), [theirs, export]),
        (officer("miit", "energy"), [ours, theirs, own, export]),
    ):
        expected = sorted((name, 1) for name in seen)
        for limit in (1, 100):
            assert sorted(named(await pages(queries, who, ALL, limit, newest))) == expected


@pytest.mark.parametrize("newest", [False, True])
async def test_what_one_does_not_see_holds_nothing_up(
    service: Service,
    store: Store,
    queries: Queries,
    application: str,
    monkeypatch: pytest.MonkeyPatch,
    newest: bool,
) -> None:
    """What comes first is shown, though a long feed of another partition shows nothing at all."""
    monkeypatch.setattr(search, "PAGE_CHUNK", 2)
    monkeypatch.setattr(search, "LOOKED_AT", 20)
    numbers = count()
    hidden = await exports.opened(service, exports.EXPORT, "export")
    while store.partition(f"application/{hidden}") == store.partition(f"application/{application}"):
        hidden = await exports.opened(service, exports.EXPORT, f"{next(numbers)}")
    for name, notes in ((application, 5), (hidden, 60), (application, 5)):
        for _ in range(notes):
            key = f"{next(numbers)}"
            assert isinstance(await service.post(RECORDER, name, note(key, key)), Accepted)
    first = await queries.search_trails(officer("miit"), ALL, 3, None, newest)
    seqs = [(application, seq) for seq in range(1, 12)]
    assert named(first.records) == (seqs[::-1] if newest else seqs)[:3]
    found = await pages(queries, officer("miit"), ALL, 3, newest)
    assert named(found) == (seqs[::-1] if newest else seqs)


@pytest.mark.parametrize("newest", [False, True])
async def test_every_page_gets_on(
    store: Store,
    queries: Queries,
    estate: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    newest: bool,
) -> None:
    """Even where more is read of the feeds at once than a page looks at."""
    monkeypatch.setattr(search, "LOOKED_AT", 1)
    for who in (AUDITOR, officer("miit")):
        found = await pages(queries, who, ALL, 1_000, newest)
        assert sorted(named(found)) == sorted(named(await every(store, estate, BUYER, RIVAL)))


async def test_every_process_has_the_same_secret(store: Store) -> None:
    """The first that needs it makes it."""
    assert await store.seal(b"first") == b"first"
    assert await store.seal(b"second") == b"first"
