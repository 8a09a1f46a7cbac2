"""A reference model of `h200-import`: slow, plain, and without a line of the engine.

It keeps the history of an application and works everything out from it again and again, where
the engine keeps a snapshot and changes it. Times are milliseconds since 1970.
"""

from tests.properties.acts import MINUTE, Act, Posted, Somebody, reaches
from tests.properties.history import VOTERS, Entry
from tests.properties.objections import DEADLINES, Rules
from tests.properties.shapes import Data, shape
from tests.properties.table import BODIES, LINK, REASONED

ANYTIME = ("note", "confirm", "correct", "migrate")


class No(Exception):
    """Refused. `status` is that of the gravest reason: 422 before 403 before 409."""

    def __init__(self, *found: tuple[int, str]) -> None:
        super().__init__(found)
        self.found = found
        self.codes = frozenset(code for _, code in found)
        self.status = min((status for status, _ in found), key=(422, 403, 409).index)


class Application(Rules):
    """One buyer's case: who may act for whom, and where it leads."""

    bodies: tuple[str, ...] = BODIES
    reasoned: tuple[str, ...] = REASONED

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
        data = self.well_formed(posted)
        recorded = max(now, self.entries[-1].recorded)
        if posted.at is not None and posted.at > recorded + MINUTE:
            raise No((422, "effective-in-future"))
        rule, body = self.table[posted.kind], self.body_of(who, posted)
        if self.state not in rule.states:
            raise No((409, "transition-not-allowed"))
        anytime = posted.kind in ANYTIME
        floor = self.entries[0].at if anytime else self.entered
        if posted.at is not None and posted.at < floor:
            raise No((409, "effective-before-state"))
        at = max(recorded, floor) if posted.at is None else posted.at
        against = getattr(self, f"against_{posted.kind}", None)
        found = against(Act(who, body, data, posted.grades, at)) if against else []
        if who.role != "system" and not reaches(posted.grades, who.role, rule.accept):
            found.append((409, "evidence-too-weak"))
        if any(on and posted.kind in stopped for _, stopped, on in self.holds().values()):
            found.append((409, "held"))
        if found:
            raise No(*found)
        self.enter(who, posted, body, data, at, recorded)

    def well_formed(self, posted: Posted) -> Data:
        """The data with its defaults; raises No."""
        if posted.kind not in self.table or posted.kind == "create":
            raise No((422, "unknown-event"))
        data = shape(posted.kind, posted.data)
        if data is None:
            raise No((422, "invalid-event"))
        if posted.kind in self.reasoned and not posted.reason:
            raise No((422, "reason-required"))
        return data

    def body_of(self, who: Somebody, posted: Posted) -> str | None:
        """For which body somebody acts; raises No."""
        if who.role not in ("officer", "buyer", "recorder", "system"):
            raise No((403, "role-may-not"))
        if who.role == "recorder" and posted.kind == "confirm":
            raise No((403, "recorder-never-confirms"))
        if who.role == "buyer" and who.organisation != self.buyer:
            raise No((403, "not-your-application"))
        if who.role == "officer" and who.organisation == self.buyer:
            raise No((403, "own-organisation"))
        own = {"buyer": {"buyer"}, "recorder": set(self.bodies)}.get(who.role, who.bodies)
        possible = [body for body in self.table[posted.kind].by if body in own]
        if posted.body is not None:
            if posted.body not in possible:
                raise No((403, "wrong-authority"))
            return posted.body
        if len(possible) == 1:
            return possible[0]
        if who.role == "system":
            raise No((403, "wrong-authority"))
        report_of_somebody = posted.kind == "grant_in_principle" and who.role == "recorder"
        if posted.kind in ("note", "correct") or report_of_somebody:
            return None
        raise No((422, "authority-required") if possible else (403, "wrong-authority"))

    def enter(
        self, who: Somebody, posted: Posted, body: str | None, data: Data, at: int, recorded: int
    ) -> None:
        rule = self.table[posted.kind]
        sure = who.role != "recorder" and reaches(posted.grades, who.role, rule.confirm)
        if body == LINK and self.message is not None:
            sure, data = self.message.sure, {**data, "told": self.message.seq}
        standing = None if rule.confirm is None else sure
        person = (who.organisation, who.name) if who.role == "officer" else None
        self.entries.append(
            Entry(
                posted.kind,
                body,
                data,
                person,
                self.state,
                at,
                recorded,
                standing,
                who.role == "recorder",
                self.shown_state(),
            )
        )
        if posted.kind == "confirm":
            target = self.entries[data["seq"] - 1]
            target.confirmed, target.person = True, target.person or (who.organisation, who.name)
        if rule.target not in (None, self.state) and self.moves_on(posted.kind, data):
            votes = self.voters(body) if posted.kind == "approve" else []
            left, self.state, self.entered_by = self.state, rule.target, body
            self.entries[-1].moves = True
            self.entered = max([at, *(vote.at for vote in votes)])
            for here in DEADLINES:
                if self.state in here and left not in here:
                    self.began[here] = self.entered

    def moves_on(self, kind: str, data: Data) -> bool:
        """Joint approval needs both votes, shipping ends with the balance, a request must be
        granted, and an amendment leads back only where it opens the votes.
        """
        licence = self.licence()
        match kind:
            case "record_shipment":
                return licence is not None and licence["balance"] == 0
            case "approve":
                return set(self.votes()) == set(VOTERS)
            case "answer_amendment":
                return bool(data["accept"]) and not self.votes()
            case "answer_withdrawal" | "answer_appeal":
                return bool(data["accept"])
        return True
