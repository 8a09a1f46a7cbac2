"""A log of its own for each test, over the session's server."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from api import key_files
from workflow.log.directory import LogDirectory
from workflow.log.signing import LogKeys
from workflow.sequencing import Sequencer
from workflow.service import Service
from workflow.store import Commit, Store

Begin = Callable[..., Sequencer]


@pytest.fixture
def keys(tmp_path: Path) -> LogKeys:
    """The keys of a log that was begun."""
    made = LogKeys(tmp_path, key_files.read, key_files.write)
    made.begin("example.org/log")
    return made


@pytest.fixture
def directory(tmp_path: Path) -> LogDirectory:
    """The folder of the log, as a reader of the test's own finds it."""
    return LogDirectory(tmp_path / "log")


@pytest.fixture
def begin(tmp_path: Path, store: Store, service: Service, keys: LogKeys) -> Begin:
    """Makes sequencers that know of each other by the folder alone."""

    def one(where: LogDirectory | None = None, into: Store = store) -> Sequencer:
        return Sequencer(into, where or LogDirectory(tmp_path / "log"), keys, service)

    return one


class Writing:
    """Commits plain records of numbered subjects: enough for whoever reads feeds alone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.records: dict[str, list[bytes]] = {}

    async def add(self, count: int, subjects: int = 7) -> None:
        commits = []
        for number in range(count):
            subject = f"application/a{number % subjects}"
            trail = self.records.setdefault(subject, [])
            record = b'{"seq":%d,"subject":"%s"}' % (len(trail) + 1, subject.encode())
            document = b"%d head now {}" % (len(trail) + 1)
            commits.append(Commit(subject, os.urandom(16), len(trail), document, record, 1))
            trail.append(record)
        await self._store.commit(commits)


@pytest.fixture
def writing(store: Store) -> Writing:
    """What writes to the store beside the service."""
    return Writing(store)
