"""Writes a backup, while a service runs or not.

What is kept beside the records is read first and the cut comes after: so nothing in the file knows
of a record that is not in its log. The secrets of webhooks are read after it as well: so none is
missing that a record in the file names. The log is checked to its last byte as it is copied, since
a copy of one that is damaged would be found out when it is too late.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import orjson

from workflow.backup.cut import Cut, Files, cut
from workflow.backup.file import BESIDE, KEYS, LOG, MANIFEST, Manifest, part, written
from workflow.backup.pieces import encoded
from workflow.log.directory import CHECKPOINT, Damaged, LogDirectory
from workflow.log.tree import LogReader
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import VerifierKey
from workflow.proof.tiles import parse_path
from workflow.proof.whole import Bad, check_log
from workflow.store import Piece, Store

Advance = Callable[[int], None]
"""Is told how many more entries have been copied."""


async def write(
    store: Store,
    directory: LogDirectory,
    files: Files,
    public: str,
    into: BinaryIO,
    *,
    patience: float,
    advance: Advance,
) -> Manifest:
    """Write a backup; `public` names the file of the public keys. Raises NotCovered, Damaged,
    Unsound, StoreFault, OSError.
    """
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        digest = hashlib.sha256()
        with part(archive, BESIDE) as beside:
            await _keep(store.beside.read(), beside, digest)
            end = await cut(store, directory, files, patience)
            await _keep(store.beside.secrets(), beside, digest)
        parts = {BESIDE: digest.hexdigest()}
        keys = [VerifierKey.parse(line) for line in end.keys.get(public, "").split()]
        checkpoint, _ = open_checkpoint(end.checkpoint, keys)
        _copy(archive, directory, end, checkpoint, advance)
        for name, content in end.keys.items():
            parts[KEYS + name] = written(archive, KEYS + name, content.encode("ascii"))
        manifest = Manifest(
            origin=checkpoint.origin,
            size=checkpoint.size,
            made_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            program=f"clearance {version('clearance')}",
            parts=parts,
        )
        written(archive, MANIFEST, manifest.encode())
    return manifest


async def _keep(pieces: AsyncIterator[Piece], into: IO[bytes], digest: "hashlib._Hash") -> None:
    async for piece in pieces:
        line = orjson.dumps(encoded(piece)) + b"\n"
        digest.update(line)
        into.write(line)


def _copy(
    archive: ZipFile, directory: LogDirectory, end: Cut, checkpoint: Checkpoint, advance: Advance
) -> None:
    """Copy a log as it is at a checkpoint, checking what is copied. Raises Damaged."""
    reader = LogReader(directory.path)

    def copying(path: str) -> bytes | None:
        found = reader.tile(parse_path(path))
        if found is not None:
            archive.writestr(LOG + path, found)
        return found

    try:
        check_log(copying, checkpoint, advance=advance)
    except Bad as bad:
        raise Damaged(f"the log in {directory.path} is not what was signed: {bad}") from bad
    archive.writestr(LOG + CHECKPOINT, end.checkpoint)
