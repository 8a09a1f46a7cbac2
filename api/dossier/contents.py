"""What stands in a dossier: values alone, of which the template makes pages."""

from typing import NamedTuple, cast

from api.dossier.timeline import Timeline, Values
from api.dossier.wording import Names, Text, both, coded, fit, same, units
from workflow.domain import deadlines, draws, ledger
from workflow.domain.application import Condition, Licence, Snapshot, confirmed_state, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document


class Seal(NamedTuple):
    """Where the last record lies in a signed log: the log's name, the record's index in it (None:
    it is not logged yet), how many entries were signed, and the root of their tree (hex).
    """

    origin: str
    place: int | None
    size: int
    root: str


def dossier(
    identifier: str,
    document: Document,
    procedure: Procedure,
    buyer: Text | None,
    timeline: Timeline,
    seal: Seal | None,
    made_at: str,
) -> Values:
    """The values of the template, plain JSON."""
    snapshot, names = cast(Snapshot, document.snapshot), Names(procedure)
    records = timeline.shown()
    deadline = deadlines.shown(procedure, snapshot)
    state = procedure.states.get(snapshot["state"])
    return {
        "application": identifier,
        "made_at": names.time(made_at),
        "zone": procedure.time_zone,
        "procedure": {
            "title": both(procedure.title),
            "name": procedure.name,
            "version": procedure.version,
            "digest": procedure.digest,
        },
        "buyer": {**(buyer or same(snapshot["buyer"])), "id": snapshot["buyer"]},
        "reference": snapshot["reference"] and fit(snapshot["reference"]),
        "goods": fit(snapshot["goods"]["item"]),
        "goods_units": units(snapshot["goods"]["units"]),
        "created": names.time(snapshot["created_at"]),
        "updated": names.time(document.recorded_at),
        "state": names.state(snapshot["state"]),
        "sentence": state and both(state.sentence),
        "standing": standing(snapshot),
        "confirmed_state": names.state(confirmed_state(snapshot)),
        "waiting_on": [names.body(who) for who in waiting_on(procedure, snapshot)],
        "due": deadline and names.time(deadline["due"]),
        "approvals": _approvals(snapshot, names),
        "order": _order(snapshot),
        "conditions": [
            _condition(name, term, names, timeline) for name, term in snapshot["conditions"].items()
        ],
        "conditions_none": snapshot["conditions_none"],
        "licences": [_licence(one, timeline) for one in ledger.versions(snapshot)],
        "share": _share(snapshot),
        "gates": _gates(snapshot, names),
        "records": records,
        "left_out": document.version - len(records),
        "version": document.version,
        "head": document.head,
        "seal": seal and seal._asdict(),
    }


def _approvals(snapshot: Snapshot, names: Names) -> list[Values]:
    return [
        {
            "body": names.body(authority),
            "at": names.time(vote["effective_at"]),
            "seq": vote["seq"],
            "standing": "reported" if str(vote["seq"]) in snapshot["unconfirmed"] else "confirmed",
        }
        for votes in snapshot["votes"].values()
        for authority, vote in votes.items()
    ]


def _order(snapshot: Snapshot) -> Values | None:
    order = snapshot["order"]
    if order is None:
        return None
    return {"units": units(order["units"]), "agent": order["agent"] and fit(order["agent"])}


def _condition(name: str, term: Condition, names: Names, timeline: Timeline) -> Values:
    text = term["text"]
    return {
        "id": name,
        "kind": coded(term["kind"]),
        "text": text and {"en": fit(text["en"] or ""), "zh": fit(text["zh"] or "")},
        "value": _value(term["value"]),
        "status": coded(term["status"]),
        "settled": term["status"] in ("met", "waived"),
        "precedent": term["precedent"],
        "body": names.body(term["authority"]),
        "life": list(timeline.lives.get(name, ())),
    }


def _value(value: Values) -> str:
    """What a condition asks for, as far as it is said."""
    if value.get("basis_points") is not None:
        return f"{value['basis_points'] / 100:g} %"
    if value.get("units") is not None:
        return f"{value['units']:,}"
    if value.get("every_days") is not None:
        return f"{value['every_days']} d"
    return fit(", ".join(value.get("excluded", ())))


def _licence(licence: Licence, timeline: Timeline) -> Values:
    shipments = [
        {"id": name, "units": units(count), "at": timeline.shipped.get(name), "reversed": reversed_}
        for ledger_part, reversed_ in ((licence["shipments"], False), (licence["reversed"], True))
        for name, count in ledger_part.items()
    ]
    return {
        "number": licence["number"],
        "version": licence["version"],
        "from": licence["valid_from"],
        "until": licence["valid_until"],
        "units": units(licence["units"]),
        "shipped": units(licence["shipped"]),
        "given_up": units(licence["given_up"]),
        "lapsed": units(licence["lapsed"]),
        "carried": units(licence["carried"]),
        "balance": units(licence["balance"]),
        "shipments": shipments,
    }


def _share(snapshot: Snapshot) -> Values | None:
    if snapshot["pool"] is None:
        return None
    share = draws.share_of(snapshot)
    return {
        "pool": snapshot["pool"],
        "status": coded(share.status),
        "units": units(share.units),
        "drawn": units(share.drawn),
    }


def _gates(snapshot: Snapshot, names: Names) -> list[Values]:
    return [
        {
            "name": names.gate(gate),
            "status": coded(status),
            "open": status == "open",
            "link": snapshot["links"][gate]["application"] if gate in snapshot["links"] else None,
        }
        for gate, status in snapshot["gates"].items()
    ]
