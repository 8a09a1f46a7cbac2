"""Tickets: spent by one commit, or buried; never both, and never forgotten."""

import asyncio
from dataclasses import replace

from redis.asyncio import Redis

from tests.integration.store.acts import act, by_another, event_id
from tests.integration.store.servers import ask
from workflow.store import Buried, Commit, Committed, Repeated, Stale, Store

TICKET, OTHER = event_id("ticket"), event_id("other ticket")
SUBJECT = "application/a"


def spending(expected: int, ticket: bytes = TICKET, event: str = "") -> Commit:
    return replace(act(SUBJECT, expected, event), ticket=ticket)


async def test_a_spent_ticket_is_not_buried(store: Store) -> None:
    assert await store.commit([act(SUBJECT, 0), spending(1)]) == [Committed(), Committed()]
    assert [await store.bury(SUBJECT, TICKET) for _ in range(2)] == [True, True]
    assert await store.bury(SUBJECT, OTHER) is False


async def test_a_commit_with_a_buried_ticket_writes_nothing(store: Store, client: Redis) -> None:
    await store.commit([act(SUBJECT, 0)])
    assert [await store.bury(SUBJECT, TICKET) for _ in range(2)] == [False, False]
    before = [await ask(client, "DUMP", name) for name in sorted(await ask(client, "KEYS", "*"))]
    assert await store.commit([spending(1)]) == [Buried()]
    after = [await ask(client, "DUMP", name) for name in sorted(await ask(client, "KEYS", "*"))]
    assert after == before
    assert await store.commit([spending(1, OTHER)]) == [Committed()]


async def test_a_ticket_is_spent_once(store: Store) -> None:
    await store.commit([act(SUBJECT, 0), spending(1)])
    assert await store.commit([spending(2)]) == [Buried()]
    assert await store.commit([by_another(spending(1))]) == [Repeated()]


async def test_a_commit_on_another_version_spends_nothing(store: Store) -> None:
    await store.commit([act(SUBJECT, 0), act(SUBJECT, 1)])
    assert await store.commit([spending(1, event="late")]) == [Stale(2)]
    assert await store.bury(SUBJECT, TICKET) is False


async def test_a_buried_ticket_holds_up_no_other_commit_of_the_call(store: Store) -> None:
    await store.commit([act(SUBJECT, 0)])
    await store.bury(SUBJECT, TICKET)
    other = act("application/b", 0)
    word = replace(spending(1, b""), words=("w",), due=7)
    assert await store.commit([spending(1), other, word]) == [Buried(), Committed(), Committed()]
    assert [one.id for one in await store.due("application", 7, 9)] == ["a"]
    assert [one.id for one in await store.matching("application", "w", 9) or ()] == ["a"]


async def test_a_burial_is_not_an_event(store: Store) -> None:
    await store.commit([act(SUBJECT, 0)])
    await store.bury(SUBJECT, TICKET)
    assert len(await store.records(SUBJECT, 1, 9)) == 1
    assert (await store.load(SUBJECT, act(SUBJECT, 0).event)).repeat == act(SUBJECT, 0).record


async def test_of_a_burial_and_a_commit_at_once_one_wins(store: Store) -> None:
    for number in range(40):
        subject, ticket = f"application/{number}", event_id(f"{number}")
        await store.commit([act(subject, 0)])
        wanted, bury = replace(act(subject, 1), ticket=ticket), store.bury(subject, ticket)
        if number % 2:
            spent, (outcome,) = await asyncio.gather(bury, store.commit([wanted]))
        else:
            (outcome,), spent = await asyncio.gather(store.commit([wanted]), bury)
        assert outcome == (Committed() if spent else Buried())
