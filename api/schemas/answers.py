"""The shapes of answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Out(BaseModel):
    """What is answered: more fields may come."""

    model_config = ConfigDict(extra="allow")


class ProcedureRefOut(Out):
    """Which rules decide."""

    name: str
    version: int


class RecordOut(Out):
    """The immutable entry that an accepted event left."""

    id: str
    seq: int
    subject: str
    procedure: dict[str, Any] | None
    type: str
    authority: str | None
    principal: str
    organisation: str
    role: str
    credential: str
    effective_at: str
    recorded_at: str
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    standing: Literal["confirmed", "reported"] | None
    evidence: list[dict[str, Any]]
    reason: str | None
    data: dict[str, Any]
    fingerprint: str
    changes: dict[str, Any]
    salt: str
    prev: str
    hash: str


class DeadlineOut(Out):
    """The authority's time limit; null where none runs."""

    due: str | None
    paused_since: str | None
    provisional: bool


class ApplicationOut(Out):
    """An application as it is."""

    id: str
    procedure: ProcedureRefOut
    buyer: str
    reference: str | None
    goods: dict[str, Any]
    state: str
    standing: Literal["confirmed", "reported"]
    confirmed_state: str | None
    version: int
    approvals: dict[str, dict[str, Any]]
    order: dict[str, Any] | None
    conditions: list[dict[str, Any]]
    conditions_stage: Literal["none", "not_defined", "open", "defined"]
    licence: dict[str, Any] | None
    earlier_licences: list[dict[str, Any]]
    pool: str | None
    allocation: dict[str, Any] | None
    gates: dict[str, str]
    links: dict[str, dict[str, Any]]
    holds: list[dict[str, Any]]
    queries: list[dict[str, Any]]
    requests: dict[str, dict[str, Any]]
    notes: list[dict[str, Any]]
    waiting_on: list[str]
    deadline: DeadlineOut
    created_at: str
    updated_at: str
    head: str


class AcceptedOut(Out):
    """An accepted event: the record it left, and the application after it."""

    record: RecordOut
    application: ApplicationOut


class ListedApplicationOut(ApplicationOut):
    """An application in a list; the working days left are below zero once it is overdue."""

    working_days_left: int | None


class ApplicationListOut(Out):
    """A page of applications, the newest first."""

    items: list[ListedApplicationOut]
    next: str | None


class TrailOut(Out):
    """A page of a trail."""

    items: list[RecordOut]
    next: str | None


class LogVerificationOut(Out):
    """How far a trail is in the log: each record up to `checked_to` was found in the signed tree
    of `size` entries. A record that is not logged yet contradicts nothing.
    """

    checked_to: int | None
    size: int
    ok: bool
    first_bad: int | None
    reason: str | None


class VerificationOut(Out):
    """What checking a trail found: of its own chain, and beside that what the log says. `ok` is
    for both.
    """

    ok: bool
    checked: int
    head: str
    first_bad: int | None
    reason: str | None
    log: LogVerificationOut


class LabelOut(Out):
    """A text in both languages."""

    en: str
    zh: str


class AllowedOut(Out):
    """An event that this principal may post, and for which authority."""

    type: str
    authority: str | None


class RefusalOut(Out):
    """A reasoned no."""

    code: str
    detail: LabelOut


class RefusedOut(Out):
    """An event that this principal may not post now, and every reason that can be foreseen."""

    type: str
    refusals: list[RefusalOut]


class AllowedEventsOut(Out):
    """What may be posted next, and what stands in the way."""

    allowed: list[AllowedOut]
    refused: list[RefusedOut]


class BatchResultOut(Out):
    """The outcome of one item: a record or a problem."""

    status: int
    record: RecordOut | None = None
    problem: dict[str, Any] | None = None


class BatchOut(Out):
    """One outcome for each item, in order."""

    items: list[BatchResultOut]


class ProblemOut(Out):
    """Problem details (RFC 9457). Where the rules of a procedure said no, `state` is where the
    application stands, and `failed_guards` are all their reasons.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None = None
    state: str | None = None
    failed_guards: list[RefusalOut] | None = None
    allowed_events: Annotated[
        list[str] | None,
        Field(
            description="the events that this state knows, whoever may post them; what the one "
            "who asks may post is at `/v1/applications/{id}/allowed-events`"
        ),
    ] = None


class BuyerOut(Out):
    """A buyer's entry in the registry."""

    id: str
    name: LabelOut
    version: int
    head: str


class OverviewLineOut(Out):
    """A buyer with one of its applications, as the reports print it."""

    buyer: str
    name: LabelOut
    application: str | None
    state: str | None
    standing: Literal["confirmed", "reported"] | None
    sentence: LabelOut
    sources: list[dict[str, Any]]
    sources_unread: Annotated[
        bool, Field(description="some sources are in the log, and cannot be read there now")
    ]
    units: dict[str, int | None]
    pool: str | None
    waiting_on: list[str]
    working_days_left: int | None
    updated_at: str | None


class OverviewOut(Out):
    """A page of the overview."""

    items: list[OverviewLineOut]
    next: str | None


class ProcedureOut(Out):
    """The rules of one licensing regime, in one version."""

    name: str
    version: int
    digest: str
    title: LabelOut
    states: dict[str, Any]
    events: dict[str, Any]
    authorities: dict[str, Any]
    links: dict[str, Any]


class ProcedureLineOut(Out):
    """A procedure version in the list."""

    name: str
    version: int
    digest: str
    title: LabelOut


class ProcedureListOut(Out):
    """Every procedure version."""

    items: list[ProcedureLineOut]
    next: str | None


class HealthOut(Out):
    """Whether the service is well."""

    status: str


class ReadyOut(Out):
    """Whether the service can take events, and how safe they are then."""

    status: str
    durability: Literal["strict", "relaxed"]
    findings: list[str]
