"""What a principal is told it may post is what the engine then takes."""

from typing import Any

import pytest

from tests.unit.acting import (
    ANOTHER_BUYER,
    AUDITOR,
    RECORDER,
    THE_BUYER,
    Case,
    accepted,
    carry,
    codes,
    officer,
)
from tests.unit.journeys import GRANT, JOURNEYS, TO_PROPOSED, VOTE_OF_MIIT
from workflow.domain.principal import Principal
from workflow.domain.refusals import REASONS, Kind
from workflow.domain.rules import GUARDS
from workflow.machine import Outlook

PEOPLE = [
    *(officer(body, name=f"{body}-z") for body in ("miit", "mofcom", "ndrc", "customs", "bis")),
    officer("miit", "mofcom", name="both"),
    officer("mofcom"),
    *(THE_BUYER, ANOTHER_BUYER, RECORDER, AUDITOR),
]


def outlook(case: Case, who: Principal) -> Outlook:
    return case.engine.outlook(case.document, who, case.now)


def refused(found: Outlook) -> dict[str, set[str]]:
    return {kind: {one.code for one in refusals} for kind, refusals in found.refused}


def told_by_data(case: Case, kind: str) -> set[str]:
    """What only shows when the data is known: the codes that no outlook can foresee."""
    reading = [name for name in case.engine.procedure.events[kind].guards if GUARDS[name].payloads]
    by_guard = {
        "within_order": {"beyond-order", "beyond-cap"},
        "within_balance": {"beyond-balance"},
        "shipment_new": {"shipment-exists", "uses-exhausted"},
        "shipment_known": {"unknown-shipment"},
        "condition_new": {"condition-exists"},
        "condition_owned": {"unknown-condition", "condition-of-another"},
        "condition_permitted": {"unknown-condition", "condition-of-another"},
        "condition_unsettled": {"condition-settled"},
        "condition_accepted": {
            "unknown-condition",
            "condition-settled",
            "condition-not-accepted",
        },
        "condition_fixable": {"condition-incomplete", "condition-settled"},
        "conditions_final": {"conditions-missing", "conditions-exist", "conditions-not-fixed"},
        "correctable": {"nothing-to-correct", "not-correctable"},
        "correction_own": {"record-of-another"},
        "migratable": {"migration-loses"},
        "confirmable": {"nothing-to-confirm", "wrong-authority", "four-eyes"},
        "deputy_is_another": {"deputy-is-oneself"},
        "query_new": {"query-exists"},
        "query_open": {"unknown-query", "query-answered"},
        "hold_new": {"hold-exists", "unknown-event", "hold-of-release", "hold-of-shutting"},
        "hold_own": {"unknown-hold", "hold-released", "hold-of-another"},
        "extension_possible": {"no-deadline", "deadline-extended", "extension-too-long"},
        "link_fits": {"unknown-link", "link-of-another-procedure"},
        "link_new": {"link-used", "limit-reached"},
        "pool_named": {"pool-required", "pool-of-another", "pool-not-registered"},
    }
    return {code for name in reading for code in by_guard[name]}


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.name)
@pytest.mark.parametrize("state", [*JOURNEYS, "proposed", "half approved"])
def test_the_outlook_is_what_the_engine_answers(case: Case, state: str, who: Principal) -> None:
    other = {"proposed": TO_PROPOSED, "half approved": [GRANT, VOTE_OF_MIIT]}
    carry(case, *(other.get(state) or JOURNEYS.get(state, [])))
    found = outlook(case, who)
    stopped = refused(found)
    allowed = {kind for kind, _ in found.allowed}
    assert allowed | stopped.keys() == case.engine.procedure.events.keys()
    assert not allowed & stopped.keys()
    for kind, authority in found.allowed:
        assert codes(case.ask(who, kind, authority)) <= told_by_data(case, kind), kind
    for kind, expected in stopped.items():
        assert expected
        bodies: list[str | None] = [None, *case.engine.procedure.events[kind].by]
        for authority in bodies:
            assert codes(case.ask(who, kind, authority)), f"{kind} for {authority} is possible"


def test_an_officer_of_two_authorities_is_told_each(case: Case) -> None:
    carry(case, GRANT)
    found = outlook(case, officer("miit", "mofcom"))
    assert {("approve", "miit"), ("approve", "mofcom")} <= set(found.allowed)
    assert ("propose_condition", "ndrc") not in found.allowed


def test_one_free_authority_is_enough(case: Case) -> None:
    carry(case, GRANT, VOTE_OF_MIIT)
    both = officer("miit", "mofcom")
    found = outlook(case, both)
    assert ("refuse", "mofcom") in found.allowed
    assert ("refuse", "miit") not in found.allowed
    assert "refuse" not in refused(found)


def test_what_stands_in_the_way_is_told_without_data(case: Case) -> None:
    carry(case, *JOURNEYS["ndrc_conditioned"])
    stopped = refused(outlook(case, officer("mofcom", name="mofcom-z")))
    assert stopped["propose_licence"] == {"order-not-declared", "conditions-not-accepted"}
    assert stopped["issue_licence"] == {"licence-not-proposed", "conditions-not-accepted"}
    assert stopped["approve"] == {"transition-not-allowed"}
    assert stopped["set_conditions"] == {"wrong-authority"}


def test_who_may_not_post_is_told_so_of_everything(case: Case) -> None:
    found = outlook(case, AUDITOR)
    assert found.allowed == ()
    assert all(one == {"role-may-not"} for one in refused(found).values())
    others = refused(outlook(case, ANOTHER_BUYER))
    assert all(one == {"not-your-application"} for one in others.values())


def test_a_reason_is_told_once_however_many_authorities_it_stops(case: Case) -> None:
    found = outlook(case, officer("miit", "mofcom"))
    named: dict[str, Any] = dict(found.refused)
    assert [one.code for one in named["approve"]] == ["transition-not-allowed"]
    assert REASONS["transition-not-allowed"].kind is Kind.CONFLICT


def test_the_outlook_does_not_fail_while_a_state_began_a_moment_ahead(case: Case) -> None:
    accepted(case.post(*GRANT, at="2026-02-02T04:00:59.000Z"))
    assert ("approve", "miit") in outlook(case, officer("miit")).allowed
