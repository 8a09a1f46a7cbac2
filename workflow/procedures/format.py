"""The procedure file as its author writes it: which keys there are, and what each may hold.

The editors' JSON Schema is generated from these shapes (`schema.py`).
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import JsonSchemaValue

from workflow.domain.canonical import MAX_INTEGER
from workflow.procedures.names import (
    UNIQUE,
    Actors,
    Country,
    Days,
    EffectName,
    Grade,
    GuardName,
    Id,
    Ids,
    Line,
    MoveFactName,
    Name,
    OneOrMore,
    PayloadName,
    TurnFactName,
    Zone,
    distinct,
)

ANY_STATE = "any"
"""In `from`: every state of the procedure."""


class Entry(BaseModel):
    """Base of every part of the file: closed, immutable, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Words(Entry):
    """A text in both languages."""

    en: Line
    zh: Line


class AuthorityEntry(Entry):
    """A body empowered to act: its official name, and the short one."""

    label: Words
    short: Words


class TurnEntry(Entry):
    """Who is waited for, and until what holds."""

    who: Id
    until: TurnFactName | None = None


def _as_turn(value: Any) -> Any:
    return {"who": value} if isinstance(value, str) else value


Turns = Annotated[
    list[Annotated[TurnEntry, BeforeValidator(_as_turn, json_schema_input_type=Id | TurnEntry)]],
    Field(default_factory=list),
]


class StateEntry(Entry):
    """A state: where it stands, whom it waits for, and the sentence that tells it."""

    label: Words
    line: Literal["main", "side"] = "main"
    final: bool = False
    reserved: bool = Field(False, description="Nothing in this version leads to it.")
    waiting_on: Turns
    sentence: Words | None = Field(None, description="How a reader is told; default: the label.")
    sentence_in_pool: Words | None = Field(
        None,
        description="The same where a joint quantity is shared; `{units}` is the quantity.",
    )


class ThresholdsEntry(Entry):
    """The least grade that is taken, and the least that confirms; null: none needed."""

    accept: Grade | None
    confirm: Grade | None


class MoveEntry(Entry):
    """One way from some states to another; without `to` the state stays."""

    from_: OneOrMore = Field(alias="from")
    to: Id | None = None
    when: MoveFactName | None = None


class ActEntry(Entry):
    """What creation and every other event have in common."""

    label: Words
    by: Actors
    evidence: ThresholdsEntry


class CreationEntry(ActEntry):
    """How an application begins."""

    type: Id


def _present(key: str) -> JsonSchemaValue:
    """Of a JSON Schema: the key is there and not null."""
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


class EventEntry(ActEntry):
    """The rules of one event; either `from` (with `to` and `when`) or `moves`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [_present("from"), _present("moves")]})

    from_: OneOrMore | None = Field(None, alias="from")
    to: Id | None = None
    when: MoveFactName | None = None
    moves: Annotated[list[MoveEntry], Field(min_length=1)] | None = None
    quorum: Ids | None = Field(None, description="It leads on with the last of these.")
    guards: Annotated[
        list[GuardName], Field(json_schema_extra=UNIQUE), AfterValidator(distinct)
    ] = Field(default_factory=list)
    payload: PayloadName = "empty"
    effect: EffectName | None = None
    gate: Id | None = None
    four_eyes: Ids | None = Field(None, description="By another person than who did these.")
    reason: Literal["required"] | None = None
    unattributed: bool = Field(False, description="A report may leave the authority out.")
    if_match: bool = Field(False, description="Must carry If-Match.")
    within_days: Annotated[int, Field(ge=1, le=3_650)] | None = Field(
        None, description="Calendar days after the state was entered."
    )


class DeadlineEntry(Entry):
    """A time limit, with its legal basis: so many working days of the procedure's calendar, or
    the days up to a date of the licence. Without `event` the application is only overdue.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [_present("working_days"), _present("after")]}
    )

    label: Words
    states: OneOrMore
    working_days: Days | None = None
    after: Literal["valid_until"] | None = Field(None, description="A date of the licence.")
    extension: Annotated[int, Field(ge=0, le=3_650, description="working days")] = 0
    event: Id | None = Field(None, description="What the clock posts on the day after the last.")
    basis: Words


class ValidityEntry(Entry):
    """How long a licence is valid at the most, with its first and its last day."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [_present("months"), _present("days")]})

    months: Annotated[int, Field(ge=1, le=1_200, description="calendar months")] | None = None
    days: Annotated[int, Field(ge=1, le=36_500, description="calendar days")] | None = None


class LicenceEntry(Entry):
    """What every licence is by the procedure itself. Who proposes or grants one may stay below,
    and what they leave open is as it stands here.
    """

    validity: ValidityEntry | None = None
    max_uses: Annotated[int, Field(ge=1, le=MAX_INTEGER, description="shipments")] | None = None


class LinkEntry(Entry):
    """The procedure on whose applications a gate hangs, and the states of theirs in which the gate
    is open or shut.
    """

    procedure: Name
    opens: OneOrMore
    shuts: OneOrMore


class OriginEntry(Entry):
    """The earlier version from which applications may migrate: where each of its states leads. One
    that is not named keeps its name.
    """

    version: Annotated[int, Field(ge=1, le=MAX_INTEGER)]
    states: dict[Id, Id] = Field(default_factory=dict)


class ProcedureFile(Entry):
    """One version of one licensing regime."""

    procedure: Name
    version: Annotated[int, Field(ge=1, le=MAX_INTEGER)]
    title: Words
    time_zone: Zone
    calendar: Country
    initial: Id
    assumptions: list[Words] = Field(default_factory=list)
    authorities: dict[Id, AuthorityEntry]
    gates: dict[Id, Words] = Field(default_factory=dict)
    links: dict[Id, LinkEntry] = Field(default_factory=dict, description="By gate.")
    creation: CreationEntry
    states: Annotated[dict[Id, StateEntry], Field(min_length=1)]
    events: dict[Id, EventEntry]
    deadlines: dict[Id, DeadlineEntry] = Field(default_factory=dict)
    licence: LicenceEntry | None = None
    migrates_from: OriginEntry | None = None
