"""A refusal names its reasons, the state, and what is possible there instead."""

from typing import Any

import httpx
import pytest

from tests.e2e.http.journey import Application, event, problem

Event = dict[str, Any]

LICENCE = {"valid_from": "2020-01-01", "valid_until": "2099-12-31", "max_uses": None}


def refused(application: Application, who: str, what: str | Event, *codes: str) -> dict[str, Any]:
    """The 409 with these codes, the first deciding; it must leave the application alone."""
    before = application.get().content
    told = problem(application.post(who, what), 409, codes[0])
    assert tuple(failed["code"] for failed in told["failed_guards"]) == codes
    assert told["state"] == application.now()["state"]
    assert application.get().content == before
    return told


def test_a_refusal_tells_all_that_a_caller_needs(application: Application) -> None:
    told = refused(application, "miit", "approve", "transition-not-allowed")
    assert told["state"] == "submitted"
    assert "grant_in_principle" in told["allowed_events"]
    assert "approve" not in told["allowed_events"]
    (failed,) = told["failed_guards"]
    assert set(failed["detail"]) == {"en", "zh"}
    assert told["detail"] == failed["detail"]["en"]
    assert told["detail_zh"] == failed["detail"]["zh"]


def test_every_guard_that_failed_is_told(application: Application) -> None:
    application.live("set_conditions")
    bare = event("propose_licence", evidence=[], data=LICENCE | {"units": 60_000})
    refused(
        application, "mofcom", bare, "beyond-order", "conditions-not-accepted", "evidence-too-weak"
    )


@pytest.mark.parametrize("who", ["bis", "customs", "mofcom"])
def test_an_act_is_its_authoritys(application: Application, who: str) -> None:
    application.accept("ndrc", "grant_in_principle")
    told = problem(application.post(who, "approve"), 403, "wrong-authority")
    assert told["state"] == "in_principle"


def test_nobody_decides_on_their_own_organisation(application: Application) -> None:
    insider = f"mole;{application.buyer};officer;ndrc"
    problem(application.post(insider, "grant_in_principle"), 403, "own-organisation")


@pytest.mark.parametrize("who", ["auditor", "operator"])
def test_who_only_looks_or_runs_the_service_posts_nothing(
    application: Application, who: str
) -> None:
    problem(application.post(who, "note"), 403, "role-may-not")


@pytest.mark.parametrize("kind", ["refuse", "return"])
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_negative_decision_needs_a_reason(
    application: Application, kind: str, reason: str | None
) -> None:
    answer = application.post("mofcom", event(kind, reason=reason))
    problem(answer, 422, "reason-required" if reason is None else "invalid-request")


def test_only_whose_turn_it_is_may_refuse(application: Application) -> None:
    application.accept("ndrc", "grant_in_principle")
    refused(application, "ndrc", event("refuse", authority="ndrc"), "not-its-turn")


def test_an_order_stands_once_a_licence_is_proposed(application: Application) -> None:
    application.live("propose_licence")
    refused(application, "buyer", "declare_order", "licence-already-proposed")


def test_a_condition_is_proposed_once_and_fixed_by_its_owner(application: Application) -> None:
    application.live("propose_condition")
    refused(application, "ndrc", "propose_condition", "condition-exists")
    unknown = event("fix_condition", data={"condition": "c9"})
    refused(application, "ndrc", unknown, "unknown-condition")
    foreign = event("fix_condition", authority="miit")
    refused(application, "miit", foreign, "condition-of-another")
    incomplete = event("fix_condition", data={"condition": "c1"})
    refused(application, "ndrc", incomplete, "condition-incomplete")
    refused(application, "ndrc", "set_conditions", "conditions-not-fixed")
    none = event("set_conditions", data={"none": True})
    refused(application, "ndrc", none, "conditions-exist")
    wrong = event("fix_condition", data={"condition": "c1", "value": {"every_days": 30}})
    problem(application.post("ndrc", wrong), 422, "condition-value-invalid")
    application.accept("ndrc", "fix_condition")


def test_no_conditions_must_be_said(application: Application) -> None:
    application.live("approve")
    refused(application, "ndrc", "set_conditions", "conditions-missing")
    none = event("set_conditions", data={"none": True})
    assert application.accept("ndrc", none)["application"]["conditions_none"] is True
    refused(application, "buyer", "accept_conditions", "nothing-to-accept")


def test_a_licence_needs_order_and_acceptance(application: Application) -> None:
    for who, what in (
        ("ndrc", event("grant_in_principle")),
        ("miit", event("approve")),
        ("mofcom", event("approve", authority="mofcom")),
        ("ndrc", event("set_conditions", data={"none": True})),
    ):
        application.accept(who, what)
    refused(application, "mofcom-2", "issue_licence", "licence-not-proposed")
    refused(application, "mofcom", "propose_licence", "order-not-declared")
    application.accept("buyer", "declare_order")
    assert application.post("mofcom", "propose_licence").status_code == 201


def test_a_cap_binds_the_licence(application: Application) -> None:
    application.live("approve")
    cap = {"condition": "cap", "kind": "unit_cap", "value": {"units": 10}}
    application.accept("ndrc", event("propose_condition", data=cap))
    application.accept("ndrc", event("fix_condition", data={"condition": "cap"}))
    application.accept("ndrc", "set_conditions")
    application.accept("buyer", "accept_conditions")
    beyond = event("propose_licence", data=LICENCE | {"units": 11})
    refused(application, "mofcom", beyond, "beyond-cap")
    application.accept("mofcom", event("propose_licence", data=LICENCE | {"units": 10}))


def test_a_precedent_is_met_before_the_licence(application: Application) -> None:
    application.live("approve")
    term = {"condition": "p", "kind": "other", "value": {}, "precedent": True}
    application.accept("ndrc", event("propose_condition", data=term))
    application.accept("ndrc", event("fix_condition", data={"condition": "p"}))
    application.accept("ndrc", "set_conditions")
    application.accept("buyer", "accept_conditions")
    application.accept("mofcom", "propose_licence")
    refused(application, "mofcom-2", "issue_licence", "precedent-not-met")


def test_four_eyes_issue_a_licence(application: Application) -> None:
    application.live("propose_licence")
    refused(application, "mofcom", "issue_licence", "four-eyes")
    application.accept("mofcom-2", "issue_licence")


def test_two_persons_approve(application: Application) -> None:
    application.accept("ndrc", "grant_in_principle")
    application.accept("both", "approve")
    refused(application, "both", event("approve", authority="mofcom"), "four-eyes")
    application.accept("mofcom", event("approve", authority="mofcom"))


def test_shipments_keep_within_the_licence(application: Application) -> None:
    application.live("issue_licence")
    refused(application, "customs", "record_shipment", "gate-shut")
    application.accept("bis", "clear_export")
    application.accept("customs", "record_shipment")
    refused(application, "customs", "record_shipment", "shipment-exists")
    many = event("record_shipment", data={"shipment": "s2", "units": 49_001})
    refused(application, "customs", many, "beyond-balance")
    application.accept("bis", "withhold_export")
    other = event("record_shipment", data={"shipment": "s3", "units": 1})
    refused(application, "customs", other, "gate-shut")


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"valid_from": "2099-01-01"}, "outside-validity"),
        ({"valid_until": "2020-12-31"}, "outside-validity"),
        ({"max_uses": 1}, "uses-exhausted"),
    ],
)
def test_a_licence_has_its_time_and_its_uses(
    application: Application, terms: Event, code: str
) -> None:
    application.live("accept_conditions")
    data = LICENCE | {"units": 50_000} | terms
    application.accept("mofcom", event("propose_licence", data=data))
    application.accept("mofcom-2", "issue_licence")
    application.accept("bis", "clear_export")
    if code == "uses-exhausted":
        application.accept("customs", "record_shipment")
    another = event("record_shipment", data={"shipment": "s2", "units": 1})
    refused(application, "customs", another, code)


def test_an_act_takes_effect_in_its_state_and_not_ahead(
    client: httpx.Client, application: Application
) -> None:
    late = event("note", effective_at="2099-01-01T00:00:00Z")
    problem(application.post("buyer", late), 422, "effective-in-future")
    early = event("grant_in_principle", effective_at="2001-01-01T00:00:00Z")
    refused(application, "ndrc", early, "effective-before-state")
    before = event("note", effective_at="2001-01-01T00:00:00Z")
    refused(application, "buyer", before, "effective-before-state")


def test_an_act_may_be_posted_after_it_took_effect(application: Application) -> None:
    entered = application.now()["entered_at"]
    record = application.accept("ndrc", event("grant_in_principle", effective_at=entered))["record"]
    assert record["effective_at"] == entered
    assert record["recorded_at"] >= entered
