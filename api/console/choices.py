"""What may be chosen in the form of an event: what the application has of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.console.fields import Schema
from api.console.naming import BRACKETS, COLONS, Names, coded, told
from api.dossier.data import COUNTING
from workflow.domain import holds
from workflow.domain.application import Snapshot
from workflow.domain.payloads import CONDITION_VALUES, PAYLOADS
from workflow.domain.principal import BUYER_AUTHORITY, SYSTEM
from workflow.domain.procedure import ANYONE, OPERATOR, EventSpec

Choice = tuple[str, str]
KINDS = tuple(CONDITION_VALUES)
VALUED = frozenset({"condition_proposal", "condition_fixing"})
"""Payloads with a value whose shape depends on the kind of the condition."""


def offered(
    spec: EventSpec, snapshot: Snapshot, names: Names, language: str, kind: str | None
) -> Mapping[str, Sequence[Choice]]:
    """The choices of each field of an event's data that names something that is there."""
    terms = snapshot["conditions"].items()
    licence = snapshot["licence"]
    shipments = {} if licence is None else licence["shipments"]
    colon, (opens, closes) = COLONS[language], BRACKETS[language]
    found: dict[str, Sequence[Choice]] = {
        "data.blocks": _stoppable(names),
        "data.value.counted_by": [(one, told(as_, language)) for one, as_ in COUNTING.items()],
    }
    if spec.payload == "condition_proposal":
        found["data.kind"] = [(one, coded(one, language)) for one in KINDS if kind in (None, one)]
    else:
        found["data.condition"] = [
            (name, f"{name}{opens}{coded(term['kind'], language)}{closes}") for name, term in terms
        ]
    if spec.payload == "hold_named":
        found["data.hold"] = [(name, name) for name in holds.in_force(snapshot)]
    if spec.payload == "query_answer":
        queries = snapshot["queries"].items()
        found["data.query"] = [
            (name, f"{name}{colon}{query['question'][:60]}")
            for name, query in queries
            if query["answered_at"] is None
        ]
    if spec.payload == "shipment_named":
        found["data.shipment"] = [
            (name, f"{name}{colon}{units:,}") for name, units in shipments.items()
        ]
    if spec.payload == "confirmation":
        found["data.seq"] = [
            (seq, f"{seq}{colon}{names.event(record['type'])}")
            for seq, record in sorted(snapshot["unconfirmed"].items(), key=lambda one: int(one[0]))
        ]
    return found


def _stoppable(names: Names) -> list[Choice]:
    """The events that a hold may stop, and that somebody outside the service posts."""
    aside = {*SYSTEM, OPERATOR}
    events = names.procedure.events.values()
    return [
        (spec.type, names.event(spec.type))
        for spec in events
        if spec.effect not in holds.UNSTOPPED and not aside.issuperset(spec.by)
    ]


def restated(
    found: Mapping[str, Sequence[Choice]], data: Mapping[str, Any], within: str
) -> Mapping[str, Sequence[Choice]]:
    """What was found to be chosen, for the fields within a place; and what a record named in its
    data, which may not be there to be named any more.
    """
    choices: dict[str, Sequence[Choice]] = {}
    for field, known in found.items():
        value = data.get(field.removeprefix("data."))
        own = value if isinstance(value, list) else [] if value is None else [str(value)]
        gone = [(one, one) for one in own if one not in dict(known)]
        choices[f"{within}.{field}"] = [*known, *gone]
    return choices


def bodies_of(spec: EventSpec, names: Names) -> Sequence[Choice]:
    """Whose act an event may be."""
    every = (*names.procedure.authorities, BUYER_AUTHORITY)
    return [(one, names.official(one)) for one in every if one in spec.by or ANYONE in spec.by]


def schema_of(spec: EventSpec, kind: str | None, needed: Sequence[str] = ()) -> Schema:
    """The schema of an event's data; with the value of a condition of this kind, of which these
    parts may not be left out.
    """
    schema: dict[str, Any] = PAYLOADS[spec.payload].model_json_schema()
    if spec.payload not in VALUED or kind is None:
        return schema
    value = CONDITION_VALUES[kind].model_json_schema()
    value["required"] = [*value.get("required", ()), *needed]
    required = [*schema.get("required", ()), *(("value",) if needed else ())]
    return schema | {"properties": schema["properties"] | {"value": value}, "required": required}


def needed_of(spec: EventSpec, snapshot: Snapshot, asked: Mapping[str, str]) -> list[str]:
    """The parts of a condition's value that were left open, and that fixing it must say."""
    term = snapshot["conditions"].get(asked.get("condition", ""))
    if spec.payload != "condition_fixing" or term is None:
        return []
    return [name for name, value in term["value"].items() if value is None or value == []]


def kind_of(spec: EventSpec, snapshot: Snapshot, asked: Mapping[str, str]) -> str | None:
    """The kind of condition that a form is about: the one asked for, or that of the condition."""
    if spec.payload == "condition_proposal":
        return asked["kind"] if asked.get("kind") in KINDS else None
    term = snapshot["conditions"].get(asked.get("condition", ""))
    return None if term is None else term["kind"]
