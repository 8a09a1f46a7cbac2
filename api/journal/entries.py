"""An entry of the journal: what, when, where, from where, with what outcome, and who (NIST
SP 800-53 AU-3). It holds no body, no query and no secret: an address as its template, of a
credential its id, and of what callers name themselves nothing that is long enough to be a secret.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from api.security_log import without_secrets
from workflow.domain import clock
from workflow.domain.principal import Principal

AGENT_SHOWN = 80
"""Characters of a user agent."""

NAME_SHOWN = 100
"""Characters of whatever else a caller names; ids have 64."""


SHORT = 40
"""Characters of the shortest secret."""


class What(StrEnum):
    """What is written down."""

    REFUSED = "refused"
    UNAUTHENTICATED = "unauthenticated"
    THROTTLED = "throttled"
    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGNED_OUT = "signed-out"
    READ = "read"
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"
    JOURNAL_READ = "journal-read"
    KEY_MADE = "key-made"
    KEY_ROTATED = "key-rotated"
    KEY_REVOKED = "key-revoked"
    WEBHOOK_MADE = "webhook-made"
    WEBHOOK_CHANGED = "webhook-changed"
    WEBHOOK_ROTATED = "webhook-rotated"
    WEBHOOK_REMOVED = "webhook-removed"
    RIGHTS_GIVEN = "rights-given"
    LOG_KEY_ROTATED = "log-key-rotated"
    STARTED = "started"
    STOPPED = "stopped"
    FLOOD = "flood"
    LOST = "lost"


TURNED_AWAY = frozenset({What.REFUSED, What.UNAUTHENTICATED, What.THROTTLED, What.SIGN_IN_REFUSED})
"""What somebody can cause at will, without being let in."""

GUESSED = frozenset({401, 404, 429})
"""Statuses of answers to those who try names: what they named is told of one attempt alone."""


class Entry(NamedTuple):
    """What happened; entries that are equal within a second are one with a count.

    `named` is the credential that somebody named who did not show it; `subject` is what has the
    trail that tells more, or would have.
    """

    what: What
    who: Principal | None = None
    named: str | None = None
    address: str | None = None
    agent: str | None = None
    method: str | None = None
    route: str | None = None
    subject: str | None = None
    seq: int | None = None
    event: str | None = None
    status: int | None = None
    code: str | None = None

    def grouped(self) -> "Entry":
        """What it has in common with others of its kind in a flood."""
        if self.status in GUESSED:
            return self._replace(subject=None, seq=None, event=None, agent=None, named=None)
        return self


FIELDS = (
    "at",
    "what",
    "count",
    "service",
    "principal",
    "organisation",
    "roles",
    "credential",
    "address",
    "agent",
    "method",
    "route",
    "subject",
    "seq",
    "event",
    "status",
    "code",
)
"""The fields of an entry, in the order in which their values are stored: without their names, which
would be a third of it. New ones are added at the end.
"""


def encode(entry: Entry, at: float, count: int, service: str) -> bytes:
    """An entry as it is stored: when it happened (Unix seconds), how often, and which process
    was asked.
    """
    who = entry.who
    values: list[Any] = [
        clock.instant(datetime.fromtimestamp(at, UTC)),
        entry.what,
        count,
        service,
        None if who is None else who.name,
        None if who is None else who.organisation,
        None if who is None else sorted(who.roles),
        entry.named if who is None else who.credential,
        entry.address or None,
        _cut(entry.agent, AGENT_SHOWN),
        _cut(entry.method, NAME_SHOWN),
        entry.route,
        _cut(entry.subject, NAME_SHOWN),
        entry.seq,
        _cut(entry.event, NAME_SHOWN),
        entry.status,
        entry.code,
    ]
    return orjson.dumps(values)


def decode(content: bytes) -> dict[str, Any]:
    """An entry by the names of its fields; null is not known, or does not apply."""
    return dict.fromkeys(FIELDS) | dict(zip(FIELDS, orjson.loads(content), strict=False))


def _cut(text: str | None, length: int) -> str | None:
    """What a caller wrote, without what may be a secret, and no longer than this."""
    if text is None or (len(text) < SHORT and text.isascii()):
        return text
    plain = without_secrets(text).encode("utf-8", "replace").decode()
    return plain[:length]
