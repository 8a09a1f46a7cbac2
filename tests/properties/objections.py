"""What the rules of `h200-import` say against an event that its state knows: a part of the
reference model, without a line of the engine.
"""

from typing import NamedTuple

from tests.properties.acts import Act, Against, days_in_shanghai, reaches
from tests.properties.licensing import Licensing
from tests.properties.table import LINK, TABLE

DEADLINES = {
    ("submitted",): 10,
    ("in_principle", "ministry_approved"): 15,
    ("ndrc_conditioned",): 0,
}
"""The states of a deadline, and by how many working days it may be extended."""


class Message(NamedTuple):
    """What the link tells: of which record of which application, and since when it stands so."""

    application: str
    seq: int
    since: int
    sure: bool


SAYING = {"clear_export": "open", "withhold_export": "shut"}

KNOWN_OTHERS = ("us-1", "us-2")
"""The applications to the US authorities that the same buyer has."""


class Rules(Licensing):
    """The reasons against an event, one method for each type that has any."""

    pools: frozenset[str]
    table = TABLE
    message: Message | None = None

    def against_declare_order(self, _act: Act) -> Against:
        return [(409, "licence-already-proposed")] if self.proposal() else []

    def against_refuse(self, act: Act) -> Against:
        return [] if act.body in self.awaited() else [(409, "not-its-turn")]

    against_return = against_refuse

    def against_approve(self, act: Act) -> Against:
        return self.second_act("approve", act.body, act.who) + self.not_the_deputy(act)

    def not_the_deputy(self, act: Act) -> Against:
        deputy = self.deputies().get(act.body or "", act.who.name)
        other = act.who.role == "officer" and act.who.name != deputy
        return [(409, "deputy-votes")] if other else []

    def against_recuse(self, act: Act) -> Against:
        oneself = act.who.role == "officer" and act.who.name == act.data["deputy"]
        return [(409, "deputy-is-oneself")] if oneself else []

    def against_extend_deadline(self, act: Act) -> Against:
        found = self.against_refuse(act)
        here, longest = next(d for d in DEADLINES.items() if self.state in d[0])
        if self.extended(here):
            return [*found, (409, "deadline-extended")]
        too_long = act.data["working_days"] > longest
        return [*found, (409, "extension-too-long")] if too_long else found

    def extended(self, here: tuple[str, ...]) -> bool:
        """Whether the deadline of these states was extended since it began."""
        made = [entry for entry in self.all("extend_deadline") if entry.before in here]
        return bool(made) and made[-1].at >= self.began[here]

    def against_amend(self, _act: Act) -> Against:
        found = [] if self.order() else [(409, "order-not-declared")]
        return [*found, (409, "request-pending")] if self.pending("amendment") else found

    def against_answer_amendment(self, act: Act) -> Against:
        found = self.against_refuse(act)
        return found if self.pending("amendment") else [*found, (409, "no-request")]

    def against_request_withdrawal(self, _act: Act) -> Against:
        return [(409, "request-pending")] if self.pending("withdrawal") else []

    def against_answer_withdrawal(self, _act: Act) -> Against:
        return [] if self.pending("withdrawal") else [(409, "no-request")]

    def against_appeal(self, act: Act) -> Against:
        found = [(409, "request-pending")] if self.pending("appeal") else []
        late = days_in_shanghai(act.at) > days_in_shanghai(self.entered) + 60
        return [*found, (409, "too-late")] if late else found

    def against_answer_appeal(self, act: Act) -> Against:
        found = [] if self.entered_by == act.body else [(409, "decision-of-another")]
        return found if self.pending("appeal") else [*found, (409, "no-request")]

    def against_request_information(self, act: Act) -> Against:
        return [(409, "query-exists")] if act.data["query"] in self.queries() else []

    def against_provide_information(self, act: Act) -> Against:
        _, answer = self.queries().get(act.data["query"], (None, ""))
        if answer is None:
            asked = self.asked_at(act.data["query"])
            return [(409, "answer-before-question")] if act.at < asked else []
        return [(409, "query-answered" if answer else "unknown-query")]

    def against_hold(self, act: Act) -> Against:
        if act.data["hold"] in self.holds():
            return [(409, "hold-exists")]
        for kind in act.data["blocks"]:
            if kind not in self.table or kind == "create":
                return [(422, "unknown-event")]
            if kind == "release":
                return [(409, "hold-of-release")]
            if kind == "withhold_export":
                return [(409, "hold-of-shutting")]
        return []

    def against_release(self, act: Act) -> Against:
        owner, _, in_force = self.holds().get(act.data["hold"], (None, [], True))
        if owner is None:
            return [(409, "unknown-hold")]
        if not in_force:
            return [(409, "hold-released")]
        return [] if owner == act.body else [(409, "hold-of-another")]

    def against_clear_export(self, act: Act) -> Against:
        if act.who.role == "system":
            return self.against_the_link("open")
        last = self.told_by_link()
        shut = last is not None and last.kind == "withhold_export"
        sure = act.who.role != "recorder" and reaches(act.grades, act.who.role, "official_notice")
        return [(409, "link-shut")] if shut and not sure else []

    def against_withhold_export(self, act: Act) -> Against:
        return self.against_the_link("shut") if act.who.role == "system" else []

    def against_the_link(self, status: str) -> Against:
        """What was told comes from the application that is linked, is news, and not overruled."""
        message, last = self.message, self.told_by_link()
        if message is None or message.application not in self.links()[-1:]:
            return [(409, "link-gone")]
        told = (0, None) if last is None else (last.data["told"], SAYING[last.kind])
        if message.seq < told[0] or (message.seq, status) == told:
            return [(409, "link-outdated")]
        return [(409, "link-overruled")] if self.overruled(status, message.since) else []

    def against_link_export(self, act: Act) -> Against:
        name = act.data["application"]
        found = [] if name in KNOWN_OTHERS else [(422, "unknown-link")]
        return [*found, (409, "link-used")] if name in self.links() else found

    def against_claim_allocation(self, act: Act) -> Against:
        fixed = (self.allocation() or (None, ""))[1] == "fixed"
        found = self.against_fix_allocation(act)
        return [*found, (409, "allocation-fixed")] if fixed else found

    def against_fix_allocation(self, act: Act) -> Against:
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
        nobodys = target.body in (None, LINK)
        if act.body not in (self.table[target.kind].by if nobodys else (target.body,)):
            return [(403, "wrong-authority")]
        if not reaches(act.grades, act.who.role, self.table[target.kind].confirm):
            return [(409, "evidence-too-weak")]
        again = self.second_act(target.kind, target.body, act.who)
        return again or (self.not_the_deputy(act) if target.kind == "approve" else [])
