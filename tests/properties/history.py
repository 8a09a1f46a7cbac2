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
    """One accepted event. `person` stands behind it; `confirmed` None: it does not matter;
    `report`: somebody entered what another did; `before`: the state that it found, `shown` as the
    rules of the time call it; `moves`: it led to another.
    """

    kind: str
    body: str | None
    data: dict[str, Any]
    person: tuple[str, str] | None
    before: str | None
    at: int
    recorded: int
    confirmed: bool | None
    report: bool = False
    shown: str | None = None
    moves: bool = False


class History:
    """What happened to one application, in the order in which it was learned."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.state: str | None = None
        self.entered = 0
        self.entered_by: str | None = None
        self.began: dict[tuple[str, ...], int] = {}

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
                return entry.shown
        return self.shown_state()

    def shown_state(self) -> str | None:
        return self.state

    def votes(self) -> dict[str, int]:
        """Body -> number of its latest vote; a recusal takes it back, a new beginning all."""
        return self.course()[0]

    def voters(self, body: str | None) -> list[Entry]:
        """The votes that stand, but for this body's own."""
        return [self.entries[seq - 1] for voter, seq in self.votes().items() if voter != body]

    def order(self) -> dict[str, Any] | None:
        return self.course()[1]

    def proposal(self) -> dict[str, Any] | None:
        return self.course()[2]

    def course(self) -> tuple[dict[str, int], dict[str, Any] | None, dict[str, Any] | None]:
        """The votes, the order and what is proposed."""
        votes: dict[str, int] = {}
        order: dict[str, Any] | None = None
        proposal: dict[str, Any] | None = None
        wanted = 0
        for number, entry in enumerate(self.entries, 1):
            match entry.kind:
                case "approve":
                    votes[entry.body or ""] = number
                case "recuse":
                    votes.pop(entry.body or "", None)
                case "declare_order":
                    order = entry.data
                case "amend":
                    wanted = entry.data["units"]
                case "propose_licence":
                    proposal = entry.data
                case "issue_licence":
                    proposal = None
                case "answer_appeal" if entry.data["accept"]:
                    votes, proposal = {}, None
                case "answer_amendment" if entry.data["accept"] and order:
                    votes = {} if wanted > order["units"] else votes
                    order, proposal = {**order, "units": wanted}, None
        return votes, order, proposal

    def asked(self, kind: str) -> dict[str, Any] | None:
        """The latest request of a kind, with its answer: granted, denied or None."""
        of = {"withdrawal": "request_withdrawal", "amendment": "amend", "appeal": "appeal"}[kind]
        found: dict[str, Any] | None = None
        for number, entry in enumerate(self.entries, 1):
            if entry.kind == of:
                found = {"seq": number, "units": entry.data.get("units"), "answer": None}
            elif entry.kind == f"answer_{kind}" and found:
                found = {**found, "answer": "granted" if entry.data["accept"] else "denied"}
        return found

    def pending(self, kind: str) -> bool:
        found = self.asked(kind)
        return found is not None and found["answer"] is None

    def queries(self) -> dict[str, tuple[str | None, str | None]]:
        """Id -> who asked, and the answer; None while it is open."""
        found: dict[str, tuple[str | None, str | None]] = {}
        for entry in self.all("request_information", "provide_information"):
            asker = found[entry.data["query"]][0] if "answer" in entry.data else entry.body
            found[entry.data["query"]] = asker, entry.data.get("answer")
        return found

    def asked_at(self, name: str) -> int:
        return next(one.at for one in self.all("request_information") if one.data["query"] == name)

    def holds(self) -> dict[str, tuple[str | None, list[str], bool]]:
        """Id -> whose it is, what it stops, and whether it is still in force."""
        found: dict[str, tuple[str | None, list[str], bool]] = {}
        for entry in self.all("hold", "release"):
            name = entry.data["hold"]
            if entry.kind == "hold":
                found[name] = entry.body, entry.data["blocks"], True
            else:
                found[name] = (*found[name][:2], False)
        return found

    def deputies(self) -> dict[str, str]:
        return {entry.body or "": entry.data["deputy"] for entry in self.all("recuse")}

    def conditions(self) -> dict[str, dict[str, Any]]:
        terms: dict[str, dict[str, Any]] = {}
        free: dict[str, Any] = {"consent": None, "claimed": None}
        for number, entry in enumerate(self.entries, 1):
            name = str(entry.data.get("condition"))
            term = terms.get(name, {})
            match entry.kind:
                case "propose_condition":
                    terms[name] = entry.data | free | {"owner": entry.body, "status": "proposed"}
                case "fix_condition":
                    value = value_of(term["kind"], {**term["value"], **(entry.data["value"] or {})})
                    terms[name] = term | free | {"value": value, "status": "fixed"}
                case "accept_conditions":
                    for fixed in terms.values():
                        fixed["status"] = {"fixed": "accepted"}.get(
                            fixed["status"], fixed["status"]
                        )
                case "waive_condition" | "meet_condition":
                    status = "waived" if entry.kind == "waive_condition" else "met"
                    terms[name] = term | {"status": status, "consent": None}
                case "consent" | "claim_met":
                    terms[name] = term | {entry.kind.replace("claim_met", "claimed"): number}
        return terms

    def binding(self) -> list[dict[str, Any]]:
        """The conditions that are not waived."""
        return [term for term in self.conditions().values() if term["status"] != "waived"]

    def unaccepted(self) -> bool:
        return any(term["status"] not in ("accepted", "met") for term in self.binding())

    def cap(self) -> int:
        caps = [term["value"]["units"] for term in self.binding() if term["kind"] == "unit_cap"]
        return min((cap for cap in caps if cap is not None), default=LARGEST)

    def licence(self) -> dict[str, Any] | None:
        found = self.licences()
        return found[-1] if found else None

    def licences(self) -> list[dict[str, Any]]:
        """Every version of the licence with its ledger, the one in force last."""
        found: list[dict[str, Any]] = []
        terms: dict[str, Any] = {}
        for entry in self.entries:
            left = found[-1]["balance"] if found else 0
            match entry.kind:
                case "propose_licence":
                    terms = entry.data
                case "issue_licence":
                    found.append(_version(1, entry.data["licence"], terms))
                case "reissue_licence":
                    earlier = found[-1]
                    units = left + earlier["lapsed"]
                    _move(earlier, "carried", left)
                    uses = entry.data["max_uses"] or earlier["max_uses"]
                    again = {**entry.data, "units": units, "max_uses": uses}
                    found.append(_version(len(found) + 1, earlier["number"], again))
                case "record_shipment":
                    _move(found[-1], "shipped", entry.data["units"])
                    found[-1]["shipments"][entry.data["shipment"]] = entry.data["units"]
                case "reverse_shipment":
                    units = found[-1]["shipments"].pop(entry.data["shipment"])
                    _move(found[-1], "shipped", -units)
                    found[-1]["reversed"][entry.data["shipment"]] = units
                case "give_up_balance" | "revoke" | "expire":
                    _move(found[-1], "given_up", left)
                    found[-1]["lapsed"] += left if entry.kind == "expire" else 0
                case "answer_withdrawal" if entry.data["accept"]:
                    _move(found[-1], "given_up", left)
        return found

    def gate(self) -> str:
        acts = self.all("clear_export", "withhold_export", "link_export")
        return "open" if acts and acts[-1].kind == "clear_export" else "shut"

    def overruled(self, status: str, since: int) -> bool:
        """Whether somebody else than the link has said the contrary of the gate after `since`, or
        shut it just then; a clearance from before the last link counts no more, nor one that is
        only reported.
        """
        word: tuple[str, int] | None = None
        sure: bool | None = None
        for entry in self.all("clear_export", "withhold_export", "link_export"):
            if entry.kind == "link_export":
                word = None if word and word[0] == "open" else word
            elif entry.body != "system:link":
                word = "open" if entry.kind == "clear_export" else "shut", entry.at
                sure = entry.confirmed
        if status == "shut" and not sure:
            return False
        return word is not None and word[0] != status and word[1] >= since + (status == "shut")

    def told_by_link(self) -> Entry | None:
        """What the application that the gate hangs on has told last."""
        found = None
        for entry in self.all("clear_export", "withhold_export", "link_export"):
            if entry.kind == "link_export":
                found = None
            elif entry.body == "system:link":
                found = entry
        return found

    def links(self) -> list[str]:
        """The applications that the gate hung on, the present one last."""
        return [entry.data["application"] for entry in self.all("link_export")]

    def pool(self) -> str | None:
        named = [x.data["pool"] for x in self.all("create", "claim_allocation", "fix_allocation")]
        return next((pool for pool in reversed(named) if pool is not None), None)

    def allocation(self) -> tuple[int | None, str] | None:
        shares = self.all("claim_allocation", "fix_allocation")
        if not shares:
            return None
        units = shares[-1].data["units"]
        status = "fixed" if shares[-1].kind == "fix_allocation" else "claimed"
        return units, "unknown" if units is None else status

    def notes(self) -> list[int]:
        """The numbers of the five latest."""
        return [n for n, entry in enumerate(self.entries, 1) if entry.kind == "note"][-5:]

    def awaited(self) -> list[str]:
        """Whose turn it is."""
        order_or_terms = self.order() is None or self.unaccepted()
        owing = {
            "bis": self.gate() == "shut",
            "mofcom": self.pending("withdrawal"),
            "customs": True,
        }
        found = {
            "submitted": list(MINISTRIES),
            "in_principle": [body for body in VOTERS if body not in self.votes()],
            "ministry_approved": ["ndrc"],
            "ndrc_conditioned": ["buyer", "mofcom"] if order_or_terms else ["mofcom"],
            "licensed": [body for body, owes in owing.items() if owes],
            "suspended": ["mofcom"],
            "refused": [self.entered_by or ""] if self.pending("appeal") else [],
        }.get(self.state or "", [])
        unanswered = None in [answer for _, answer in self.queries().values()]
        return [*found, "buyer"] if unanswered and "buyer" not in found else found

    def acted(self) -> set[str]:
        return {entry.body for entry in self.entries if entry.body is not None}


def _version(number: int, name: str, terms: dict[str, Any]) -> dict[str, Any]:
    """A version of the licence with nothing shipped."""
    ledger = {"shipped": 0, "given_up": 0, "lapsed": 0, "carried": 0, "balance": terms["units"]}
    books: dict[str, Any] = {"shipments": {}, "reversed": {}}
    return {**terms, **ledger, **books, "number": name, "version": number}


def _move(licence: dict[str, Any], to: str, units: int) -> None:
    """Units leave the balance; fewer than none come back to it."""
    licence[to] += units
    licence["balance"] -= units
