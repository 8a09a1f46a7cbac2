"""Records: canonical, hash-linked, and the document they lead to.

A record's hash is the SHA-256 of its canonical JSON without `hash`; `prev` is the hash of the
record before it, or GENESIS. The salt keeps a published hash from disclosing its content.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

import orjson

from workflow.domain import canonical
from workflow.domain.act import Posting
from workflow.domain.application import Changes, fold
from workflow.domain.principal import Actor
from workflow.domain.refusals import Refusal, Refused

GENESIS = "0" * 64
"""`prev` of the first record of every trail."""

RECORD_BYTES = 65_535
"""The longest record: what an entry of the log holds at the most (C2SP tlog-tiles)."""


class ProcedureRef(TypedDict):
    """Which rules decided."""

    name: str
    version: int
    digest: str


Record = TypedDict(
    "Record",
    {
        "id": str,
        "seq": int,
        "subject": str,
        "procedure": ProcedureRef | None,
        "type": str,
        "authority": str | None,
        "principal": str,
        "organisation": str,
        "role": str,
        "credential": str,
        "effective_at": str,
        "recorded_at": str,
        "from": str | None,
        "to": str | None,
        "standing": str | None,
        "evidence": list[dict[str, Any]],
        "reason": str | None,
        "data": dict[str, Any],
        "fingerprint": str,
        "changes": Changes,
        "salt": str,
        "prev": str,
        "hash": str,
    },
)
"""The immutable entry that an accepted event leaves."""

FIELDS = frozenset(Record.__annotations__)


class Document(NamedTuple):
    """A subject as it is stored: version (its last seq), head (hash of its last record), the
    time of that record, and the snapshot.
    """

    version: int
    head: str
    recorded_at: str
    snapshot: Mapping[str, Any]

    def encode(self) -> bytes:
        """The stored form: `version head recorded_at {snapshot}`."""
        line = f"{self.version} {self.head} {self.recorded_at} "
        return line.encode("ascii") + canonical.encode(self.snapshot)

    @classmethod
    def decode(cls, stored: bytes) -> "Document":
        """Read the stored form; what the service itself wrote is not checked again."""
        version, head, recorded_at, snapshot = stored.split(b" ", 3)
        return cls(
            int(version), head.decode("ascii"), recorded_at.decode("ascii"), orjson.loads(snapshot)
        )


NOTHING = Document(0, GENESIS, "", {})
"""A subject before its first record."""


class Decision(NamedTuple):
    """An accepted event as a value: the record it leaves and the document it leads to."""

    record: Record
    text: bytes
    before: Document
    after: Document


def record_fields(actor: Actor, posting: Posting) -> dict[str, Any]:
    """The fields that a record takes from whoever posted and from the world."""
    principal, event = posting.principal, posting.event
    return {
        "id": event.key,
        "subject": posting.subject,
        "type": event.type,
        "authority": actor.authority,
        "principal": principal.name,
        "organisation": principal.organisation,
        "role": actor.role.value,
        "credential": principal.credential,
        "evidence": list(event.evidence),
        "reason": event.reason,
        "data": event.data,
        "fingerprint": event.fingerprint,
        "salt": posting.salt,
    }


def seal(before: Document, unsealed: dict[str, Any]) -> Decision | Refused:
    """Link a record to the trail and fold it, unless it is too long for the log. `unsealed` has
    every field but `seq`, `prev` and `hash`.
    """
    unsealed["seq"] = before.version + 1
    unsealed["prev"] = before.head
    text = canonical.encode(unsealed)
    unsealed["hash"] = head = canonical.sha256(text)
    # The hash stands before the id. What follows the id has no such key, and a text cannot
    # hold a bare quotation mark, so the last place that looks like the id is the id.
    place = text.rindex(b',"id":')
    sealed = b'%b,"hash":"%b"%b' % (text[:place], head.encode("ascii"), text[place:])
    if len(sealed) > RECORD_BYTES:
        named = {"what": "bytes of a record", "limit": RECORD_BYTES}
        return Refused((Refusal("limit-reached", named),))
    document = Document(
        before.version + 1,
        head,
        unsealed["recorded_at"],
        fold(before.snapshot, unsealed["changes"]),
    )
    record: Record = unsealed  # type: ignore[assignment]
    return Decision(record, sealed, before, document)


def hash_of(record: Mapping[str, Any]) -> str:
    """The hash that a record should carry."""
    unsealed = dict(record)
    unsealed.pop("hash", None)
    return canonical.sha256(canonical.encode(unsealed))
