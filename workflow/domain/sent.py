"""The shapes of what is sent: an event, and the references to the sources it rests on.

Times are RFC 3339 with a zone. Evidence is a reference; it is never fetched.
"""

import re
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workflow.domain import clock
from workflow.domain.fields import Line, Prose

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _aware(text: str) -> datetime:
    if not _RFC3339.fullmatch(text):
        raise ValueError("must be a time with its zone, such as 2026-01-28T00:00:00+08:00")
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise ValueError("is not a time that the calendar has") from error
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError("lies at the edge of the calendar")  # where other zones have no time
    return moment


def _as_instant(text: str) -> str:
    return clock.instant(_aware(text))


def _as_written(text: str) -> str:
    _aware(text)
    return text


_MISLEADING = frozenset(' "<>\\')


def _web_address(text: str) -> str:
    """What stands before an @ is a secret or misleads; a browser takes a backslash for a slash.
    An address is ASCII (RFC 3986); what is not is encoded in it.
    """
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        fit = parts.scheme in ("http", "https") and named and text.isascii() and text.isprintable()
    except ValueError:
        fit = False
    if not fit or not _MISLEADING.isdisjoint(text):
        raise ValueError("must be an http or https address in ASCII, with no user in it")
    return text


_TIME_SCHEMA: dict[str, Any] = {
    "format": "date-time",
    "pattern": "^(?!000[01]|9999)",
    "examples": ["2026-01-28T00:00:00+08:00"],
}
Instant = Annotated[
    str,
    Field(max_length=40, json_schema_extra=_TIME_SCHEMA),
    AfterValidator(_as_instant),
]
"""A time with its zone (RFC 3339), kept in UTC with milliseconds."""

Written = Annotated[
    str,
    Field(max_length=40, json_schema_extra=_TIME_SCHEMA),
    AfterValidator(_as_written),
]
"""A time with its zone (RFC 3339), kept as written."""

WebAddress = Annotated[
    str,
    Field(max_length=2_000, pattern="^https?://", json_schema_extra={"format": "uri"}),
    AfterValidator(_web_address),
]
EventType = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=64, examples=["approve"])]
AuthorityName = Annotated[
    str, Field(pattern="^[a-z][a-z0-9_-]*$", max_length=64, examples=["miit"])
]


class In(BaseModel):
    """What is sent: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


Grade = Literal["official_notice", "company_statement", "press_report", "anonymous_source"]


class EvidenceIn(In):
    """A reference to a source; never fetched."""

    grade: Grade
    title: Line
    publisher: Line
    attribution: Line | None = None
    published_at: Written
    url: WebAddress | None = None
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


EvidenceList = Annotated[list[EvidenceIn], Field(max_length=20)]


class EventIn(In):
    """An act that somebody posts; `data` is what the event's type takes."""

    type: EventType
    authority: AuthorityName | None = None
    effective_at: Instant | None = None
    reason: Prose | None = None
    evidence: EvidenceList = Field(default_factory=list)
    data: dict[str, Any] = Field(default_factory=dict)
