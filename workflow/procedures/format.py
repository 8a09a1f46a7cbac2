"""The procedure file as its author writes it: which keys there are, and what each may hold.

The editors' JSON Schema is generated from these shapes (`schema.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from workflow.domain.canonical import MAX_INTEGER
from workflow.domain.evidence import RANK
from workflow.domain.payloads import PAYLOADS
from workflow.domain.predicates import MOVE_FACTS, TURN_FACTS
from workflow.domain.rules import EFFECTS, GUARDS

ANY_STATE = "any"
"""In `from`: every state of the procedure."""

IMPLIED_GUARDS = ("four_eyes", "in_time")
"""The guards that an event's `four_eyes` and `within_days` bring with them, so nobody writes
them.
"""


def unknown(kind: str, name: str, there: Collection[str]) -> str:
    """The sentence about a name that is not there, with the likeliest one that is."""
    close = get_close_matches(name, sorted(there), n=1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    return f"unknown {kind} `{name}`{hint}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A name that the service must know; editors offer the names there are."""

    kind: str
    names: frozenset[str]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "enum": sorted(self.names)}

    def _check(self, name: str) -> str:
        if name not in self.names:
            raise PydanticCustomError(
                "unknown", "{told}", {"told": unknown(self.kind, name, self.names)}
            )
        return name


def _distinct(names: list[Any]) -> list[Any]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise PydanticCustomError("twice", "names `{name}` twice", {"name": str(twice)})
    return names


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError("zone", "unknown time zone `{name}`", {"name": name}) from error
    return name


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_turn(value: Any) -> Any:
    return {"who": value} if isinstance(value, str) else value


ID, BODY, NAME, LINE, COUNTRY = (
    r"^[a-z][a-z0-9_]*$",
    r"^(system:)?[a-z][a-z0-9_]*$",
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    r"^\S(.*\S)?$",
    r"^[A-Z]{2}$",
)
PATTERNS_IN_WORDS = {
    ID: "lower-case letters, digits and `_`, beginning with a letter",
    BODY: "an authority, `buyer`, `operator`, `anyone` or the service itself, "
    "such as `system:clock`",
    NAME: "lower-case letters and digits in words joined by `-`, beginning with a letter",
    LINE: "one line of text without blanks at its ends",
    COUNTRY: "the two capital letters of a country (ISO 3166), such as CN",
}

Id = Annotated[str, Field(pattern=ID, max_length=64)]
Name = Annotated[str, Field(pattern=NAME, max_length=64)]
Line = Annotated[str, Field(pattern=LINE, max_length=1_000)]
Days = Annotated[int, Field(ge=1, le=3_650, description="working days")]

_UNIQUE: dict[str, Any] = {"uniqueItems": True}
Ids = Annotated[list[Id], Field(min_length=1, json_schema_extra=_UNIQUE), AfterValidator(_distinct)]
OneOrMore = Annotated[Ids, BeforeValidator(_as_list, json_schema_input_type=Id | Ids)]

Body = Annotated[str, Field(pattern=BODY, max_length=64)]
Bodies = Annotated[
    list[Body], Field(min_length=1, json_schema_extra=_UNIQUE), AfterValidator(_distinct)
]
Actors = Annotated[Bodies, BeforeValidator(_as_list, json_schema_input_type=Body | Bodies)]

Grade = Annotated[str, OneOf("grade", frozenset(RANK))]
GuardName = Annotated[str, OneOf("guard", frozenset(GUARDS.keys() - {*IMPLIED_GUARDS}))]
EffectName = Annotated[str, OneOf("effect", frozenset(EFFECTS))]
PayloadName = Annotated[str, OneOf("payload", frozenset(PAYLOADS))]
MoveFactName = Annotated[str, OneOf("predicate of a move", frozenset(MOVE_FACTS))]
TurnFactName = Annotated[str, OneOf("predicate of a turn", frozenset(TURN_FACTS))]


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
        list[GuardName], Field(json_schema_extra=_UNIQUE), AfterValidator(_distinct)
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
    basis: Line


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
    time_zone: Annotated[
        str, Field(description="IANA name, such as Asia/Shanghai"), AfterValidator(_zone)
    ]
    calendar: Annotated[
        str, Field(pattern=COUNTRY, description="Country whose working days count (ISO 3166)")
    ]
    initial: Id
    assumptions: list[Words] = Field(default_factory=list)
    authorities: dict[Id, AuthorityEntry]
    gates: dict[Id, Words] = Field(default_factory=dict)
    links: dict[Id, LinkEntry] = Field(default_factory=dict, description="By gate.")
    creation: CreationEntry
    states: Annotated[dict[Id, StateEntry], Field(min_length=1)]
    events: dict[Id, EventEntry]
    deadlines: dict[Id, DeadlineEntry] = Field(default_factory=dict)
    migrates_from: OriginEntry | None = None
