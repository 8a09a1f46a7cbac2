"""The few spellings that notes, checkpoints and proofs share; each value has one alone."""

import binascii
from base64 import b64encode

from workflow.proof.merkle import HASH_SIZE
from workflow.proof.unsound import Unsound

MAX_NUMBER = 2**63 - 1


def base64(content: bytes) -> str:
    """Base 64 (RFC 4648, section 4)."""
    return b64encode(content).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read base 64, strictly: padded, nothing beside it, no stray bits. Raises Unsound."""
    try:
        content = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise Unsound(f"{text[:80]!r} is not base 64") from error
    if base64(content) != text:
        raise Unsound(f"{text[:80]!r} is not the one way to write it in base 64")
    return content


def hash_from(text: str) -> bytes:
    """A SHA-256 in base 64. Raises Unsound."""
    content = from_base64(text)
    if len(content) != HASH_SIZE:
        raise Unsound(f"{text[:80]!r} is not a SHA-256")
    return content


def number(text: str) -> int:
    """A decimal number without a sign or leading zeroes, below 2^63. Raises Unsound."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER)):
        found = int(text)
        if str(found) == text and found <= MAX_NUMBER:
            return found
    raise Unsound(f"{text[:80]!r} is not a number in its one spelling")
