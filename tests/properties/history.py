"""The reference model's memory: an application as its history, and what follows from it.

Everything is worked out from the whole history each time. Nothing of `workflow` is used.
Times are milliseconds since 1970.
"""

from dataclasses import dataclass
from typing import Any

from tests.properties.shapes import LARGEST, value_of

MINISTRIES = ("miit", "mofcom", "ndrc")
VOTERS = ("miit", "mofcom")


@dataclass
class Entry:
    """One accepted event. `person` stands behind it; `confirmed` None: it does not matter."""

    kind: str
    body: str | None
    data: dict[str, Any]
    person: tuple[str, str] | None
    before: str | None
    at: int
    recorded: int
    confirmed: bool | None


class History:
    """What happened to one application, in the order in which it was learned."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.state: str | None = None
        self.entered = 0

    def all(self, *kinds: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind in kinds]

    def last(self, kind: str, body: str | None = None) -> Entry | None:
        found = [entry for entry in self.all(kind) if body in (None, entry.body)]
        return found[-1] if found else None

    def standing(self) -> str:
        return "reported" if False in [entry.confirmed for entry in self.entries] else "confirmed"

    def confirmed_state(self) -> str | None:
        for entry in self.entries:
            if entry.confirmed is False:
                return entry.before
        return self.state

    def votes(self) -> dict[str, int]:
        """Body -> number of its latest vote."""
        numbered = enumerate(self.entries, 1)
        return {entry.body or "": number for number, entry in numbered if entry.kind == "approve"}

    def order(self) -> dict[str, Any] | None:
        return _data(self.last("declare_order"))

    def proposal(self) -> dict[str, Any] | None:
        return _data(self.last("propose_licence"))

    def conditions(self) -> dict[str, dict[str, Any]]:
        terms: dict[str, dict[str, Any]] = {}
        for entry in self.entries:
            name = entry.data.get("condition")
            if entry.kind == "propose_condition":
                terms[str(name)] = {**entry.data, "owner": entry.body, "status": "proposed"}
            elif entry.kind == "fix_condition":
                term = terms[str(name)]
                value = value_of(term["kind"], {**term["value"], **(entry.data["value"] or {})})
                terms[str(name)] = {**term, "value": value, "status": "fixed"}
            elif entry.kind == "accept_conditions":
                for term in terms.values():
                    term["status"] = {"fixed": "accepted"}.get(term["status"], term["status"])
        return terms

    def unaccepted(self) -> bool:
        return any(term["status"] != "accepted" for term in self.conditions().values())

    def cap(self) -> int:
        caps = [x["value"]["units"] for x in self.conditions().values() if x["kind"] == "unit_cap"]
        return min((cap for cap in caps if cap is not None), default=LARGEST)

    def licence(self) -> dict[str, Any] | None:
        issued, proposal = self.last("issue_licence"), self.proposal()
        if issued is None or proposal is None:
            return None
        shipments = {x.data["shipment"]: x.data["units"] for x in self.all("record_shipment")}
        left = proposal["units"] - sum(shipments.values())
        given_up = left if self.all("give_up_balance") else 0
        return {
            **proposal,
            "number": issued.data["licence"],
            "shipments": shipments,
            "shipped": sum(shipments.values()),
            "given_up": given_up,
            "balance": left - given_up,
        }

    def gate(self) -> str:
        acts = self.all("clear_export", "withhold_export")
        return "open" if acts and acts[-1].kind == "clear_export" else "shut"

    def pool(self) -> str | None:
        named = [x.data["pool"] for x in self.all("create", "claim_allocation")]
        return next((pool for pool in reversed(named) if pool is not None), None)

    def allocation(self) -> tuple[int | None, str] | None:
        claim = self.last("claim_allocation")
        if claim is None:
            return None
        units = claim.data["units"]
        return units, "unknown" if units is None else "claimed"

    def notes(self) -> list[int]:
        """The numbers of the five latest."""
        return [n for n, entry in enumerate(self.entries, 1) if entry.kind == "note"][-5:]

    def awaited(self) -> list[str]:
        """Whose turn it is."""
        order_or_terms = self.order() is None or self.unaccepted()
        return {
            "submitted": list(MINISTRIES),
            "in_principle": [body for body in VOTERS if body not in self.votes()],
            "ministry_approved": ["ndrc"],
            "ndrc_conditioned": ["buyer", "mofcom"] if order_or_terms else ["mofcom"],
            "licensed": ["bis", "customs"] if self.gate() == "shut" else ["customs"],
        }.get(self.state or "", [])

    def acted(self) -> set[str]:
        return {entry.body for entry in self.entries if entry.body is not None}


def _data(entry: Entry | None) -> dict[str, Any] | None:
    return entry.data if entry else None
