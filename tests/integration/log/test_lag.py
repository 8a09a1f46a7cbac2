"""The log cannot stand still without anybody being told."""

import logging

import pytest

from tests.integration.log.conftest import Begin, Writing
from workflow.lag import PATIENCE, Lag
from workflow.log.directory import LogDirectory
from workflow.log.tree import LogReader
from workflow.sequencing import Sequencer
from workflow.store import Store


class Clock:
    """Seconds, as the test has them."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_log_that_nobody_adds_to_is_told_once(
    begin: Begin,
    store: Store,
    writing: Writing,
    directory: LogDirectory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    lag = Lag(store, LogReader(directory.path), clock)

    async def after(seconds: float) -> bool:
        clock.now += seconds
        await lag.look()
        return lag.behind

    await writing.add(3)
    assert [await after(PATIENCE) for _ in range(3)] == [False] * 3, "nobody has begun a log"
    sequencer: Sequencer = begin()
    await sequencer.turn()
    assert not await after(PATIENCE)
    await writing.add(2)
    assert not await after(PATIENCE)
    assert not await after(PATIENCE - 1)
    with caplog.at_level(logging.WARNING):
        assert await after(1)
        assert await after(PATIENCE)
    assert caplog.text.count("the log is behind") == 1
    await sequencer.turn()
    assert not await after(0)
    for _ in range(9):  # each time something is new, and what was new before is signed
        await writing.add(1)
        assert not await after(PATIENCE)
        await sequencer.turn()
