"""Where records lie in the log, as the store keeps it."""

import pytest
from redis.asyncio import Redis

from workflow.store import Store, places
from workflow.store.keys import Layout

HIGHEST = 2**48 - 2


async def test_places_are_read_as_they_were_noted(store: Store) -> None:
    await store.place([("application/a", 1, [0, 5, HIGHEST]), ("pool/b", 1, [3])])
    await store.place([("application/a", 4, [70_000])])
    assert await store.places("application/a", 1, 6) == [0, 5, HIGHEST, 70_000, None, None]
    assert await store.places("application/a", 2, 3) == [5, HIGHEST]
    assert await store.places("pool/b", 1, 1) == [3]
    assert await store.places("pool/b", 0, 1) == await store.places("pool/b", 2, 1) == []
    assert await store.places("pool/none", 1, 2) == [None, None]


async def test_the_same_again_changes_nothing_and_a_gap_is_no_place(
    store: Store, client: Redis
) -> None:
    name = Layout().places("application/a")
    await store.place([("application/a", 3, [8, 9])])
    before = await client.dump(name)
    await store.place([("application/a", 4, [9])])
    assert await client.dump(name) == before
    assert await store.places("application/a", 1, 4) == [None, None, 8, 9]


async def test_many_go_out_in_several_calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "CALL_BYTES", 200)
    runs = [(f"application/{n}", 1, [10 * n, 10 * n + 1]) for n in range(50)]
    await store.place(runs)
    found = [await store.places(subject, 1, 2) for subject, _, _ in runs]
    assert found == [indexes for _, _, indexes in runs]
    await store.place([])
