"""People, evidence and a case: what tests need to carry an application through the engine."""

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from workflow.domain.act import Event, Linked, Posting
from workflow.domain.application import Snapshot
from workflow.domain.evidence import Evidence
from workflow.domain.links import link_of
from workflow.domain.payloads import shaped
from workflow.domain.principal import CLOCK, Principal, Role, system
from workflow.domain.record import NOTHING, Decision, Document
from workflow.domain.refusals import Refusal, Refused
from workflow.machine import Engine

NOW = "2026-02-02T04:00:00.000Z"
BUYER = "example-cloud"
OFFICIAL, STATEMENT, PRESS, ANONYMOUS = (
    "official_notice",
    "company_statement",
    "press_report",
    "anonymous_source",
)
DATA: dict[str, dict[str, Any]] = {
    "declare_order": {"units": 1_000, "agent": "Example Trading"},
    "propose_condition": {"condition": "c1", "kind": "other"},
    "fix_condition": {"condition": "c1"},
    "propose_licence": {"units": 1_000, "valid_from": "2026-01-01", "valid_until": "2026-12-31"},
    "issue_licence": {"licence": "MOFCOM-2026-0001"},
    "record_shipment": {"shipment": "s1", "units": 400},
    "waive_condition": {"condition": "c1"},
    "consent": {"condition": "c1"},
    "claim_met": {"condition": "c1"},
    "meet_condition": {"condition": "c1"},
    "reissue_licence": {"valid_from": "2026-01-01", "valid_until": "2027-12-31"},
    "reverse_shipment": {"shipment": "s1"},
    "recuse": {"deputy": "deputy"},
    "extend_deadline": {"working_days": 10},
    "amend": {"units": 2_000},
    "answer_amendment": {"accept": True},
    "answer_withdrawal": {"accept": True},
    "answer_appeal": {"accept": True},
    "request_information": {"query": "q1", "question": "Who will use the chips?"},
    "provide_information": {"query": "q1", "answer": "Our own data centres."},
    "hold": {"hold": "h1", "blocks": ["issue_licence", "record_shipment"]},
    "release": {"hold": "h1"},
    "link_export": {"application": "us-1"},
    "fix_allocation": {"units": 100, "pool": "joint-1"},
    "clear_export": {"reference": "BIS-1"},
    "withhold_export": {"reference": "BIS-1"},
    "claim_allocation": {"units": 100, "pool": "joint-1"},
    "note": {"text": "No comment."},
    "confirm": {"seq": 1},
    "correct": {"seq": 2, "with": None},
    "migrate": {"version": 2},
}
"""Data with which an event is fine where nothing else stands against it."""


def officer(*authorities: str, name: str | None = None) -> Principal:
    """An officer of one or more authorities; by default the first one's `-a`."""
    organisation = authorities[0] if authorities else "nowhere"
    held = frozenset(authorities)
    return Principal(name or f"{organisation}-a", organisation, frozenset({Role.OFFICER}), held)


def person(role: Role, organisation: str = "elsewhere", name: str | None = None) -> Principal:
    """Somebody with one role and no authority."""
    return Principal(name or f"{role.value}-of-{organisation}", organisation, frozenset({role}))


THE_BUYER = person(Role.BUYER, BUYER)
ANOTHER_BUYER = person(Role.BUYER, "other-cloud")
RECORDER = person(Role.RECORDER, "press-desk")
AUDITOR = person(Role.AUDITOR, "audit-office")
OPERATOR = person(Role.OPERATOR, "operations")
THE_CLOCK = system(CLOCK)


def evidence(*grades: str) -> tuple[Evidence, ...]:
    """One piece of evidence of each grade."""
    return tuple(
        Evidence(
            grade=grade,
            title="A report",
            publisher="Reuters",
            attribution="two people familiar with the matter",
            published_at="2026-01-30T00:00:00.000Z",
            url="https://example.com/report",
            sha256=None,
        )
        for grade in grades
    )


class Case:
    """One application, carried from event to event by the engine alone."""

    def __init__(self, engine: Engine, pools: frozenset[str] = frozenset({"joint-1"})) -> None:
        self.engine = engine
        self.pools = pools
        self.others = {
            name: Linked(name, "us-export", BUYER, 1, "confirmed", NOW) for name in ("us-1", "us-2")
        }
        self.now = NOW
        self.document = NOTHING
        self.decisions: list[Decision] = []
        self.asked = 0

    @property
    def snapshot(self) -> Snapshot:
        """The application as it stands."""
        return cast(Snapshot, self.document.snapshot)

    @property
    def state(self) -> str:
        """The state it is in."""
        return self.snapshot["state"]

    @property
    def trail(self) -> list[bytes]:
        """The exact text of every record."""
        return [decision.text for decision in self.decisions]

    def create(
        self, who: Principal = THE_BUYER, grade: str | Sequence[str] = STATEMENT, **given: Any
    ) -> Decision | Refused:
        """Begin the application; keeps what was accepted."""
        data = {
            "buyer": given.pop("buyer", BUYER),
            "goods": {"item": "NVIDIA H200", "units": None},
            "pool": given.pop("pool", None),
            "reference": given.pop("reference", None),
        }
        posting = self.posting(who, "create", "", data, grade=grade, **given)
        return self._keep(self.engine.create(posting))

    def post(
        self,
        who: Principal,
        kind: str,
        authority: str | None = None,
        data: dict[str, Any] | None = None,
        **given: Any,
    ) -> Decision | Refused:
        """Post one event and keep what was accepted; `data` by default is fine."""
        return self._keep(self.ask(who, kind, authority, data, **given))

    def ask(
        self,
        who: Principal,
        kind: str,
        authority: str | None = None,
        data: dict[str, Any] | None = None,
        **given: Any,
    ) -> Decision | Refused:
        """What the engine would answer; nothing is kept."""
        spec = self.engine.procedure.events.get(kind)
        raw = DATA.get(kind, {}) if data is None else data
        payload, whole = (spec.payload, shaped(spec.payload, raw)) if spec else ("", raw)
        posting = self.posting(who, kind, payload, whole, authority=authority, **given)
        return self.engine.decide(self.document, posting)

    def posting(
        self,
        who: Principal,
        kind: str,
        payload: str,
        data: dict[str, Any],
        *,
        authority: str | None = None,
        grade: str | Sequence[str] = OFFICIAL,
        reason: str | None = "because",
        at: str | None = None,
    ) -> Posting:
        """An event with all that the engine asks of the world."""
        self.asked += 1
        key = f"key-{self.asked}"
        event = Event(
            type=kind,
            key=key,
            fingerprint=hashlib.sha256(key.encode()).hexdigest(),
            authority=authority,
            effective_at=at,
            reason=reason,
            evidence=evidence(*([grade] if isinstance(grade, str) else grade)),
            payload=payload,
            data=data,
        )
        salt = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
        linked = self.others.get(link_of(data) or "")
        return Posting("application/a1", who, event, self.now, salt, self.pools, linked=linked)

    def _keep(self, answer: Decision | Refused) -> Decision | Refused:
        if isinstance(answer, Decision):
            self.decisions.append(answer)
            self.document = answer.after
        return answer


def accepted(answer: Decision | Refused) -> Decision:
    """The decision, or a failure that tells the refusals."""
    assert isinstance(answer, Decision), answer
    return answer


def codes(answer: Decision | Refused) -> set[str]:
    """The codes of a refusal; empty when it was accepted."""
    return set() if isinstance(answer, Decision) else {one.code for one in answer.refusals}


def told(answer: Decision | Refused) -> Refusal:
    """The refusal that decides how the caller is told."""
    assert isinstance(answer, Refused), "it was accepted"
    return answer.decisive


def decisive(answer: Decision | Refused) -> tuple[int, str] | None:
    """The kind and code that decide how the caller is told; None when it was accepted."""
    if isinstance(answer, Decision):
        return None
    return int(answer.decisive.kind), answer.decisive.code


def carry(case: Case, *steps: tuple[Any, ...]) -> Case:
    """Post (who, event, authority?, data?) one after another; each must be accepted."""
    for step in steps:
        accepted(case.post(*step))
    return case


def document_of(case: Case) -> Document:
    """The stored form, read back."""
    return Document.decode(case.document.encode())
