"""A fictitious scenario: one import from the application to the last shipment.

Everything in it is invented, and every piece of evidence says so. On its way it is asked for
information, draws from a pool, waits for the US gate, is held, suspended and reinstated, and one
shipment is corrected and another reversed.
"""

from dataclasses import dataclass
from typing import Any

MARK = {"en": "FICTITIOUS", "zh": "虚构"}
"""Stands before every title."""

BUYER, NEIGHBOUR, POOL = "fictitious-cloud", "fictitious-labs", "fictitious-joint"
IMPORT, EXPORT = "import", "export"
"""The two applications of the scenario."""

ORDERED, POOLED = 30_000, 60_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented who acts."""

    name: str
    organisation: str
    role: str
    authorities: tuple[str, ...] = ()


def _officer(name: str, authority: str) -> Person:
    return Person(f"fictitious-{name}", f"fictitious-{authority}", "officer", (authority,))


PEOPLE = {
    "buyer": Person("fictitious-buyer", BUYER, "buyer"),
    "ndrc": _officer("ndrc", "ndrc"),
    "miit": _officer("miit", "miit"),
    "mofcom": _officer("mofcom-a", "mofcom"),
    "mofcom-b": _officer("mofcom-b", "mofcom"),
    "customs": _officer("customs", "customs"),
    "bis": _officer("bis-a", "bis"),
    "bis-b": _officer("bis-b", "bis"),
    "state": _officer("state", "state"),
    "defense": _officer("defense", "defense"),
    "energy": _officer("energy", "energy"),
    "recorder": Person("fictitious-recorder", "fictitious-desk", "recorder"),
    "auditor": Person("fictitious-auditor", "fictitious-audit", "auditor"),
}

BUYERS = {
    BUYER: {"en": "FICTITIOUS Cloud", "zh": "虚构云"},
    NEIGHBOUR: {"en": "FICTITIOUS Labs", "zh": "虚构实验室"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """The record that the step of this name left: its number stands here when it is posted."""

    step: str


@dataclass(frozen=True, slots=True)
class Target:
    """The id of an application, filled in when it is posted."""

    application: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event: who posts it on which application, under a name of its own."""

    name: str
    who: str
    application: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class UntilOpen:
    """The gates of an application are waited for, since the service opens them by itself."""

    application: str


def evidence(day: int, title: str, grade: str = "official_notice") -> dict[str, Any]:
    """One piece of invented evidence."""
    return {
        "grade": grade,
        "title": f"{MARK['en']} {MARK['zh']}: {title}",
        "publisher": f"{MARK['en']}: nobody published this",
        "attribution": "invented for the demonstration",
        "published_at": _on(day),
        "url": None,
        "sha256": None,
    }


def _on(day: int) -> str:
    return f"2026-01-{day:02}T10:00:00+08:00"


def _step(
    day: int, name: str, who: str, kind: str, application: str = IMPORT, /, **data: Any
) -> Step:
    grade = "company_statement" if who == "buyer" else "official_notice"
    event = {
        "type": kind,
        "effective_at": _on(day),
        "reason": f"{MARK['en']}: {kind}",
        "evidence": [evidence(day, kind.replace("_", " "), grade)],
        "data": data,
    }
    return Step(name, who, application, event)


JOINT_PURCHASE: dict[str, Any] = {
    "id": POOL,
    "title": {"en": "FICTITIOUS joint purchase", "zh": "虚构的联合采购"},
    "claims": [
        {
            "units": POOLED,
            "bound": "exactly",
            "buyers": sorted(BUYERS),
            "evidence": [evidence(5, "joint purchase")],
        }
    ],
}


def application(which: str) -> dict[str, Any]:
    """What opens one of the two applications."""
    common = {
        "buyer": BUYER,
        "goods": {"item": "NVIDIA H200", "units": ORDERED},
        "reference": f"FICTITIOUS-{which.upper()}-1",
        "evidence": [evidence(5, f"application for the {which}", "company_statement")],
        "effective_at": _on(5),
    }
    if which == EXPORT:
        return {"procedure": "us-export", "pool": None, **common}
    return {"procedure": "h200-import", "pool": POOL, **common}


CONDITION: dict[str, Any] = {
    "condition": "domestic",
    "kind": "domestic_share",
    "value": {"basis_points": 3_000, "counted_by": "units"},
    "text": {"en": "FICTITIOUS: 30% domestic chips", "zh": "虚构：国产芯片占百分之三十"},
}
LICENCE = {"units": ORDERED, "valid_from": "2026-01-01", "valid_until": "2099-12-31"}

STEPS: tuple[Step | UntilOpen, ...] = (
    _step(6, "grant", "ndrc", "grant_in_principle"),
    _step(6, "ask", "ndrc", "request_information", query="q1", question="FICTITIOUS: for whom?"),
    _step(7, "answer", "buyer", "provide_information", query="q1", answer="FICTITIOUS: for us."),
    _step(7, "order", "buyer", "declare_order", units=ORDERED, agent="FICTITIOUS Trading"),
    _step(8, "vote-miit", "miit", "approve"),
    _step(8, "vote-mofcom", "mofcom", "approve"),
    _step(9, "share", "mofcom", "fix_allocation", units=ORDERED),
    _step(9, "condition", "ndrc", "propose_condition", **CONDITION),
    _step(9, "condition-fixed", "ndrc", "fix_condition", condition="domestic"),
    _step(9, "conditions", "ndrc", "set_conditions"),
    _step(10, "accepted", "buyer", "accept_conditions"),
    _step(10, "proposal", "mofcom", "propose_licence", **LICENCE),
    _step(11, "licence", "mofcom-b", "issue_licence", licence="FICTITIOUS-2026-0001"),
    # the US gate
    _step(12, "link", "buyer", "link_export", application=Target(EXPORT)),
    _step(12, "refer", "bis", "refer", EXPORT),
    _step(13, "agree-state", "state", "concur", EXPORT),
    _step(13, "agree-defense", "defense", "concur", EXPORT),
    _step(13, "agree-energy", "energy", "concur", EXPORT),
    _step(14, "sign-off", "bis", "sign_off", EXPORT),
    _step(14, "countersign", "bis-b", "countersign", EXPORT),
    _step(14, "approval", "bis-b", "approve", EXPORT),
    UntilOpen(IMPORT),
    # the shipments, and what comes between them
    _step(15, "shipment-1", "customs", "record_shipment", shipment="s1", units=10_000),
    _step(16, "hold", "customs", "hold", hold="h1", blocks=["record_shipment"]),
    _step(17, "release", "customs", "release", hold="h1"),
    _step(18, "suspension", "mofcom", "suspend"),
    _step(19, "reinstatement", "mofcom", "reinstate"),
    _step(20, "shipment-2", "customs", "record_shipment", shipment="s2", units=800),
    _step(
        20,
        "correction",
        "customs",
        "correct",
        seq=Entry("shipment-2"),
        **{
            "with": {
                "type": "record_shipment",
                "effective_at": _on(20),
                "reason": f"{MARK['en']}: a digit was missing",
                "evidence": [evidence(20, "record shipment")],
                "data": {"shipment": "s2", "units": 8_000},
            }
        },
    ),
    _step(21, "shipment-3", "customs", "record_shipment", shipment="s3", units=5_000),
    _step(22, "reversal", "customs", "reverse_shipment", shipment="s3"),
    _step(23, "claim", "buyer", "claim_met", condition="domestic"),
    _step(24, "met", "ndrc", "meet_condition", condition="domestic"),
    _step(25, "shipment-4", "customs", "record_shipment", shipment="s4", units=12_000),
)
"""From the clearance in principle to the last shipment, in order."""
