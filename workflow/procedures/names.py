"""What a procedure file may hold where a name, a text or a number is asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from workflow.domain.evidence import RANK
from workflow.domain.payloads import PAYLOADS
from workflow.domain.predicates import MOVE_FACTS, TURN_FACTS
from workflow.domain.rules import EFFECTS, GUARDS

IMPLIED_GUARDS = ("four_eyes", "in_time", "within_terms")
"""The guards that an event's `four_eyes` and `within_days`, and the procedure's `licence` bring
with them, so nobody writes them.
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


def distinct(names: list[Any]) -> list[Any]:
    """Names of which none stands twice."""
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

UNIQUE: dict[str, Any] = {"uniqueItems": True}
Ids = Annotated[list[Id], Field(min_length=1, json_schema_extra=UNIQUE), AfterValidator(distinct)]
OneOrMore = Annotated[Ids, BeforeValidator(_as_list, json_schema_input_type=Id | Ids)]

Body = Annotated[str, Field(pattern=BODY, max_length=64)]
Bodies = Annotated[
    list[Body], Field(min_length=1, json_schema_extra=UNIQUE), AfterValidator(distinct)
]
Actors = Annotated[Bodies, BeforeValidator(_as_list, json_schema_input_type=Body | Bodies)]

Grade = Annotated[str, OneOf("grade", frozenset(RANK))]
GuardName = Annotated[str, OneOf("guard", frozenset(GUARDS.keys() - {*IMPLIED_GUARDS}))]
EffectName = Annotated[str, OneOf("effect", frozenset(EFFECTS))]
PayloadName = Annotated[str, OneOf("payload", frozenset(PAYLOADS))]
MoveFactName = Annotated[str, OneOf("predicate of a move", frozenset(MOVE_FACTS))]
TurnFactName = Annotated[str, OneOf("predicate of a turn", frozenset(TURN_FACTS))]

Zone = Annotated[str, Field(description="IANA name, such as Asia/Shanghai"), AfterValidator(_zone)]
Country = Annotated[
    str, Field(pattern=COUNTRY, description="Country whose working days count (ISO 3166)")
]
