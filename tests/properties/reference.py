"""A reference model of `h200-import`: slow, plain, and without a line of the engine.

It keeps the history of an application and works everything out from it again and again, where
the engine keeps a snapshot and changes it. Times are milliseconds since 1970.
"""

from dataclasses import dataclass, field
from datetime import date

from tests.properties.history import VOTERS, Entry, History
from tests.properties.shapes import Data, complete, shape, value_of
from tests.properties.table import BODIES, GRADES, TABLE

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
SHANGHAI = 8 * 60 * MINUTE
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Somebody:
    """Who posts: `role` is officer, buyer, recorder, auditor or operator."""

    name: str
    organisation: str
    role: str
    bodies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Posted:
    """What is posted. `at`: when it took effect, None for now."""

    kind: str
    body: str | None = None
    data: Data = field(default_factory=dict)
    grades: tuple[str, ...] = ()
    at: int | None = None
    reason: bool = True


@dataclass(frozen=True)
class Act:
    """What the rules look at: who, for whom, and since when."""

    who: Somebody
    body: str | None
    data: Data
    grades: tuple[str, ...]
    at: int


Against = list[tuple[int, str]]
"""Reasons against an event: the status that each alone would give, and its code."""


class No(Exception):
    """Refused. `status` is that of the gravest reason: 422 before 403 before 409."""

    def __init__(self, *found: tuple[int, str]) -> None:
        super().__init__(found)
        self.codes = frozenset(code for _, code in found)
        self.status = min((status for status, _ in found), key=(422, 403, 409).index)


class Application(History):
    """One buyer's case, and the rules of its procedure."""

    def __init__(self, buyer: str, pools: frozenset[str]) -> None:
        super().__init__()
        self.buyer, self.pools = buyer, pools

    def create(self, who: Somebody, posted: Posted, now: int) -> None:
        """Begin; raises No."""
        if posted.at is not None and posted.at > now + MINUTE:
            raise No((422, "effective-in-future"))
        if posted.data["pool"] not in {None, *self.pools}:
            raise No((422, "pool-not-registered"))
        body = self.body_of(who, posted)
        self.enter(who, posted, body, posted.data, now if posted.at is None else posted.at, now)

    def post(self, who: Somebody, posted: Posted, now: int) -> None:
        """Take one event; raises No."""
        data = well_formed(posted)
        recorded = max(now, self.entries[-1].recorded)
        if posted.at is not None and posted.at > recorded + MINUTE:
            raise No((422, "effective-in-future"))
        rule, body = TABLE[posted.kind], self.body_of(who, posted)
        if self.state not in rule.states:
            raise No((409, "transition-not-allowed"))
        anytime = posted.kind in ("note", "confirm")
        floor = self.entries[0].at if anytime else self.entered
        if posted.at is not None and posted.at < floor:
            raise No((409, "effective-before-state"))
        at = max(recorded, floor) if posted.at is None else posted.at
        against = getattr(self, f"against_{posted.kind}", None)
        found = against(Act(who, body, data, posted.grades, at)) if against else []
        if not reaches(posted.grades, who.role, rule.accept):
            found.append((409, "evidence-too-weak"))
        if found:
            raise No(*found)
        self.enter(who, posted, body, data, at, recorded)

    def body_of(self, who: Somebody, posted: Posted) -> str | None:
        """For which body somebody acts; raises No."""
        if who.role not in ("officer", "buyer", "recorder"):
            raise No((403, "role-may-not"))
        if who.role == "recorder" and posted.kind == "confirm":
            raise No((403, "recorder-never-confirms"))
        if who.role == "buyer" and who.organisation != self.buyer:
            raise No((403, "not-your-application"))
        if who.role == "officer" and who.organisation == self.buyer:
            raise No((403, "own-organisation"))
        own = {"officer": who.bodies, "buyer": {"buyer"}, "recorder": set(BODIES)}[who.role]
        possible = [body for body in TABLE[posted.kind].by if body in own]
        if posted.body is not None:
            if posted.body not in possible:
                raise No((403, "wrong-authority"))
            return posted.body
        if len(possible) == 1:
            return possible[0]
        report_of_somebody = posted.kind == "grant_in_principle" and who.role == "recorder"
        if posted.kind == "note" or report_of_somebody:
            return None
        raise No((422, "authority-required") if possible else (403, "wrong-authority"))

    def enter(
        self, who: Somebody, posted: Posted, body: str | None, data: Data, at: int, recorded: int
    ) -> None:
        rule = TABLE[posted.kind]
        sure = who.role != "recorder" and reaches(posted.grades, who.role, rule.confirm)
        standing = None if rule.confirm is None else sure
        person = (who.organisation, who.name) if who.role == "officer" else None
        self.entries.append(
            Entry(posted.kind, body, data, person, self.state, at, recorded, standing)
        )
        if posted.kind == "confirm":
            target = self.entries[data["seq"] - 1]
            target.confirmed, target.person = True, target.person or (who.organisation, who.name)
        if rule.target and self.moves_on(posted.kind):
            self.state, self.entered = rule.target, max([at, *self.votes_of_others(posted, body)])

    def votes_of_others(self, posted: Posted, body: str | None) -> list[int]:
        """When the other votes of a joint approval took effect: it stands from the last on."""
        if posted.kind != "approve":
            return []
        votes = [self.last("approve", other) for other in VOTERS if other != body]
        return [vote.at for vote in votes if vote]

    def moves_on(self, kind: str) -> bool:
        """Joint approval needs both votes, and shipping ends with the balance."""
        licence = self.licence()
        if kind == "record_shipment":
            return licence is not None and licence["balance"] == 0
        return kind != "approve" or set(self.votes()) == set(VOTERS)

    # What the rules say against an event that its state knows.

    def against_declare_order(self, _act: Act) -> Against:
        return [(409, "licence-already-proposed")] if self.proposal() else []

    def against_refuse(self, act: Act) -> Against:
        return [] if act.body in self.awaited() else [(409, "not-its-turn")]

    against_return = against_refuse

    def against_approve(self, act: Act) -> Against:
        return self.second_act("approve", act.body, act.who)

    def against_propose_condition(self, act: Act) -> Against:
        taken = act.data["condition"] in self.conditions()
        return [(409, "condition-exists")] if taken else []

    def against_fix_condition(self, act: Act) -> Against:
        term = self.conditions().get(act.data["condition"])
        if term is None:
            return [(409, "unknown-condition")]
        found = [] if term["owner"] == act.body else [(409, "condition-of-another")]
        value = value_of(term["kind"], {**term["value"], **(act.data["value"] or {})})
        if value is None:
            return [*found, (422, "condition-value-invalid")]
        return found if complete(term["kind"], value) else [*found, (409, "condition-incomplete")]

    def against_set_conditions(self, act: Act) -> Against:
        terms = self.conditions().values()
        if act.data["none"]:
            return [(409, "conditions-exist")] if terms else []
        if not terms:
            return [(409, "conditions-missing")]
        still_open = any(term["status"] == "proposed" for term in terms)
        return [(409, "conditions-not-fixed")] if still_open else []

    def against_accept_conditions(self, _act: Act) -> Against:
        fixed = any(term["status"] == "fixed" for term in self.conditions().values())
        return [] if fixed else [(409, "nothing-to-accept")]

    def against_propose_licence(self, act: Act) -> Against:
        order, units = self.order(), act.data["units"]
        found = [] if order else [(409, "order-not-declared")]
        if order and units > order["units"]:
            found.append((409, "beyond-order"))
        elif units > self.cap():
            found.append((409, "beyond-cap"))
        return [*found, (409, "conditions-not-accepted")] if self.unaccepted() else found

    def against_issue_licence(self, act: Act) -> Against:
        proposal = self.proposal()
        found = [] if proposal else [(409, "licence-not-proposed")]
        if proposal and proposal["units"] > self.cap():
            found.append((409, "beyond-cap"))
        if any(term["precedent"] for term in self.conditions().values()):
            found.append((409, "precedent-not-met"))
        if self.standing() != "confirmed":
            found.append((409, "not-confirmed"))
        if self.unaccepted():
            found.append((409, "conditions-not-accepted"))
        return found + self.second_act("issue_licence", act.body, act.who)

    def against_record_shipment(self, act: Act) -> Against:
        licence, name = self.licence() or {}, act.data["shipment"]
        found = [] if self.gate() == "open" else [(409, "gate-shut")]
        if act.data["units"] > licence["balance"]:
            found.append((409, "beyond-balance"))
        if not licence["valid_from"] <= day_in_shanghai(act.at) <= licence["valid_until"]:
            found.append((409, "outside-validity"))
        if name in licence["shipments"]:
            found.append((409, "shipment-exists"))
        elif licence["max_uses"] and len(licence["shipments"]) >= licence["max_uses"]:
            found.append((409, "uses-exhausted"))
        return found

    def against_claim_allocation(self, act: Act) -> Against:
        present, named = self.pool(), act.data["pool"]
        if named is None:
            return [] if present else [(409, "pool-required")]
        if present is not None and named != present:
            return [(409, "pool-of-another")]
        return [] if named in {present, *self.pools} else [(422, "pool-not-registered")]

    def against_confirm(self, act: Act) -> Against:
        number = act.data["seq"]
        target = self.entries[number - 1] if number <= len(self.entries) else None
        if target is None or target.confirmed is not False:
            return [(409, "nothing-to-confirm")]
        if act.body not in ((target.body,) if target.body else TABLE[target.kind].by):
            return [(403, "wrong-authority")]
        if not reaches(act.grades, act.who.role, TABLE[target.kind].confirm):
            return [(409, "evidence-too-weak")]
        return self.second_act(target.kind, target.body, act.who)

    def second_act(self, kind: str, body: str | None, who: Somebody) -> Against:
        """Two persons vote, and two persons propose and issue."""
        others = {
            "approve": [self.last("approve", other) for other in VOTERS if other != body],
            "issue_licence": [self.last("propose_licence")],
        }.get(kind, [])
        same = who.role == "officer" and (who.organisation, who.name) in [
            act.person for act in others if act
        ]
        return [(409, "four-eyes")] if same else []


def well_formed(posted: Posted) -> Data:
    """The data with its defaults; raises No."""
    if posted.kind not in TABLE or posted.kind == "create":
        raise No((422, "unknown-event"))
    data = shape(posted.kind, posted.data)
    if data is None:
        raise No((422, "invalid-event"))
    if posted.kind in ("refuse", "return") and not posted.reason:
        raise No((422, "reason-required"))
    return data


def reaches(grades: tuple[str, ...], role: str, threshold: str | None) -> bool:
    """Whether evidence is strong enough; a buyer's own is a company's statement at best."""
    best = max((GRADES.index(grade) for grade in grades), default=-1)
    worth = min(best, 2) if role == "buyer" else best
    return threshold is None or worth >= GRADES.index(threshold)


def day_in_shanghai(at: int) -> str:
    return date.fromordinal(EPOCH + (at + SHANGHAI) // DAY).isoformat()
