"""Standing: what the evidence is worth, who confirms, and what is only reported."""

from typing import Any

import httpx
import pytest

from api.examples import NOTICE, REPORT, STATEMENT
from tests.e2e.http.journey import Application, event, opened, problem

RUMOUR = REPORT | {"grade": "anonymous_source"}


def said(kind: str, *evidence: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return event(kind, evidence=list(evidence), **changes)


def test_evidence_below_what_an_event_takes_is_refused(application: Application) -> None:
    told = problem(application.post("ndrc", said("grant_in_principle")), 409, "evidence-too-weak")
    assert "anonymous_source" in told["detail"]


@pytest.mark.parametrize(
    ("evidence", "standing"),
    [
        ([RUMOUR], "reported"),
        ([REPORT], "reported"),
        ([STATEMENT], "reported"),
        ([NOTICE], "confirmed"),
        ([RUMOUR, NOTICE], "confirmed"),
    ],
)
def test_an_officers_act_is_confirmed_by_its_threshold(
    application: Application, evidence: list[dict[str, Any]], standing: str
) -> None:
    made = application.accept("ndrc", said("grant_in_principle", *evidence))
    assert made["record"]["standing"] == standing
    assert made["application"]["standing"] == standing
    assert made["application"]["unconfirmed"] == ([] if standing == "confirmed" else [2])


def test_some_acts_take_no_rumour(application: Application) -> None:
    problem(application.post("bis", said("clear_export", RUMOUR)), 409, "evidence-too-weak")
    application.accept("bis", said("clear_export", REPORT))


@pytest.mark.parametrize("evidence", [[], [REPORT]])
def test_a_buyers_act_without_a_statement_is_only_reported(
    application: Application, evidence: list[dict[str, Any]]
) -> None:
    application.accept("ndrc", "grant_in_principle")
    made = application.accept("buyer", said("declare_order", *evidence))
    assert made["record"]["standing"] == "reported"


def test_a_buyers_notice_weighs_as_its_statement(application: Application) -> None:
    application.accept("ndrc", "grant_in_principle")
    made = application.accept("buyer", said("declare_order", NOTICE))
    assert made["record"]["standing"] == "confirmed"
    application.accept("recorder", "approve")
    foreign = event("confirm", authority="buyer", data={"seq": 4})
    problem(application.post("buyer", foreign), 403, "wrong-authority")


def test_a_recorder_never_confirms(application: Application) -> None:
    made = application.accept("recorder", said("grant_in_principle", NOTICE))
    assert made["record"]["standing"] == "reported"
    assert made["application"]["confirmed_state"] == "submitted"
    answer = application.post("recorder", event("confirm", data={"seq": 2}))
    problem(answer, 403, "recorder-never-confirms")


def test_a_report_may_name_no_authority(application: Application) -> None:
    made = application.accept("recorder", event("grant_in_principle", authority=None))
    assert made["record"]["authority"] is None
    told = problem(
        application.post("recorder", event("approve", authority=None)), 422, "authority-required"
    )
    assert "miit" in told["detail"]


def test_a_recorder_of_a_buyers_act_names_the_buyer(application: Application) -> None:
    application.accept("recorder", "grant_in_principle")
    made = application.accept("recorder", event("declare_order", authority="buyer"))
    assert (made["record"]["authority"], made["record"]["role"]) == ("buyer", "recorder")


def test_a_note_has_no_standing_and_moves_nothing(application: Application) -> None:
    made = application.accept("recorder", "note")
    assert made["record"]["standing"] is None
    assert made["application"]["standing"] == "confirmed"
    assert made["application"]["notes"][-1]["text"] == "The ministry did not comment."


def reported(client: httpx.Client) -> Application:
    """Reported to be approved by both ministries."""
    application = opened(client)
    application.accept("recorder", "grant_in_principle")
    application.accept("recorder", "approve")
    application.accept("recorder", event("approve", authority="mofcom"))
    return application


def test_officers_turn_reports_into_facts_one_by_one(client: httpx.Client) -> None:
    application = reported(client)
    steps = [
        ("ndrc", 2, "in_principle"),
        ("miit", 3, "in_principle"),
        ("mofcom", 4, "ministry_approved"),
    ]
    assert application.now()["confirmed_state"] == "submitted"
    for who, seq, confirmed in steps:
        made = application.accept(who, event("confirm", authority=who, data={"seq": seq}))
        assert made["application"]["confirmed_state"] == confirmed
        assert made["application"]["state"] == "ministry_approved"
    assert application.now()["standing"] == "confirmed"
    assert application.now()["unconfirmed"] == []


def test_the_confirmed_state_waits_for_the_longest_prefix(client: httpx.Client) -> None:
    application = reported(client)
    for who, seq in (("mofcom", 4), ("miit", 3)):
        application.accept(who, event("confirm", authority=who, data={"seq": seq}))
        assert application.now()["confirmed_state"] == "submitted"
    application.accept("ndrc", event("confirm", authority="ndrc", data={"seq": 2}))
    assert application.now()["confirmed_state"] == "ministry_approved"


def test_approvals_tell_their_standing(client: httpx.Client) -> None:
    application = reported(client)
    application.accept("miit", event("confirm", data={"seq": 3}))
    approvals = application.now()["approvals"]
    assert approvals["miit"]["standing"] == "confirmed"
    assert approvals["mofcom"]["standing"] == "reported"


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        ("mofcom", {"authority": "mofcom", "data": {"seq": 3}}, 403, "wrong-authority"),
        ("miit", {"data": {"seq": 3}, "evidence": [REPORT]}, 409, "evidence-too-weak"),
        ("miit", {"data": {"seq": 1}}, 409, "nothing-to-confirm"),
        ("miit", {"data": {"seq": 99}}, 409, "nothing-to-confirm"),
        ("miit", {"data": {"seq": 0}}, 422, "invalid-request"),
        ("miit", {"data": {}}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_confirmed(
    client: httpx.Client, who: str, changes: dict[str, Any], status: int, code: str
) -> None:
    problem(reported(client).post(who, event("confirm", **changes)), status, code)


def test_a_record_is_confirmed_once(client: httpx.Client) -> None:
    application = reported(client)
    application.accept("miit", event("confirm", data={"seq": 3}))
    answer = application.post("miit", event("confirm", data={"seq": 3}))
    problem(answer, 409, "nothing-to-confirm")


def test_four_eyes_hold_for_confirming_too(client: httpx.Client) -> None:
    application = reported(client)
    application.accept("both", event("confirm", authority="miit", data={"seq": 3}))
    second = event("confirm", authority="mofcom", data={"seq": 4})
    problem(application.post("both", second), 409, "four-eyes")
    application.accept("mofcom", second)


def test_no_licence_on_reports_alone(client: httpx.Client) -> None:
    application = opened(client)
    application.accept("ndrc", said("grant_in_principle", REPORT))
    application.live_on("propose_licence")
    answer = application.post("mofcom-2", "issue_licence")
    told = problem(answer, 409, "not-confirmed")
    assert "2" in told["detail"]
    application.accept("ndrc", event("confirm", authority="ndrc", data={"seq": 2}))
    application.accept("mofcom-2", "issue_licence")
