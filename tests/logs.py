"""Logs for tests and measurements: records in many trails, laid out in tiles and signed."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from workflow.domain import canonical
from workflow.domain.record import GENESIS, hash_of
from workflow.proof.checkpoint import Checkpoint
from workflow.proof.keys import SignerKey
from workflow.proof.merkle import EMPTY_ROOT, complete_root, leaf_hash
from workflow.proof.note import signed
from workflow.proof.paths import TiledTree
from workflow.proof.tiles import WIDTH, Tile, encode_bundle

ORIGIN = "log.example/clearance"


def forged(text: bytes, **fields: Any) -> bytes:
    """A record with other fields and the hash that fits them."""
    record = {**json.loads(text), **fields}
    record["hash"] = hash_of(record)
    return canonical.encode(record)


def retold(trail: Sequence[bytes], subject: str) -> list[bytes]:
    """A trail as one of another subject, sound again."""
    told, head = list[bytes](), GENESIS
    for text in map(json.loads, trail):
        text |= {"subject": subject, "prev": head}
        text["hash"] = head = hash_of(text)
        told.append(canonical.encode(text))
    return told


def mixed(trails: Sequence[Sequence[bytes]], at_once: int) -> Iterator[bytes]:
    """The records of many trails, so many trails in turn."""
    for first in range(0, len(trails), at_once):
        for records in zip(*trails[first : first + at_once], strict=True):
            yield from records


def laid_out(entries: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file of a log but the checkpoint, by its path."""
    entries, hashes, index = iter(entries), list[bytes](), 0
    while bundle := list(islice(entries, WIDTH)):
        yield Tile(None, index, len(bundle)).path, encode_bundle(bundle)
        hashes += map(leaf_hash, bundle)
        index += 1
    level = 0
    while hashes:
        above = list[bytes]()
        for index, first in enumerate(range(0, len(hashes), WIDTH)):
            tile = hashes[first : first + WIDTH]
            yield Tile(level, index, len(tile)).path, b"".join(tile)
            if len(tile) == WIDTH:
                above.append(complete_root(tile))
        hashes, level = above, level + 1


def write(folder: Path, entries: Iterable[bytes], *signers: SignerKey) -> Checkpoint:
    """A log in a folder; its checkpoint."""
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for entry in entries:
            size += 1
            yield entry

    for path, content in laid_out(counted()):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    tree = TiledTree(size, lambda path: (folder / path).read_bytes())
    checkpoint = Checkpoint(signers[0].name, size, tree.root() if size else EMPTY_ROOT)
    (folder / "checkpoint").write_bytes(signed(checkpoint.text(), signers).encode())
    return checkpoint
