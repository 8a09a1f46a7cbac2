"""A service that checks its own log: what it finds, what it keeps, and one check at a time."""

import asyncio
import fcntl
from pathlib import Path

import pytest

from api.log_check_process import checked
from api.log_checks import FOUND, LOCK, Verdict, begin, keep, last, under_way
from api.settings import Settings
from tests.logs import write
from tests.unit.proof.checking import KEY, STRANGER, rehashed
from workflow.log.signing import PUBLIC
from workflow.proof.tiles import Tile, decode_bundle, encode_bundle

AT = "2026-02-01T00:00:00.000Z"


@pytest.fixture
def folder(tmp_path: Path, entries: list[bytes]) -> Path:
    """The folder of a service with a log."""
    write(tmp_path / "log", entries, KEY)
    (tmp_path / PUBLIC).write_text(f"{KEY.verifier}\n")
    return tmp_path


def found(folder: Path) -> Verdict:
    return checked(folder, folder / "log", AT)


def test_a_log_that_is_sound_is_verified_to_its_end(folder: Path, entries: list[bytes]) -> None:
    verdict = found(folder)
    assert verdict.ok
    assert (verdict.at, verdict.checked, verdict.size) == (AT, len(entries), len(entries))


def test_the_first_bad_record_is_named(folder: Path) -> None:
    place = folder / "log" / Tile(None, 0).path
    held = decode_bundle(place.read_bytes())
    held[7] = held[7].replace(b'"organisation":"', b'"organisation":"not ')
    place.write_bytes(encode_bundle(held))
    verdict = found(folder)
    assert (verdict.place, verdict.checked) == (7, 0)
    assert verdict.reason == "the hash does not fit the content"
    assert str(verdict.subject) in held[7].decode()
    assert not verdict.ok


def test_a_tree_that_was_not_signed_is_found(
    folder: Path, lives: list[list[bytes]], entries: list[bytes]
) -> None:
    """The tiles fit the forged entries, and the checkpoint is the old one."""
    kept = (folder / "log" / "checkpoint").read_bytes()
    forged = dict(zip(lives[0], rehashed(lives[0], 5), strict=True))
    write(folder / "log", [forged.get(entry, entry) for entry in entries], KEY)
    (folder / "log" / "checkpoint").write_bytes(kept)
    verdict = found(folder)
    assert (verdict.reason, verdict.place) == (
        "the entries do not lead to the root that was signed",
        None,
    )


def test_the_key_of_somebody_else_proves_nothing(folder: Path) -> None:
    (folder / PUBLIC).write_text(f"{STRANGER.verifier}\n")
    assert (found(folder).reason, found(folder).size) == ("no key that is known signed it", 0)


@pytest.mark.parametrize(
    ("path", "reason"), [("checkpoint", "no checkpoint in it"), ("tile/0/000", "is missing")]
)
def test_what_is_gone_is_said(folder: Path, path: str, reason: str) -> None:
    (folder / "log" / path).unlink()
    assert reason in str(found(folder).reason)


def test_what_was_found_is_kept(folder: Path) -> None:
    assert last(folder) is None
    verdict = Verdict(AT, 9, "00", 3, "why", 3, "application/x", 1)
    keep(folder, verdict)
    assert last(folder) == verdict
    for broken in (b"", b"[]", b'{"at": "now"}', b'{"colour": "red"}'):
        (folder / FOUND).write_bytes(broken)
        assert last(folder) is None


async def test_a_process_of_its_own_checks_and_keeps_what_it_found(
    folder: Path, entries: list[bytes]
) -> None:
    assert not under_way(folder)
    await begin(Settings(data=folder), patience=30)
    assert not under_way(folder)
    verdict = last(folder)
    assert verdict is not None
    assert (verdict.ok, verdict.checked) == (True, len(entries))


async def test_one_checks_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "create_subprocess_exec", None)
    with (folder / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert under_way(folder)
        await begin(Settings(data=folder))
    assert not under_way(folder)
