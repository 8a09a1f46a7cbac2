"""What can be told before anybody posts: acts that stand for every act that might be posted.

Whatever an event's data could be, one of its samples is accepted if the event is; so an event
whose samples are all refused is refused with any data. A sample names what is there, asks for as
little as may be asked for, takes ids that are free, and rests on the best evidence.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from workflow.domain import ledger
from workflow.domain.act import Act, Linked
from workflow.domain.application import Snapshot
from workflow.domain.evidence import Evidence
from workflow.domain.holds import UNSTOPPED

Data = dict[str, Any]
Sampling = Callable[[Snapshot, Act], Iterable[Data]]

ANY = "…"
"""Stands for what somebody may choose freely, and where nothing is there, for whatever is named. No
id that is sent looks like it.
"""

BEST = Evidence(
    grade="official_notice",
    title=ANY,
    publisher=ANY,
    attribution=None,
    published_at="",
    url=None,
    sha256=None,
)

VALUES: dict[str, Data] = {
    "domestic_share": {"basis_points": 0},
    "unit_cap": {"units": 1},
    "end_use": {"excluded": [ANY]},
    "reporting": {"every_days": 1},
    "other": {},
}
"""A complete value of each kind of condition."""


def samples(snapshot: Snapshot, act: Act) -> Iterator[Act]:
    """The acts that stand for all that this actor might post of this event; at least one."""
    link = act.procedure.links.get(act.spec.gate or "")
    linked = link and Linked(ANY, link.procedure, snapshot["buyer"], 1, "confirmed", "")
    any_act = act._replace(evidence=(BEST,), pools=frozenset({ANY}), linked=linked)
    for data in SAMPLES[act.spec.payload](snapshot, act):
        yield any_act._replace(data=data)


def _always(*data: Data) -> Sampling:
    return lambda _snapshot, _act: data


def _naming(key: str, there: Callable[[Snapshot], Iterable[Any]], **more: Any) -> Sampling:
    """One for each thing that is there, or one where there is nothing."""

    def sampled(snapshot: Snapshot, _act: Act) -> list[Data]:
        return [{key: name, **more} for name in there(snapshot) or [ANY]]

    return sampled


def _fixings(snapshot: Snapshot, _act: Act) -> list[Data]:
    terms = snapshot["conditions"].items()
    found: list[Data] = [{"condition": name, "value": VALUES[term["kind"]]} for name, term in terms]
    return found or [{"condition": ANY, "value": None}]


def _shipments(snapshot: Snapshot) -> list[str]:
    return [
        name for one in ledger.versions(snapshot) for name in (*one["shipments"], *one["reversed"])
    ]


def _unconfirmed(snapshot: Snapshot) -> list[int]:
    return [int(seq) for seq in snapshot["unconfirmed"]]


def _days(act: Act) -> Data:
    """A licence for the day of the act: none is shorter."""
    day = act.effective_at[:10]
    return {"valid_from": day, "valid_until": day, "max_uses": None}


def _holds(_snapshot: Snapshot, act: Act) -> list[Data]:
    events = act.procedure.events.items()
    kinds = [kind for kind, spec in events if spec.effect not in UNSTOPPED]
    return [{"hold": ANY, "blocks": kinds[:1]}]


def _shares(snapshot: Snapshot, _act: Act) -> list[Data]:
    return [{"units": None, "pool": None if snapshot["pool"] else ANY}]


def _migrations(_snapshot: Snapshot, act: Act) -> list[Data]:
    return [{"version": act.successor.version if act.successor else ANY}]


SAMPLES: dict[str, Sampling] = {
    "empty": _always({}),
    "order": _always({"units": 1, "agent": None}),
    "condition_proposal": _always(
        {"condition": ANY, "kind": "other", "value": {}, "precedent": False, "text": None}
    ),
    "condition_fixing": _fixings,
    "condition_named": _naming("condition", lambda snapshot: snapshot["conditions"]),
    "conditions_setting": _always({"none": False}, {"none": True}),
    "licence_proposal": lambda _, act: [{"units": 1, **_days(act)}],
    "licence_issue": _always({"licence": ANY}),
    "licence_grant": lambda _, act: [{"licence": ANY, "units": 1, **_days(act)}],
    "licence_reissue": lambda _, act: [_days(act)],
    "allocation_claim": _shares,
    "export_reference": _always({"reference": ANY}),
    "export_link": _always({"application": ANY}),
    "shipment": _always({"shipment": ANY, "units": 1}),
    "shipment_named": _naming("shipment", _shipments),
    "recusal": _always({"deputy": ANY}),
    "query": _always({"query": ANY, "question": ANY}),
    "query_answer": _naming("query", lambda snapshot: snapshot["queries"], answer=ANY),
    "hold": _holds,
    "hold_named": _naming("hold", lambda snapshot: snapshot["holds"]),
    "extension": _always({"working_days": 1}),
    "amendment": _always({"units": 1}),
    "answer": _always({"accept": True}, {"accept": False}),
    "note": _always({"text": ANY, "topic": None}),
    "confirmation": _naming("seq", _unconfirmed),
    "correction": lambda _, act: [{"seq": seq, "with": None} for seq in (act.seq - 1, act.seq)],
    "migration": _migrations,
}
"""By payload. What a correction comes to, only the trail tells: its samples are the
latest record and one that is not there.
"""
