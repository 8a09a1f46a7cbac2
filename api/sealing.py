"""Sealed cursors: what a place tells of the database, only this database's services can read.

A cursor is a JWE (RFC 7516: `dir`, A256GCM) without the header, which is always the same. Its key
comes of a secret that lies in the database, so every process of the service opens it, after a
restart too.
"""

import hashlib
import hmac
import secrets
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from workflow.store import Store

WIDTH = 5
"""Bytes of a position, whatever it is: the length of a cursor says nothing."""

_HEADER = {"alg": "dir", "enc": "A256GCM"}
_HEAD = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.."
_SECRET_BYTES = 32


class Foreign(ValueError):
    """Nothing that this seal has closed."""


class Seal:
    """Closes and opens the cursors of one purpose."""

    def __init__(self, secret: bytes, purpose: bytes) -> None:
        key = hmac.digest(secret, purpose, hashlib.sha256)
        self._key: Final = OctKey.import_key(key)

    def close(self, text: bytes) -> str:
        """A text as a cursor."""
        return jwe.encrypt_compact(_HEADER, text, self._key).removeprefix(_HEAD)

    def open(self, cursor: str) -> bytes:
        """What a cursor holds. Raises Foreign."""
        try:
            opened = jwe.decrypt_compact(_HEAD + cursor, self._key, algorithms=[*_HEADER.values()])
        except (JoseError, ValueError) as error:
            raise Foreign from error
        return opened.plaintext or b""


async def secret_of(store: Store) -> bytes:
    """What the seals of this database come of."""
    return await store.seal(secrets.token_bytes(_SECRET_BYTES))


def packed(position: int) -> bytes:
    """A position as it is sealed."""
    return position.to_bytes(WIDTH, "big")


def unpacked(text: bytes) -> list[int]:
    """Positions that were sealed one after the other."""
    return [int.from_bytes(text[at : at + WIDTH], "big") for at in range(0, len(text), WIDTH)]
