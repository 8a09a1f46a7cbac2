"""Data to try on an application: for each event, everything that its ids and its bounds suggest.

What stands here is thought out anew, not asked of the engine.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from tests.properties.shapes import Data
from workflow.domain.application import Snapshot

Tries = Callable[[Snapshot, int], Iterator[Data]]
"""Of a snapshot and the number of its records."""

LINKED_BY_NOBODY = "us-4"
"""An application that no run links: there is one more, whatever has been linked."""

UNITS = (1, 2, 5, 400)
PERIODS = (("2026-02-01", "2026-12-31"), ("2026-01-01", "2026-01-01"))
FIGURES: tuple[Data | None, ...] = (
    *(None, {}, {"basis_points": 3_000}, {"basis_points": 3_000, "counted_by": "value"}),
    *({"units": 1}, {"units": 400}, {"excluded": ["military"]}, {"every_days": 90}),
)


def tries(kind: str, snapshot: Snapshot, records: int) -> list[Data]:
    """Everything that is tried of an event on an application."""
    return list(TRIES[kind](snapshot, records)) if kind in TRIES else [{}]


def _each(**fields: tuple[Any, ...]) -> Tries:
    every = [dict(zip(fields, values, strict=True)) for values in product(*fields.values())]
    return lambda _snapshot, _records: iter(every)


def _named(key: str, part: str, **more: Any) -> Tries:
    def tried(snapshot: Snapshot, _records: int) -> Iterator[Data]:
        for name in (*_ids(snapshot, part), "new"):
            yield {key: name, **more}

    return tried


def _ids(snapshot: Snapshot, part: str) -> list[str]:
    things: Mapping[str, Any] = snapshot[part]  # type: ignore[literal-required]
    return list(things)


def _fixings(snapshot: Snapshot, _records: int) -> Iterator[Data]:
    for name, value in product([*snapshot["conditions"], "new"], FIGURES):
        yield {"condition": name, "value": value}


def _licences(snapshot: Snapshot) -> list[Any]:
    present = snapshot["licence"]
    return [*snapshot["earlier_licences"].values(), *([present] if present else [])]


def _named_shipments(snapshot: Snapshot, _records: int) -> Iterator[Data]:
    for licence in _licences(snapshot):
        for name in (*licence["shipments"], *licence["reversed"]):
            yield {"shipment": name}
    yield {"shipment": "new"}


def _shipments(snapshot: Snapshot, records: int) -> Iterator[Data]:
    for named, units in product(_named_shipments(snapshot, records), UNITS):
        yield {**named, "units": units}


def _periods(**more: tuple[int, ...]) -> Tries:
    def tried(_snapshot: Snapshot, _records: int) -> Iterator[Data]:
        for (first, last), uses in product(PERIODS, (None, 1)):
            period = {"valid_from": first, "valid_until": last, "max_uses": uses}
            for values in product(*more.values()):
                yield {**period, **dict(zip(more, values, strict=True))}

    return tried


def _records(_snapshot: Snapshot, records: int) -> Iterator[Data]:
    for seq in range(1, records + 2):
        yield {"seq": seq}


def _corrections(_snapshot: Snapshot, records: int) -> Iterator[Data]:
    for seq in range(1, records + 2):
        yield {"seq": seq, "with": None}


ANSWERS = _each(accept=(True, False))

TRIES: dict[str, Tries] = {
    "declare_order": _each(units=UNITS),
    "propose_condition": lambda snapshot, _: (
        {"condition": name, "kind": kind}
        for name, kind in product((*snapshot["conditions"], "new"), ("other", "unit_cap"))
    ),
    "fix_condition": _fixings,
    **dict.fromkeys(
        ("waive_condition", "consent", "claim_met", "meet_condition"),
        _named("condition", "conditions"),
    ),
    "set_conditions": _each(none=(True, False)),
    "propose_licence": _periods(units=UNITS),
    "reissue_licence": _periods(),
    "issue_licence": _each(licence=("MOFCOM-2026-0001",)),
    "record_shipment": _shipments,
    "reverse_shipment": _named_shipments,
    **dict.fromkeys(
        ("claim_allocation", "fix_allocation"),
        _each(units=(None, 1), pool=(None, "joint-1", "joint-2", "unregistered")),
    ),
    "link_export": _each(application=("us-1", "us-2", "us-3", LINKED_BY_NOBODY)),
    **dict.fromkeys(("clear_export", "withhold_export"), _each(reference=("BIS-1",))),
    "recuse": _each(deputy=("both", "miit-a", "mofcom-b")),
    "extend_deadline": _each(working_days=(1, 10, 16)),
    "amend": _each(units=UNITS),
    **dict.fromkeys(("answer_amendment", "answer_withdrawal", "answer_appeal"), ANSWERS),
    "request_information": _named("query", "queries", question="Who?"),
    "provide_information": _named("query", "queries", answer="We."),
    "hold": _named("hold", "holds", blocks=["approve"]),
    "release": _named("hold", "holds"),
    "note": _each(text=("No comment.",)),
    "confirm": _records,
    "correct": _corrections,
    "migrate": _each(version=(1, 2)),
}
