"""One record, by a proof that it is in the log."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from workflow.domain import trail
from workflow.proof.checkpoint import Checkpoint, open_checkpoint
from workflow.proof.inclusion import InclusionProof
from workflow.proof.keys import VerifierKey
from workflow.proof.merkle import check_inclusion, leaf_hash
from workflow.proof.unsound import Unsound


class Proved(NamedTuple):
    """A record that a proof proves, and the tree in which it is."""

    record: dict[str, Any]
    checkpoint: Checkpoint


def check_proof(
    proof: InclusionProof, records: Sequence[bytes], keys: Iterable[VerifierKey]
) -> Proved:
    """Which of these records, by their exact stored text, is the one that the proof is of; where
    there are none, the one that stands beside the proof. Raises Unsound.
    """
    checkpoint, _ = open_checkpoint(proof.checkpoint, keys)
    candidates = records or ([] if proof.extra is None else [proof.extra])
    if not candidates:
        raise Unsound("the proof comes without its record")
    for text in candidates:
        try:
            check_inclusion(
                proof.index, checkpoint.size, leaf_hash(text), proof.path, checkpoint.root
            )
        except Unsound:
            if len(candidates) == 1:
                raise
        else:
            return Proved(trail.read(text), checkpoint)
    raise Unsound("the proof is of none of these records")
