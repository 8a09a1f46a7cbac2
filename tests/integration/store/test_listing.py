"""Lists over the partitions: order, ties, all terms, cursors that neither skip nor repeat."""

import random
from dataclasses import replace

import pytest

from tests.integration.store.acts import BEGAN, act
from workflow.store import Page, Position, Store, connect, listing
from workflow.store.embedded import EmbeddedServer


async def fill(store: Store, seed: int, size: int) -> dict[str, tuple[int, frozenset[str]]]:
    """Applications, many of the same millisecond, with random terms: id -> (created, terms)."""
    rng = random.Random(seed)
    made = {}
    for number in range(size):
        name = f"{rng.randrange(16**6):06x}-{number}"
        created = BEGAN + rng.randrange(1 + size // 8)
        terms = tuple(f"t={letter}" for letter in "abc" if rng.random() < 0.5)
        made[name] = (created, terms)
    await store.commit(
        [act(f"application/{name}", 0, "", terms, (), at) for name, (at, terms) in made.items()]
    )
    return {name: (at, frozenset(terms)) for name, (at, terms) in made.items()}


def expected(
    made: dict[str, tuple[int, frozenset[str]]], terms: list[str], oldest: bool = False
) -> list[str]:
    """The plain rule: newest first (or the oldest), ties by id, all terms."""
    fits = [(at, name) for name, (at, own) in made.items() if own >= set(terms)]
    return [name for _, name in sorted(fits, reverse=not oldest)]


async def walk(store: Store, terms: list[str], limit: int, oldest: bool = False) -> list[Page]:
    pages: list[Page] = []
    place = None
    while not pages or place:
        page = await store.page("application", terms, limit, place, oldest)
        pages.append(page)
        if place is not None and page.next is not None:
            assert page.next > place if oldest else page.next < place
        place = page.next
    return pages


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
@pytest.mark.parametrize("terms", [[], ["t=a"], ["t=a", "t=b"], ["t=a", "t=b", "t=c"], ["t=no"]])
async def test_pages_are_the_sorted_list(store: Store, limit: int, terms: list[str]) -> None:
    made = await fill(store, 1, 300)
    pages = await walk(store, terms, limit)
    assert [name for page in pages for name in page.ids] == expected(made, terms)
    assert all(len(page.ids) <= limit for page in pages)
    for page in pages:
        for position, document in zip(page.positions, page.documents, strict=True):
            assert position.created_ms == made[position.id][0]
            assert document == await store.read(f"application/{position.id}")


@pytest.mark.parametrize("bound", [1, 3, 40])
@pytest.mark.parametrize("lanes", [1, 5, 64])
async def test_a_bounded_look_gives_short_pages_and_misses_nothing(
    store: Store,
    server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    bound: int,
    lanes: int,
) -> None:
    monkeypatch.setattr(listing, "SCANNED", bound)
    made = await fill(store, bound, 150)
    async with Store(connect(server.url), lane_of=lambda partition: partition % lanes) as several:
        for terms, oldest in ((), False), (("t=a", "t=b"), False), (("t=a", "t=b"), True):
            pages = await walk(several, list(terms), 10, oldest)
            found = [name for page in pages for name in page.ids]
            assert found == expected(made, list(terms), oldest)
        asked = ["t=a", "t=no", "t=b"] * 11
        newest = await several.listing.newest("application", asked)
        first = [next(iter(expected(made, [term])), None) for term in asked]
        assert [one and one.id for one in newest] == first
        sizes = await several.listing.sizes("application", ["t=a", "t=no", "t=b"])
        assert sizes == [len(expected(made, [term])) for term in ("t=a", "t=no", "t=b")]


@pytest.mark.parametrize("limit", [1, 7, 1000])
async def test_the_oldest_come_first_where_they_are_wanted(store: Store, limit: int) -> None:
    made = await fill(store, 2, 100)
    pages = await walk(store, ["t=a"], limit, oldest=True)
    assert [name for page in pages for name in page.ids] == expected(made, ["t=a"], oldest=True)


async def test_all_of_one_moment(store: Store) -> None:
    """A bulk load: order by id alone, in bytes, whatever the server's collation."""
    names = [f"{letter}{number}" for letter in "aB-_.Z0" for number in range(40)]
    await store.commit([act(f"application/{name}", 0) for name in names])
    pages = await walk(store, [], 9)
    assert [name for page in pages for name in page.ids] == sorted(names, reverse=True)


async def test_what_is_new_does_not_disturb_a_walk(store: Store) -> None:
    made = await fill(store, 3, 100)
    first = await store.page("application", [], 30)
    await store.commit([act("application/new", 0, created_ms=BEGAN + 10_000)])
    rest = await store.page("application", [], 100, first.next)
    assert [*first.ids, *rest.ids] == expected(made, [])
    assert (await store.page("application", [], 1)).ids == ["new"]


async def test_a_cursor_may_name_what_has_left_the_list(store: Store) -> None:
    made = await fill(store, 4, 60)
    first = await store.page("application", ["t=a"], 5)
    assert first.next
    gone = first.next.id
    await store.commit([act(f"application/{gone}", 1, remove=("t=a",))])
    rest = await store.page("application", ["t=a"], 100, first.next)
    assert [*first.ids, *rest.ids] == expected(made, ["t=a"])
    beyond = await store.page("application", ["t=a"], 5, Position(0, ""))
    assert (beyond.ids, beyond.next) == ([], None)


async def test_matching_finds_beginnings_of_words(store: Store) -> None:
    commits = [
        replace(act(f"buyer/b{n}", 0, created_ms=BEGAN + n), words=(f"name{n}", f"阿里{n}", "same"))
        for n in range(20)
    ]
    await store.commit(commits)

    async def found(prefix: str, bound: int = 99) -> list[str] | None:
        matches = await store.matching("buyer", prefix, bound)
        if matches is None:
            return None
        assert all(created == BEGAN + int(name[1:]) for created, name in matches)
        return sorted(name for _, name in matches)

    everyone = sorted(f"b{n}" for n in range(20))
    assert await found("name1") == sorted(["b1", *(f"b{n}" for n in range(10, 20))])
    assert await found("name1", 11) == await found("name1")
    assert await found("name1", 10) is None
    assert await found("阿里7") == ["b7"]
    assert await found("阿") == everyone
    assert await found("same") == everyone
    assert await found("same\0b1") == []
    assert await found("") is not None
    assert await found("zz") == []
    assert await found("NAME") == []


async def test_one_subject_with_several_such_words_is_found_once(store: Store) -> None:
    await store.commit([replace(act("buyer/x", 0), words=("ab", "abc", "abcd"))])
    assert await store.matching("buyer", "ab", 9) == [(BEGAN, "x")]
    assert await store.matching("buyer", "ab", 2) is None


async def test_matching_over_lanes_keeps_its_bound(store: Store, server: EmbeddedServer) -> None:
    await store.commit([replace(act(f"buyer/{n}", 0), words=("w",)) for n in range(20)])
    async with Store(connect(server.url), lane_of=lambda partition: partition) as several:
        assert len(await several.matching("buyer", "w", 20) or []) == 20
        assert await several.matching("buyer", "w", 19) is None
