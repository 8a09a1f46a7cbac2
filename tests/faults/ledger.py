"""The clients' own memory of what was acknowledged, and the comparison with the trails."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.acts import Act, post
from tests.faults.client import Answer, Client, Lost

RETRIES = 200
PAUSE = 0.05  # seconds between two tries with the same key

POLL = 0.01  # seconds

PASSING = {"busy", "unavailable", "durability-unknown"}
"""Codes of a 503: try again with the same key."""


@dataclass(frozen=True, slots=True)
class Try:
    """An event that was sent: to which application, which act, with which key."""

    application: str
    act: Act
    key: str


@dataclass(slots=True)
class Ledger:
    """What was acknowledged, by application and key; what was sent without an outcome."""

    acknowledged: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    doubtful: list[Try] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    async def send(self, client: Client, one: Try) -> Answer | None:
        """Post once and remember; None when no answer came."""
        try:
            answer = await post(client, one.application, one.act, one.key)
        except Lost:
            self.doubtful.append(one)
            return None
        if answer.status == 503:
            self.codes.append(answer.code)
            assert answer.code in PASSING, answer
            assert answer.headers["retry-after"].isdecimal(), answer
            self.doubtful.append(one)
        else:
            self.remember(one, answer)
        return answer

    def remember(self, one: Try, answer: Answer) -> None:
        """An acknowledgement. A second one must show the record of the first."""
        assert answer.status in (200, 201), answer
        record = answer.json["record"]
        assert record["id"] == one.key
        before = self.acknowledged.setdefault((one.application, one.key), record)
        assert before == record

    async def settle(self, client: Client) -> None:
        """Send what is doubtful again with the same key, until each has an outcome."""
        while self.doubtful:
            one = self.doubtful.pop()
            for _ in range(RETRIES):
                answer = await self.send(client, one)
                if answer is not None and answer.status != 503:
                    break
                self.doubtful.pop()
                await asyncio.sleep(PAUSE)
            else:
                raise AssertionError(f"no outcome for {one.key} after {RETRIES} tries")

    async def check(self, client: Client, applications: Sequence[str]) -> None:
        """Everything acknowledged is there as acknowledged, once, in sound trails, and nothing
        else is.
        """
        for application in applications:
            records = {record["id"]: record for record in await trail(client, application)}
            own = {
                key: record
                for (subject, key), record in self.acknowledged.items()
                if subject == application
            }
            doubtful = {one.key for one in self.doubtful}
            missing = own.keys() - records.keys()
            assert not missing, f"acknowledged and lost: {sorted(missing)}"
            assert all(records[key] == record for key, record in own.items())
            unasked = [
                key
                for key, record in records.items()
                if record["seq"] > 1 and key not in own and key not in doubtful
            ]
            assert not unasked, f"recorded and never acknowledged: {unasked}"


async def progress(ledger: Ledger, more: int, within: float) -> None:
    """Wait until so many more events are acknowledged, so many seconds at the most."""
    wanted = len(ledger.acknowledged) + more
    for _ in range(round(within / POLL)):
        if len(ledger.acknowledged) >= wanted:
            return
        await asyncio.sleep(POLL)
    raise AssertionError(f"no {more} events were acknowledged within {within} s")


async def trail(client: Client, application: str) -> list[dict[str, Any]]:
    """All records of a trail: seq without gap, no key twice, verified by the service."""
    records: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = f"/v1/applications/{application}/trail?limit=500{cursor}"
        page = (await client.ask("GET", path)).json
        records += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert len({(record["principal"], record["id"]) for record in records}) == len(records)
    verdict = (await client.ask("GET", f"/v1/applications/{application}/trail:verify")).json
    assert verdict["ok"], verdict
    assert verdict["checked"] >= len(records)
    return records


async def load(
    clients: Sequence[Client], ledger: Ledger, following: Callable[[int], Try], going: asyncio.Event
) -> None:
    """Let every client post what follows, each the next as soon as the last is answered, until
    `going` is cleared. A client goes on after a 503; it stops where the service is gone.
    """

    async def one(client: Client) -> None:
        number = 0
        while going.is_set():
            sent = following(number)
            answer = await ledger.send(client, sent)
            if answer is None:
                return
            if answer.status == 503:
                await asyncio.sleep(PAUSE)
            number += 1

    await asyncio.gather(*(one(client) for client in clients))
