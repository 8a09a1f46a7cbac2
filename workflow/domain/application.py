"""An application: its snapshot, how changes fold into it, and what follows from it."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

from workflow.domain.procedure import EventSpec, Procedure

NOTES_KEPT = 5
"""How many of the latest notes a snapshot carries; the trail has them all."""

NOTE_EXCERPT = 280
"""Characters of a note that the snapshot carries; the record has the whole text."""


CONDITIONS_KEPT, SHIPMENTS_KEPT, UNCONFIRMED_KEPT = 100, 1_000, 500
LICENCES_KEPT, QUERIES_KEPT, HOLDS_KEPT, CORRECTIONS_KEPT = 20, 50, 50, 200
LINKS_KEPT = 20
"""How many conditions, shipments, unconfirmed records, earlier versions of the licence, queries,
holds, corrections and earlier links an application may have: every event rewrites its snapshot, so
what a snapshot holds needs a bound.
"""


class Changes(TypedDict):
    """What a snapshot gained and lost, by JSON Pointer (RFC 6901); no pointer is the
    beginning of another.
    """

    set: dict[str, Any]
    unset: NotRequired[list[str]]


class Vote(TypedDict):
    """One authority's vote in a quorum."""

    seq: int
    effective_at: str


class Person(TypedDict):
    """Who did an act that four eyes guard, as organisation/name; None while only reported."""

    seq: int
    name: str | None


class Condition(TypedDict):
    """A term set by an authority. `status`: proposed, fixed, accepted, met or waived.

    `claimed`: the record in which the buyer claims to have met it; `consent`: the one in which
    its authority lets another change it, once.
    """

    authority: str
    kind: str
    value: dict[str, Any]
    precedent: bool
    text: dict[str, str | None] | None
    status: str
    claimed: int | None
    consent: int | None


class Order(TypedDict):
    """What the buyer means to buy."""

    units: int
    agent: str | None


class Proposal(TypedDict):
    """A licence as proposed."""

    units: int
    valid_from: str
    valid_until: str
    max_uses: int | None


class Licence(Proposal):
    """Permission with its ledger; units shipped, given up, carried to a later version and left
    always add up to units.

    `given_up` went back to the pool; `lapsed` of it by expiry, and a reissue may draw that
    again. `reversed` shipments count for nothing, and their ids stay taken.
    """

    number: str
    version: int
    shipped: int
    given_up: int
    lapsed: int
    carried: int
    balance: int
    shipments: dict[str, int]
    reversed: dict[str, int]


class Allocation(TypedDict):
    """The share of a pool. `status`: unknown, claimed or fixed."""

    units: int | None
    status: str
    seq: int


class NoteExcerpt(TypedDict):
    """The beginning of a note; `truncated` says whether the record has more."""

    text: str
    truncated: bool
    topic: str | None
    authority: str | None
    effective_at: str


class Query(TypedDict):
    """A question to the buyer; while one is open, the buyer is waited for. The texts are the
    beginnings of those in the records.
    """

    authority: str | None
    question: str
    seq: int
    asked_at: str
    answer: str | None
    answered_seq: int | None
    answered_at: str | None


class Hold(TypedDict):
    """What an authority stopped; it alone releases it."""

    authority: str
    blocks: list[str]
    seq: int
    held_at: str
    released_at: str | None


class Link(TypedDict):
    """The application that a gate hangs on. `status`: what the link last told the gate (open, shut,
    or None: nothing yet), because of that application's record `seq`, by which it stood so from
    `since` on. `earlier`: those that it took the place of.
    """

    application: str
    seq: int | None
    status: str | None
    since: str | None
    earlier: list[str]


class Word(TypedDict):
    """What an authority itself last said of a gate that may hang on an application."""

    status: str
    seq: int
    effective_at: str


class Request(TypedDict):
    """What the buyer asked for: a withdrawal, an amendment (to so many units) or an appeal.
    `answer`: granted, denied, or None while it is open.
    """

    seq: int
    effective_at: str
    units: int | None
    answer: str | None


class Recusal(TypedDict):
    """The one person who now votes for an authority."""

    deputy: str
    seq: int


class Extension(TypedDict):
    """By how much a deadline was extended."""

    working_days: int
    seq: int
    effective_at: str


class Unconfirmed(TypedDict):
    """A record that matters and is only reported; `before` is the state before it."""

    type: str
    authority: str | None
    before: str | None


class Snapshot(TypedDict):
    """Everything that a decision on an application reads."""

    procedure: str
    procedure_version: int
    procedure_digest: str
    buyer: str
    reference: str | None
    goods: dict[str, Any]
    pool: str | None
    state: str
    entered_at: str
    entered_seq: int
    entered_by: str | None
    created_at: str
    effective_at: str
    votes: dict[str, dict[str, Vote]]
    persons: dict[str, Person]
    recusals: dict[str, Recusal]
    order: Order | None
    conditions: dict[str, Condition]
    conditions_none: bool
    proposal: Proposal | None
    licence: Licence | None
    earlier_licences: dict[str, Licence]
    allocation: Allocation | None
    gates: dict[str, str]
    links: dict[str, Link]
    words: dict[str, Word]
    queries: dict[str, Query]
    holds: dict[str, Hold]
    requests: dict[str, Request]
    extensions: dict[str, Extension]
    clocks: dict[str, str]
    notes: dict[str, NoteExcerpt]
    unconfirmed: dict[str, Unconfirmed]
    acted: dict[str, int]
    corrections: dict[str, int]


def fold(snapshot: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The snapshot after the changes; the given one stays as it is."""
    after = dict(snapshot)
    owned: set[str] = set()
    for pointer, value in changes["set"].items():
        parent, key = _parent(after, pointer, owned)
        parent[key] = value
    for pointer in changes.get("unset", ()):
        parent, key = _parent(after, pointer, owned)
        del parent[key]
    return after


def _parent(root: dict[str, Any], pointer: str, owned: set[str]) -> tuple[dict[str, Any], str]:
    """The object that holds the pointer's last key, copied once before it is written."""
    first, *rest = pointer[1:].split("/")
    node, path = root, ""
    for key in rest:
        path = f"{path}/{first}"
        if path not in owned:
            node[first] = dict(node[first])
            owned.add(path)
        node, first = node[first], key
    return node, first


def after(snapshot: Snapshot, changes: Changes) -> Snapshot:
    """`fold` for applications."""
    return cast(Snapshot, fold(snapshot, changes))


def confirmed_state(snapshot: Snapshot) -> str | None:
    """The state after the longest prefix of the trail without an unconfirmed record that
    matters; None when the application itself is only reported.
    """
    first = min(snapshot["unconfirmed"], key=int, default=None)
    return snapshot["state"] if first is None else snapshot["unconfirmed"][first]["before"]


def standing(snapshot: Snapshot) -> str:
    """`confirmed` when nothing in the trail is only reported, else `reported`."""
    return "reported" if snapshot["unconfirmed"] else "confirmed"


def spec_of(procedure: Procedure, event_type: str) -> EventSpec:
    """The rules of an event type, creation included. Raises KeyError for an unknown one."""
    if event_type == procedure.creation.type:
        return procedure.creation
    return procedure.events[event_type]
