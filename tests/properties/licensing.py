"""What the rules of `h200-import` say against an event about conditions and the licence: a part
of the reference model, without a line of the engine.
"""

from itertools import pairwise

from tests.properties.acts import Act, Against, Somebody, day_in_shanghai
from tests.properties.history import Entry, History
from tests.properties.shapes import Data, complete, value_of


class Licensing(History):
    """The reasons against an event, one method for each type that has any."""

    def against_propose_condition(self, act: Act) -> Against:
        taken = act.data["condition"] in self.conditions()
        return [(409, "condition-exists")] if taken else []

    def against_fix_condition(self, act: Act) -> Against:
        term = self.conditions().get(act.data["condition"])
        if term is None:
            return [(409, "unknown-condition")]
        found = self.not_permitted(term, act)
        if term["status"] in ("met", "waived"):
            return [*found, (409, "condition-settled")]
        value = value_of(term["kind"], {**term["value"], **(act.data["value"] or {})})
        if value is None:
            return [*found, (422, "condition-value-invalid")]
        return found if complete(term["kind"], value) else [*found, (409, "condition-incomplete")]

    def not_permitted(self, term: Data, act: Act) -> Against:
        permitted = term["owner"] == act.body or term["consent"]
        return [] if permitted else [(409, "condition-of-another")]

    def against_waive_condition(self, act: Act) -> Against:
        term = self.conditions().get(act.data["condition"])
        if term is None:
            return [(409, "unknown-condition")]
        settled = term["status"] in ("met", "waived")
        return self.not_permitted(term, act) + ([(409, "condition-settled")] if settled else [])

    def against_consent(self, act: Act) -> Against:
        term = self.conditions().get(act.data["condition"])
        if term is None:
            return [(409, "unknown-condition")]
        found = [] if term["owner"] == act.body else [(409, "condition-of-another")]
        settled = term["status"] in ("met", "waived")
        return [*found, (409, "condition-settled")] if settled else found

    def against_claim_met(self, act: Act) -> Against:
        term = self.conditions().get(act.data["condition"])
        if term is None:
            return [(409, "unknown-condition")]
        settled = term["status"] in ("met", "waived")
        code = "condition-settled" if settled else "condition-not-accepted"
        return [] if term["status"] == "accepted" else [(409, code)]

    def against_meet_condition(self, act: Act) -> Against:
        term = self.conditions().get(act.data["condition"])
        another = term is not None and term["owner"] != act.body
        found = [(409, "condition-of-another")] if another else []
        return found + self.against_claim_met(act)

    def against_set_conditions(self, act: Act) -> Against:
        terms = self.binding()
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
        if any(x["precedent"] and x["status"] != "met" for x in self.binding()):
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
        if any(name in one["shipments"] or name in one["reversed"] for one in self.licences()):
            found.append((409, "shipment-exists"))
        elif licence["max_uses"] and len(licence["shipments"]) >= licence["max_uses"]:
            found.append((409, "uses-exhausted"))
        return found

    def against_reverse_shipment(self, act: Act) -> Against:
        name, *_ = act.data.values()
        *earlier, licence = self.licences()
        if name in licence["shipments"]:
            return []
        if any(name in one["reversed"] for one in [*earlier, licence]):
            return [(409, "shipment-reversed")]
        before = any(name in one["shipments"] for one in earlier)
        return [(409, "shipment-of-earlier-licence" if before else "unknown-shipment")]

    def against_expire(self, act: Act) -> Against:
        licence = self.licence() or {}
        over = day_in_shanghai(act.at) > licence["valid_until"]
        return [] if over else [(409, "still-valid")]

    def against_reissue_licence(self, act: Act) -> Against:
        found = self.second_act("reissue_licence", act.body, act.who)
        if self.standing() != "confirmed":
            found.append((409, "not-confirmed"))
        if any(x["precedent"] and x["status"] != "met" for x in self.binding()):
            found.append((409, "precedent-not-met"))
        if self.unaccepted():
            found.append((409, "conditions-not-accepted"))
        whole = sum(one["shipped"] + one["balance"] for one in self.licences())
        if whole + self.licences()[-1]["lapsed"] > self.cap():
            found.append((409, "beyond-cap"))
        return found

    def issuers(self) -> list[Entry]:
        """Who issued the licence, who reissued it last, and who did before it was only reported."""
        again = self.all("reissue_licence")
        reported = [one for one, later in pairwise(again) if later.report]
        return self.all("issue_licence") + again[-1:] + reported[-1:]

    def second_act(self, kind: str, body: str | None, who: Somebody) -> Against:
        """Two persons vote, two propose and issue, two issue and reissue."""
        others = {
            "approve": self.voters(body),
            "issue_licence": self.all("propose_licence")[-1:],
            "reissue_licence": self.issuers(),
        }.get(kind, [])
        same = who.role == "officer" and (who.organisation, who.name) in [
            act.person for act in others
        ]
        return [(409, "four-eyes")] if same else []
