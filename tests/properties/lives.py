"""A reference model of corrections, migrations and links: whoever corrects, lives the life again.

Nothing of `workflow` is used. Where the engine decides a trail again from its records, this keeps
what was posted, and posts it all to a new application.
"""

from dataclasses import replace
from typing import NamedTuple

from tests.properties.acts import Act, Posted, Somebody
from tests.properties.history import Entry
from tests.properties.objections import Message
from tests.properties.reference import Application, No
from tests.properties.shapes import Data
from tests.properties.table import LINK, REREADING, TABLE

RELIES_ON = {
    "propose_licence": ("declare_order", "answer_amendment"),
    "issue_licence": ("propose_licence",),
    "reissue_licence": ("record_shipment", "reverse_shipment"),
    "answer_amendment": ("amend",),
    "accept_conditions": ("propose_condition", "fix_condition", "waive_condition"),
    "claim_met": ("fix_condition",),
    "meet_condition": ("fix_condition",),
}
ASIDE = ("suspended", "expired", "revoked", "returned", "refused", "withdrawn")
GRANT = TABLE["grant_in_principle"]._replace(accept="company_statement")


class Place(NamedTuple):
    """What was posted, by whom, and when; `standing` that it had; `message`: what a link told."""

    who: Somebody
    posted: Posted
    now: int
    standing: bool | None
    message: Message | None = None


def replace_time(place: Place) -> Place:
    """The same, posted now."""
    return place._replace(posted=replace(place.posted, at=None))


class Life(Application):
    """An application that remembers what was posted, and what stands in the place of what."""

    def __init__(self, buyer: str, pools: frozenset[str]) -> None:
        super().__init__(buyer, pools)
        self.table = TABLE | REREADING
        self.version = 1
        self.places: list[Place | None] = []
        self.firsts: list[Place] = []
        self.by: dict[int, int] = {}
        self.again = False

    def shown_state(self) -> str | None:
        second = self.version == 2 and self.state == "ndrc_conditioned"
        return "conditioned" if second else self.state

    def enter(
        self, who: Somebody, posted: Posted, body: str | None, data: Data, at: int, recorded: int
    ) -> None:
        super().enter(who, posted, body, data, at, recorded)
        standing = self.entries[-1].confirmed
        place = Place(who, replace(posted, body=body, at=at), recorded, standing, self.message)
        self.places.append(place)
        if not self.again:
            self.firsts.append(place)
        if posted.kind == "migrate":
            self.version, self.table = 2, self.table | {"grant_in_principle": GRANT}
        if posted.kind == "correct":
            self.by[posted.data["seq"]] = len(self.entries)

    def tell(self, who: Somebody, status: str, message: Message, now: int, at: int) -> None:
        """What the link tells; raises No."""
        kind = "clear_export" if status == "open" else "withhold_export"
        reference = {"reference": f"{message.application}/trail/{message.seq}"}
        self.post_told(message, who, Posted(kind, LINK, reference, (), at), now)

    def post_told(self, message: Message | None, who: Somebody, posted: Posted, now: int) -> None:
        self.message = message
        try:
            self.post(who, posted, now)
        finally:
            self.message = None

    def migrate(self, who: Somebody, now: int) -> None:
        """Move to the second version; raises No."""
        found = self.held("migrate")
        if self.version == 2:
            found = [(409, "no-migration"), *found]
        if found:
            raise No(*found)
        self.reread(who, Posted("migrate", "operator", {"version": 2}), "operator", now)

    def reread(self, who: Somebody, posted: Posted, body: str | None, now: int) -> None:
        recorded = max(now, self.entries[-1].recorded)
        at = max(recorded, self.entries[0].at) if posted.at is None else posted.at
        self.enter(who, posted, body, posted.data, at, recorded)

    def correct(self, who: Somebody, seq: int, instead: Posted | None, now: int) -> None:
        """Put another event in the place of a record, or nothing; raises No."""
        recorded = max(now, self.entries[-1].recorded)
        body = self.body_of(who, Posted("correct"))
        told = Posted("correct", body, {"seq": seq, "with": instead})
        self.refuse_correct(who, body, told.data)
        place = self.replacement(who, seq, instead, now)
        fresh = self.lived(seq, place)
        stops = self.shipping_more(fresh) + self.ordering_more(fresh, seq)
        stood = self.places[seq - 1]
        if place and (stood is None or stood.posted.kind != place.posted.kind):
            try:
                self.lived(seq, None, lenient=True).live(replace_time(place))
            except No as no:
                stops += no.found
        if stops:
            raise No(*stops)
        if place is not None:
            fresh.places[seq - 1] = fresh.places[seq - 1] and place._replace(now=recorded)
        self.__dict__.update(fresh.__dict__)
        self.again = False
        self.reread(who, told, body, now)

    def replacement(
        self, who: Somebody, seq: int, instead: Posted | None, now: int
    ) -> Place | None:
        """What it leaves out is as it was."""
        if instead is None:
            return None
        former = (self.places[seq - 1] or self.firsts[seq - 1]).posted
        at = former.at if instead.at is None else instead.at
        kept = replace(instead, body=instead.body or former.body, at=at)
        return Place(who, kept, now, None)

    def lived(self, seq: int, place: Place | None, lenient: bool = False) -> "Life":
        """The same life with something else in one place; what is refused is left out where that
        does not matter. Raises No.
        """
        fresh = Life(self.buyer, self.pools)
        fresh.again, fresh.firsts = True, self.firsts
        for number, stood in enumerate(self.places, 1):
            one = place if number == seq else stood
            try:
                fresh.live(one)
            except No as no:
                if lenient:
                    fresh.live(None)
                elif number == seq:
                    raise
                else:
                    conflicts = [reason for reason in no.found if reason[0] == 409]
                    raise No((409, "correction-refused"), *conflicts) from no
        return fresh

    def live(self, place: Place | None) -> None:
        """One place of a life; None: nothing counts there."""
        if place is None:
            last = self.entries[-1]
            self.entries.append(
                Entry("void", None, {}, None, self.state, last.at, last.recorded, None)
            )
            self.places.append(None)
            return
        who, posted, now, _, message = place
        if not self.entries:
            self.create(who, posted, now)
        elif posted.kind == "correct":
            self.reread(who, posted, posted.body, now)
        elif posted.kind == "migrate":
            self.migrate(who, now)
        else:
            self.post_told(message, who, posted, now)

    def refuse_correct(self, who: Somebody, body: str | None, data: Data) -> None:
        found = self.against_correct(Act(who, body, data, (), 0)) + self.held("correct")
        if found:
            raise No(*found)

    def against_correct(self, act: Act) -> list[tuple[int, str]]:
        seq, instead = act.data["seq"], act.data["with"]
        if seq > len(self.entries):
            return [(409, "nothing-to-correct")]
        first = self.firsts[seq - 1]
        found: list[tuple[int, str]] = []
        fixed = first.who.role == "system" or first.posted.kind in REREADING
        if seq == 1 or fixed or (instead and instead.kind in REREADING):
            found.append((409, "not-correctable"))
        elif self.relied_upon(seq, instead):
            found.append((409, "relied-upon"))
        elif act.who.role == "recorder" and self.entries[seq - 1].confirmed:
            found.append((409, "confirmed-already"))
        elif self.made(seq) >= 20:
            found.append((409, "limit-reached"))
        poster = self.firsts[(self.by.get(seq) or seq) - 1].who
        same = (poster.name, poster.organisation) == (act.who.name, act.who.organisation)
        own = act.who.role == "officer" and act.body == first.posted.body is not None
        return found if same or own else [*found, (403, "record-of-another")]

    def made(self, seq: int) -> int:
        """How often a place was corrected."""
        known = self.firsts[: len(self.entries)]
        return sum(one.posted.kind == "correct" and one.posted.data["seq"] == seq for one in known)

    def relied_upon(self, seq: int, instead: Posted | None) -> bool:
        """Whether somebody has vouched for what stands there, or would have for its replacement."""
        touched = {one.kind for one in (self.stands(seq), instead) if one}
        for number in range(seq + 1, len(self.entries) + 1):
            other = self.stands(number)
            if other is None:
                continue
            if other.kind == "confirm" and other.data["seq"] == seq:
                return True
            if touched.intersection(RELIES_ON.get(other.kind, ())):
                return True
        return False

    def stands(self, seq: int) -> Posted | None:
        by = self.by.get(seq)
        if by is None:
            return self.firsts[seq - 1].posted
        found: Posted | None = self.firsts[by - 1].posted.data["with"]
        return found

    def shipping_more(self, corrected: "Life") -> list[tuple[int, str]]:
        """What stops shipments now, where more was shipped with the correction."""
        before, after = (
            sum(one["shipped"] for one in life.licences()) for life in (self, corrected)
        )
        if after <= before:
            return []
        aside = [(409, "transition-not-allowed")] if self.state in ASIDE else []
        return aside + self.barring("record_shipment")

    def ordering_more(self, corrected: "Life", seq: int) -> list[tuple[int, str]]:
        """A vote cast since, where more is ordered with the correction."""
        before, after = (
            order["units"] if (order := life.order()) else 0 for life in (self, corrected)
        )
        later = [vote for vote in self.votes().values() if vote > seq]
        return [(409, "relied-upon")] if later and after > before else []

    def barring(self, kind: str) -> list[tuple[int, str]]:
        gated = kind == "record_shipment" and self.gate() == "shut"
        return self.held(kind) + ([(409, "gate-shut")] if gated else [])

    def held(self, kind: str) -> list[tuple[int, str]]:
        stopped = any(on and kind in named for _, named, on in self.holds().values())
        return [(409, "held")] if stopped else []
