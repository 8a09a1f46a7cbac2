"""Cursors of a search over all trails: sealed, and good for one question of one principal.

A place in the feeds counts records that whoever asks may not know of, so a cursor shows nothing of
it, its length neither. It is a JWE (RFC 7516: `dir`, A256GCM) without the header, which is always
the same; the key belongs to the question and comes of a secret that lies in the database, so
every process of the service opens it, after a restart too.
"""

import hashlib
import hmac
import secrets
from typing import Final

import orjson
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from api.answers import unknown_cursor
from workflow.domain.principal import Principal
from workflow.store import Store
from workflow.trails import FeedPlace, Place, TrailPlace, Wanted

LONGEST = 7_000
"""Characters of a cursor, which may name a position in each of 1,024 partitions."""

WIDTH = 5
"""Bytes of a position, whatever it is."""

_HEADER = {"alg": "dir", "enc": "A256GCM"}
_HEAD = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.."
_SECRET_BYTES = 32
_FEEDS, _TRAIL = b"f", b"t"


class TrailCursors:
    """Those of one question: who asks, for which records, and in which order."""

    def __init__(self, secret: bytes, principal: Principal, wanted: Wanted, newest: bool) -> None:
        question = orjson.dumps(["search of trails", principal.identity, wanted, newest])
        key = hmac.digest(secret, question, hashlib.sha256)
        self._key: Final = OctKey.import_key(key)

    def of(self, place: Place | None) -> str | None:
        """A place as a cursor."""
        if place is None:
            return None
        sealed = jwe.encrypt_compact(_HEADER, _written(place), self._key)
        return sealed.removeprefix(_HEAD)

    def place(self, cursor: str | None) -> Place | None:
        """The place that a cursor means. Raises Problem (422)."""
        if cursor is None:
            return None
        try:
            opened = jwe.decrypt_compact(_HEAD + cursor, self._key, algorithms=[*_HEADER.values()])
        except (JoseError, ValueError) as error:
            raise unknown_cursor() from error
        return _read(opened.plaintext or b"")


async def cursors_of(
    store: Store, principal: Principal, wanted: Wanted, newest: bool
) -> TrailCursors:
    """The cursors of a question to the service of this database."""
    secret = await store.seal(secrets.token_bytes(_SECRET_BYTES))
    return TrailCursors(secret, principal, wanted, newest)


def _written(place: Place) -> bytes:
    if isinstance(place, FeedPlace):
        return _FEEDS + b"".join(one.to_bytes(WIDTH, "big") for one in place.positions)
    return _TRAIL + orjson.dumps([*place])


def _read(text: bytes) -> Place:
    """What `_written` wrote; nobody else can seal."""
    kind, rest = text[:1], text[1:]
    if kind == _TRAIL:
        return TrailPlace(*orjson.loads(rest))
    starts = range(0, len(rest), WIDTH)
    return FeedPlace(tuple(int.from_bytes(rest[at : at + WIDTH], "big") for at in starts))
