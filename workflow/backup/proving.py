"""Proves a backup before anything is made of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from workflow.backup.file import BackupFile, NoBackup
from workflow.backup.pieces import decoded
from workflow.catalog import Catalog
from workflow.log.directory import CHECKPOINT
from workflow.log.signing import LogKeys
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import VerifierKey
from workflow.proof.unsound import Unsound
from workflow.proof.whole import Bad, Entry, check_log
from workflow.store import beside
from workflow.store.keys import Layout

Advance = Callable[[int], None]
"""Is told how many more entries have been looked at."""


class _Served:
    """Notes which versions of procedures applications have stood under that are not served."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.missing: dict[str, None] = {}

    def take(self, entry: Entry) -> None:
        """Look at an entry."""
        if entry.record["subject"].startswith("application/"):
            snapshot = entry.document.snapshot
            name, version = snapshot.get("procedure", ""), snapshot.get("procedure_version", 0)
            if self._catalog.find(name, version) is None:
                self.missing[f"{name} {version}"] = None

    def end(self) -> None:
        """There are no more."""


def prove(
    file: BackupFile, known: Sequence[VerifierKey], catalog: Catalog, advance: Advance
) -> Checkpoint:
    """Check every record, tile and part of a backup against the checkpoint in it, and that against
    the public keys in it; where some are `known` from elsewhere, against those of them. What the
    service goes on with must fit: private keys the public ones, what is kept beside what can be put
    back, and procedures those that are served. Raises NoBackup.
    """
    checkpoint = _checkpoint(file, known)
    if checkpoint.size != file.manifest.size or checkpoint.origin != file.manifest.origin:
        raise NoBackup("its manifest is of another log than its checkpoint")
    served = _Served(catalog)
    try:
        check_log(file.find, checkpoint, watches=[served], advance=advance)
    except Bad as bad:
        place = "" if bad.index is None else f"entry {bad.index}: "
        raise NoBackup(f"its log is not what was signed: {place}{bad}") from bad
    layout = Layout()
    for fields in file.pieces():
        try:
            beside.check(layout, decoded(fields))
        except ValueError as error:
            raise NoBackup(f"what it keeps beside the records cannot be read: {error}") from error
    if served.missing:
        raise NoBackup(
            f"it has applications under procedures that are not served: {', '.join(served.missing)}"
        )
    return checkpoint


def _checkpoint(file: BackupFile, known: Sequence[VerifierKey]) -> Checkpoint:
    """Raises NoBackup."""
    kept, raw = file.keys(), file.find(CHECKPOINT) or b""
    keys = LogKeys(Path(), lambda path: kept.get(path.name), lambda *_: None)
    try:
        keys.signer()
        own = keys.public()
    except Unsound as error:
        raise NoBackup(f"the keys in it cannot be used: {error}") from error
    try:
        keys.check(raw)
        checkpoint, _ = open_checkpoint(raw, [key for key in known or own if key in own])
    except Unsound as error:
        raise NoBackup(f"its checkpoint is not good: {error}") from error
    return checkpoint
