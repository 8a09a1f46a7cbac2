"""The power goes: of the append-only file, only what was written before an acknowledgement is
certain. Whatever lies behind it may be there, missing, or there in part.
"""

import shutil
from pathlib import Path
from random import Random

from tests.faults import aof
from tests.faults.acts import opened
from tests.faults.aof import Reached
from tests.faults.client import Answer, clients
from tests.faults.ledger import Ledger, Try, progress
from tests.faults.loading import CROWD, some, tries, under_load
from tests.faults.processes import PATIENCE, Service, serving
from tests.faults.rounds import rounds
from workflow.catalog import Catalog
from workflow.domain.canonical import decode
from workflow.procedures import load_packaged
from workflow.queries import Queries
from workflow.store import EmbeddedServer, Store, connect

CUTS = 3
"""Cuts of one copy."""


class Journal(Ledger):
    """Remembers for each acknowledgement how far the server had written by then."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.certain: list[tuple[Reached, str, bytes]] = []

    def remember(self, one: Try, answer: Answer) -> None:
        super().remember(one, answer)
        record = answer.content[len(b'{"record":') :].split(b',"application":')[0]
        self.certain.append((aof.reached(self._folder), one.application, record))


async def test_what_was_acknowledged_before_the_cut_is_there(data: Path, tmp_path: Path) -> None:
    random = Random(3)
    with serving(tmp_path / "log", "--data", data) as service:
        for number in rounds(2):
            async with clients(1, service.port) as (client,):
                applications = await some(client, f"cut-{number}")
            journal = Journal(data)
            until = await loaded(service, data, journal, applications, tmp_path / "copy")
            assert journal.certain
            for _ in range(CUTS):
                await after_a_cut(random, journal, until, tmp_path, applications)
            shutil.rmtree(tmp_path / "copy")


async def loaded(
    service: Service, data: Path, journal: Journal, applications: list[str], into: Path
) -> Reached:
    """Load the service; in the midst of it rewrite the file, and copy all there is."""
    async with under_load(service.port, journal, tries(applications, into.parent.name)):
        await progress(journal, 3 * CROWD, PATIENCE)
        await rewrite(data)
        await progress(journal, 3 * CROWD, PATIENCE)
        with aof.paused(service.server):
            return aof.copy(data, into)


async def rewrite(data: Path) -> None:
    """Let the server write its file anew, from what it holds in memory."""
    client = connect(f"unix://{data / 'valkey.sock'}")
    await client.bgrewriteaof()
    await client.aclose()


async def after_a_cut(
    random: Random, journal: Journal, until: Reached, folder: Path, applications: list[str]
) -> None:
    """Cut a copy somewhere, start on it, and look for what was certain by then."""
    earliest = min((r.length for r, _, _ in journal.certain if r.file == until.file), default=0)
    length = random.randint(earliest, until.length)
    copied = folder / "cut"
    shutil.copytree(folder / "copy", copied)
    aof.cut(copied, length)
    server = EmbeddedServer(copied)
    server.start()
    try:
        async with Store(connect(server.url)) as store:
            queries = Queries(store, Catalog(load_packaged().values()))
            for application in applications:
                verdict = await queries.verify(application)
                assert verdict
                assert verdict.ok, verdict
            for at, application, record in journal.certain:
                if at.file < until.file or at.length <= length:
                    seq = decode(record)["seq"]
                    assert await queries.record(f"application/{application}", seq) == record
    finally:
        server.stop()
        shutil.rmtree(copied)


async def test_a_service_starts_on_what_a_cut_has_left(data: Path, tmp_path: Path) -> None:
    """From outside: an event is torn off in the middle, the service starts and takes it again."""
    with serving(tmp_path / "log", "--data", data) as service:
        async with clients(1, service.port) as (client,):
            application = await opened(client, "torn")
            ledger = Ledger()
            numbers = tries([application], "k")
            whole = [numbers(n) for n in range(5)]
            torn = numbers(5)
            for one in whole:
                await ledger.send(client, one)
            before = aof.reached(data)
            await Ledger().send(client, torn)
            service.kill()
    aof.cut(data, (before.length + aof.reached(data).length) // 2)
    with serving(tmp_path / "log", "--data", data) as service:
        async with clients(1, service.port) as (client,):
            await ledger.check(client, [application])
            answer = await ledger.send(client, torn)
            assert answer
            assert (answer.status, answer.replayed) == (201, False)
            await ledger.check(client, [application])
