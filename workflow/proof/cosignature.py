"""Cosignatures (C2SP tlog-cosignature, v1): what a witness says of a checkpoint, and when.

That, as of a time, this was the largest consistent tree it had seen of this log.
"""

from workflow.proof.text import MAX_NUMBER
from workflow.proof.unsound import Unsound

_SIGNATURE = 64  # bytes, of Ed25519
_MOMENT = 8  # bytes


def message(text: str, moment: int) -> bytes:
    """What is signed: the text of the checkpoint under the time, in seconds since the epoch."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def joined(moment: int, signature: bytes) -> bytes:
    """The cosignature: the time, then the signature. Raises ValueError for an impossible time."""
    if not 0 <= moment <= MAX_NUMBER:
        raise ValueError(f"{moment} is no time")
    return moment.to_bytes(_MOMENT, "big") + signature


def parted(cosignature: bytes) -> tuple[int, bytes]:
    """Its time, in seconds since the epoch, and its signature. Raises Unsound."""
    moment = int.from_bytes(cosignature[:_MOMENT], "big")
    if len(cosignature) != _MOMENT + _SIGNATURE or moment > MAX_NUMBER:
        raise Unsound("a cosignature is a time and an Ed25519 signature")
    return moment, cosignature[_MOMENT:]
