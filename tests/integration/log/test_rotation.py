"""A rotation that ended stays ended, whatever a power cut leaves of its files."""

import os
import stat
from pathlib import Path

import pytest

from api import key_files
from tests.integration.log.conftest import Begin, Writing
from workflow.log.directory import LogDirectory
from workflow.log.signing import KEY, NEXT, PUBLIC, LogKeys
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.keys import SignerKey
from workflow.proof.unsound import Unsound
from workflow.sequencing import Sequencer


async def everything(sequencer: Sequencer) -> None:
    """Add what there is, and let go of the folder."""
    try:
        while await sequencer.turn():
            pass
    finally:
        sequencer._directory.release()


async def test_another_key_in_the_place_of_the_present_one_signs_nothing(
    begin: Begin, writing: Writing, keys: LogKeys, directory: LogDirectory, tmp_path: Path
) -> None:
    running = begin()
    await everything(running)
    before, own = directory.checkpoint(), keys.present()
    assert own is not None
    for name in (own.name, "localhost/other"):
        key_files.write(tmp_path / KEY, SignerKey.generate(name).secret())
        await writing.add(1)
        for sequencer in (running, begin()):
            with pytest.raises(Unsound, match="not the last of the keys"):
                await everything(sequencer)
        with pytest.raises(Unsound, match="not the last of the keys"):
            keys.sign(directory.signed(), "")
    (tmp_path / PUBLIC).unlink()
    with pytest.raises(Unsound):
        await everything(begin())
    assert not (tmp_path / PUBLIC).exists()
    assert directory.checkpoint() == before
    key_files.write(tmp_path / KEY, own.secret())
    key_files.write(tmp_path / PUBLIC, str(own.verifier))
    await everything(begin())
    assert directory.checkpoint() != before


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
