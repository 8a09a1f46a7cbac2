"""Sequencers are killed, and stopped and woken when another has gone on: the log stays one tree."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from api.key_files import read, write
from tests.e2e.warm import Run
from tests.faults.processes import eventually, outside, serving
from tests.faults.rounds import rounds
from workflow.log.directory import LogDirectory
from workflow.log.intent import State
from workflow.log.signing import LogKeys
from workflow.log.tree import LogReader
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.merkle import Frontier, leaf_hash
from workflow.store import Commit, EmbeddedServer, Store, connect
from workflow.store.embedded import binary

WITHIN = 5.0
"""Seconds in which another takes over."""


class Log:
    """A log, who may write it, and what it was when it was last looked at."""

    def __init__(self, url: str, store: Store, folder: Path) -> None:
        self.url, self.store, self.folder = url, store, folder
        self.keys = LogKeys(folder, read, write)
        self.keys.begin("example.org/log")
        self.reader = LogReader(folder / "log")
        self.seen = State(0, b"")
        self._versions = [0] * 20

    async def write(self, count: int, random: Random) -> None:
        """Leave so many records."""
        commits = []
        for _ in range(count):
            number = random.randrange(len(self._versions))
            seq = self._versions[number] = self._versions[number] + 1
            name = f"application/a{number}"
            record = b'{"seq":%d,"subject":"%s"}' % (seq, name.encode())
            document = b"%d head now {}" % seq
            commits.append(Commit(name, os.urandom(16), seq - 1, document, record, 1))
        await self.store.commit(commits)

    @contextmanager
    def sequencer(self) -> Iterator["subprocess.Popen[str]"]:
        """A process that writes it, until it is killed."""
        command = [sys.executable, "-m", "tests.faults.sequencer_process", self.url]
        process = subprocess.Popen(
            [*command, self.folder, self.folder / "log"], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
            process.communicate()

    def continues(self) -> int:
        """How many entries it has; those that were seen before begin it."""
        raw = self.reader.checkpoint()
        if raw is None:
            return 0
        checkpoint, _ = open_checkpoint(raw, self.keys.public())
        assert checkpoint.size >= self.seen.size
        if self.seen.size:
            assert self.reader.root(self.seen.size) == self.seen.root
        self.seen = State(checkpoint.size, checkpoint.root)
        return checkpoint.size

    async def is_whole(self) -> None:
        """It has every record once, in the order of the feeds."""
        order: dict[bytes, int] = {}
        tree = Frontier()
        for index in range(self.seen.size):
            (entry,) = self.reader.entries([index])
            order[entry] = index
            tree.append(leaf_hash(entry))
        assert tree.root() == self.seen.root
        total = 0
        for partition, last in enumerate(await self.store.feeds.last()):
            run = await self.store.feeds.stretch(partition, 0, last)
            places = [order[record] for record in run.records]
            assert places == sorted(places)
            total += last
        assert total == len(order) == self.seen.size


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    server = EmbeddedServer(tmp_path / "server")
    server.start()
    try:
        async with Store(connect(server.url)) as store:
            yield Log(server.url, store, tmp_path)
    finally:
        server.stop()


async def caught_up(log: Log) -> None:
    """Wait until a sequencer has added everything."""
    until = time.monotonic() + WITHIN
    while sum(await log.store.feeds.last()) != log.reader.size:
        assert time.monotonic() < until
        await asyncio.sleep(0.005)


async def test_whoever_comes_after_a_killed_sequencer_continues_its_tree(log: Log) -> None:
    """ROUNDS=1000 for the campaign."""
    random = Random(6)
    for _ in rounds(3):
        with log.sequencer():
            until = time.monotonic() + 0.15 * random.random()
            while time.monotonic() < until:
                await log.write(random.randrange(1, 60), random)
        log.continues()
    with log.sequencer():
        await caught_up(log)
    assert log.continues() > 0
    await log.is_whole()


async def test_a_stopped_sequencer_that_wakes_when_another_has_gone_on_makes_no_second_tree(
    log: Log,
) -> None:
    """Its lock is taken away while it is stopped, as by a filesystem that forgets it."""
    random = Random(7)
    for _ in rounds(2):
        with log.sequencer() as first:
            until = time.monotonic() + 0.05 + 0.1 * random.random()
            while time.monotonic() < until:
                await log.write(random.randrange(1, 60), random)
            first.send_signal(signal.SIGSTOP)
            (log.folder / "log" / "lock").unlink()
            await log.write(5, random)
            with log.sequencer():
                await caught_up(log)
                log.continues()
                first.send_signal(signal.SIGCONT)
                for _ in range(5):
                    await log.write(random.randrange(1, 60), random)
                await caught_up(log)
                log.continues()
    with log.sequencer():
        await caught_up(log)
    log.continues()
    await log.is_whole()


@contextmanager
def working(*arguments: str) -> Iterator[None]:
    """`clearance worker`, until the block ends."""
    process = Run(["worker", *arguments])
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield
    finally:
        process.kill()
        process.communicate()


async def test_a_worker_beside_a_killed_service_takes_the_log_over(
    tmp_path: Path, data: Path
) -> None:
    with outside(str(binary()), tmp_path / "server") as server:
        at = ("--redis", server.url, "--data", str(data))
        directory = LogDirectory(data / "log")
        with serving(tmp_path / "log", *at) as service, working(*at):
            assert eventually(lambda: directory.signed().size)
            service.kill()
            size, begun = directory.signed().size, time.monotonic()
            async with Store(connect(server.url)) as store:
                record = b'{"seq":1,"subject":"buyer/b"}'
                await store.commit([Commit("buyer/b", bytes(16), 0, b"1 x y {}", record, 1)])
            assert eventually(lambda: directory.signed().size > size)
            assert time.monotonic() - begun < WITHIN
