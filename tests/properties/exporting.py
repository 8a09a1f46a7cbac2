"""A reference model of `us-export`: what differs from the import, without a line of the engine.

The applicant is the buyer. Nothing here has a pool, a licence, a gate or conditions.
"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.properties.acts import Act, Against, Somebody
from tests.properties.history import Entry
from tests.properties.reference import Application
from tests.properties.shapes import Data
from tests.properties.table import Rule

DEPARTMENTS = ("state", "defense", "energy")
BODIES = ("bis", *DEPARTMENTS, "buyer")
PENDING = ("received", "referred", "signed_off", "countersigned")
STATES = (*PENDING, "approved", "held_without_action", "denied", "returned_without_action")
EVERYWHERE = (*STATES, "revoked")
ASKING = ("received", "referred", "held_without_action")
NEW_YORK = ZoneInfo("America/New_York")
APPEALED_WITHIN = 45


def _of_bis(states: tuple[str, ...], target: str | None, accept: str = "anonymous_source") -> Rule:
    return Rule(("bis",), states, target, accept)


def _of_buyer(states: tuple[str, ...], target: str | None = None) -> Rule:
    return Rule(("buyer",), states, target, None, "company_statement")


TABLE = {
    "refer": _of_bis(PENDING[:1], "referred"),
    "concur": Rule(DEPARTMENTS, PENDING[1:2], None, "anonymous_source"),
    "object": Rule(DEPARTMENTS, PENDING[1:2], None, "anonymous_source"),
    "hold_without_action": _of_bis(PENDING[:2], "held_without_action"),
    "resume": _of_bis(("held_without_action",), "received"),
    "sign_off": _of_bis(PENDING[:2], "signed_off"),
    "countersign": _of_bis(PENDING[2:3], "countersigned"),
    "approve": _of_bis(PENDING[3:], "approved", "press_report"),
    "deny": _of_bis(PENDING[3:], "denied", "press_report"),
    "return": _of_bis((*PENDING, "held_without_action"), "returned_without_action", "press_report"),
    "withdraw": _of_buyer((*PENDING, "held_without_action"), "returned_without_action"),
    "revoke": _of_bis(("approved",), "revoked", "press_report"),
    "appeal": _of_buyer(("denied",)),
    "answer_appeal": _of_bis(("denied",), "received"),
    "request_information": Rule(BODIES[:4], ASKING, None, "anonymous_source"),
    "provide_information": _of_buyer(ASKING),
    "note": Rule(BODIES, EVERYWHERE, None, None, None),
    "confirm": Rule(BODIES, EVERYWHERE, None, None, None),
    "create": _of_buyer((), "received"),
}


class Export(Application):
    """One buyer's application to the US authorities."""

    table = TABLE
    bodies = BODIES
    reasoned = ("object", "hold_without_action", "deny", "return", "revoke", "appeal")

    against_approve = against_return = None  # type: ignore[assignment]

    def course(self) -> tuple[dict[str, int], dict[str, Any] | None, dict[str, Any] | None]:
        votes: dict[str, int] = {}
        for number, entry in enumerate(self.entries, 1):
            if entry.kind == "concur":
                votes[entry.body or ""] = number
            if entry.kind == "answer_appeal" and entry.data["accept"]:
                votes = {}
        return votes, None, None

    def awaited(self) -> list[str]:
        found = {
            "received": ["bis"],
            "referred": [*(body for body in DEPARTMENTS if body not in self.votes()), "bis"],
            "signed_off": ["bis"],
            "countersigned": ["bis"],
            "held_without_action": ["buyer", "bis"],
            "denied": ["bis"] if self.pending("appeal") else [],
        }.get(self.state or "", [])
        unanswered = None in [answer for _, answer in self.queries().values()]
        return [*found, "buyer"] if unanswered and "buyer" not in found else found

    def moves_on(self, kind: str, data: Data) -> bool:
        return bool(data["accept"]) if kind == "answer_appeal" else True

    def second_act(self, kind: str, body: str | None, who: Somebody) -> Against:
        signed: list[Entry] = self.all("sign_off")[-1:] if kind == "countersign" else []
        same = who.role == "officer" and (who.organisation, who.name) in [x.person for x in signed]
        return [(409, "four-eyes")] if same else []

    def against_countersign(self, act: Act) -> Against:
        return self.second_act("countersign", act.body, act.who)

    def against_sign_off(self, act: Act) -> Against:
        others = [body for body in self.awaited() if body != act.body]
        return [(409, "others-awaited")] if others else []

    def against_appeal(self, act: Act) -> Against:
        found = [(409, "request-pending")] if self.pending("appeal") else []
        late = day(act.at).toordinal() > day(self.entered).toordinal() + APPEALED_WITHIN
        return [*found, (409, "too-late")] if late else found

    def against_answer_appeal(self, _act: Act) -> Against:
        return [] if self.pending("appeal") else [(409, "no-request")]

    def says(self) -> str | None:
        """What this state says of a gate that hangs on it; None: neither."""
        shut = ("denied", "returned_without_action", "revoked")
        return "open" if self.state == "approved" else "shut" if self.state in shut else None

    def moved(self) -> tuple[int, bool]:
        """The number of the record that moved it last, and whether that is confirmed."""
        number = max(n for n, entry in enumerate(self.entries, 1) if entry.moves)
        return number, self.entries[number - 1].confirmed is not False


def day(at: int) -> date:
    return datetime.fromtimestamp(at / 1_000, UTC).astimezone(NEW_YORK).date()
