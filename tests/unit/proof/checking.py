"""A log in files, written by whoever likes, and checked with the public key alone."""

import json
from collections.abc import Sequence

from tests.logs import ORIGIN, laid_out, retold
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.keys import SignerKey
from workflow.proof.merkle import Frontier, leaf_hash
from workflow.proof.note import signed
from workflow.proof.whole import Watch, check_log

KEY, STRANGER = SignerKey.generate(ORIGIN), SignerKey.generate(ORIGIN)
Files = dict[str, bytes]


def root_of(entries: Sequence[bytes]) -> bytes:
    tree = Frontier()
    for entry in entries:
        tree.append(leaf_hash(entry))
    return tree.root()


def log(entries: Sequence[bytes], signer: SignerKey = KEY) -> Files:
    """A log of these entries, in files."""
    files = dict(laid_out(entries))
    text = Checkpoint(ORIGIN, len(entries), root_of(entries)).text()
    return files | {"checkpoint": signed(text, [signer]).encode()}


def check(files: Files, since: bytes | None = None, *watches: Watch) -> int:
    """As `clearance verify` does, with the public key alone."""
    keys = [KEY.verifier]
    checkpoint, _ = open_checkpoint(files["checkpoint"], keys)
    older = None if since is None else open_checkpoint(since, keys)[0]
    return check_log(files.get, checkpoint, older, watches)


def rehashed(trail: Sequence[bytes], seq: int) -> list[bytes]:
    """A trail in which one record was edited, and sound again by itself."""
    edited = [json.loads(text) for text in trail]
    edited[seq - 1]["reason"] = "another"
    return retold([json.dumps(one).encode() for one in edited], edited[0]["subject"])
