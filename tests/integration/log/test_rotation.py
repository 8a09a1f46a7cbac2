"""A rotation that ended stays ended, whatever a power cut leaves of its files."""

import os
import stat
from pathlib import Path

import pytest

from tests.integration.log.conftest import Begin, Writing
from workflow.log.directory import LogDirectory
from workflow.log.signing import KEY, NEXT, LogKeys
from workflow.proof.checkpoint import open_checkpoint
from workflow.sequencing import Sequencer


async def everything(sequencer: Sequencer) -> None:
    """Add what there is, and let go of the folder."""
    try:
        while await sequencer.turn():
            pass
    finally:
        sequencer._directory.release()


@pytest.mark.parametrize("unfinished", [False, True], ids=["signed", "unfinished"])
async def test_a_key_that_was_followed_signs_nothing_more(
    begin: Begin,
    writing: Writing,
    keys: LogKeys,
    directory: LogDirectory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    unfinished: bool,
) -> None:
    await everything(begin())
    coming = keys.rotate()
    assert coming is not None
    old = (tmp_path / KEY).read_bytes()
    await everything(begin())
    both = directory.checkpoint()
    assert both is not None
    await writing.add(1)
    with monkeypatch.context() as patch:
        if unfinished:
            patch.setattr(LogDirectory, "publish", unpublished)
            with pytest.raises(OSError, match="no power"):
                await everything(begin())
        else:
            await everything(begin())
    (tmp_path / KEY).replace(tmp_path / NEXT)  # as before the rename
    (tmp_path / KEY).write_bytes(old)
    await writing.add(1)
    await everything(begin())
    assert (keys.present(), keys.coming()) == (coming, None)
    raw = directory.checkpoint()
    assert raw is not None
    open_checkpoint(raw, [coming.verifier])
    assert keys.rotate() is not None


def unpublished(*_: object) -> None:
    raise OSError("no power")


async def test_which_key_signs_is_durable(
    begin: Begin, keys: LogKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everything(begin())
    synced: list[set[str]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        if os.path.samestat(os.fstat(descriptor), tmp_path.stat()):
            assert stat.S_ISDIR(os.fstat(descriptor).st_mode)
            synced.append({path.name for path in tmp_path.iterdir()} & {KEY, NEXT})
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    keys.rotate()
    assert synced[-1] == {KEY, NEXT}
    await everything(begin())
    assert synced[-1] == {KEY}
