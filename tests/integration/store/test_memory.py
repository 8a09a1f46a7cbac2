"""What the server's memory holds, sane bounds; the figures are measured by the benchmarks."""

import json
import os

from redis.asyncio import Redis

from tests.integration.store.acts import BEGAN
from workflow.store import Commit, Store

SUBJECTS, EVENTS = 5000, 3  # enough of them to outweigh what a partition takes once
TERMS = ("state=0", "buyer=x", "standing=reported", "waiting_on=ndrc", "procedure=h200-import")


def commit(subject: int, expected: int, turn: str) -> Commit:
    """A commit of realistic size: a record of about 1,100 bytes, a document of about 800."""
    hashes = {name: os.urandom(32).hex() for name in ("fingerprint", "prev", "hash")}
    record = json.dumps({**hashes, "salt": os.urandom(16).hex(), "data": os.urandom(400).hex()})
    name = f"{subject:026x}"
    return Commit(
        subject=f"application/{name}",
        event=os.urandom(16),
        expected=expected,
        document=f"{expected + 1} {hashes['hash']} 0 {{}}".encode().ljust(800, b"."),
        record=record.encode(),
        created_ms=BEGAN + subject,
        add=(f"state={turn}",) if expected else TERMS,
        remove=(f"state={expected - 1}",) if expected else (),
        words=() if expected else (name, f"ec-2026-{subject}"),
    )


async def used(client: Redis) -> int:
    return int((await client.info("memory"))["used_memory"])


async def test_an_event_and_an_application_take_no_more_than_they_may(
    store: Store, client: Redis
) -> None:
    before = await used(client)
    first = [commit(subject, 0, "0") for subject in range(SUBJECTS)]
    await store.commit(first)
    begun = await used(client)
    records = 0
    for expected in range(1, EVENTS):
        more = [commit(subject, expected, str(expected)) for subject in range(SUBJECTS)]
        await store.commit(more)
        records += sum(len(each.record) for each in more)
    grown = await used(client)
    per_application = (begun - before - sum(len(each.record) for each in first)) / SUBJECTS
    assert per_application < 2048
    assert (grown - begun) / records < 1.5


async def test_the_events_of_an_application_are_stored_compactly(
    store: Store, client: Redis
) -> None:
    await store.commit([commit(1, expected, str(expected)) for expected in range(200)])
    (key,) = [key async for key in client.scan_iter("*e:application/*")]
    assert await client.object("ENCODING", key) == b"listpack"
