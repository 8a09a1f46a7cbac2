"""The ways beside the main line, over HTTP: each event is taken once, and the view tells of it."""

from typing import Any

import httpx
import pytest

from tests.e2e.http.journey import Application, event, problem
from tests.e2e.http.people import actor

Step = tuple[str, str, dict[str, Any]]

REISSUED = {"data": {"valid_from": "2020-01-01", "valid_until": "2099-12-31"}}
SIDE_WAYS: tuple[tuple[str | None, tuple[Step, ...]], ...] = (
    ("declare_order", (("buyer", "amend", {}), ("mofcom", "answer_amendment", {}))),
    (
        "grant_in_principle",
        (
            ("miit", "recuse", {}),
            ("miit", "extend_deadline", {}),
            ("ndrc", "request_information", {}),
            ("buyer", "provide_information", {}),
            ("ndrc", "hold", {}),
            ("ndrc", "release", {}),
            ("mofcom", "fix_allocation", {}),
        ),
    ),
    (
        None,
        (("mofcom", "refuse", {}), ("buyer", "appeal", {}), ("mofcom", "answer_appeal", {})),
    ),
    (
        "fix_condition",
        (("ndrc", "consent", {}), ("mofcom", "waive_condition", {"authority": "mofcom"})),
    ),
    ("accept_conditions", (("buyer", "claim_met", {}), ("ndrc", "meet_condition", {}))),
    (
        "record_shipment",
        (
            ("customs", "reverse_shipment", {}),
            ("mofcom", "suspend", {}),
            ("mofcom", "reinstate", {}),
            ("mofcom", "reissue_licence", REISSUED),
            ("buyer", "request_withdrawal", {}),
            ("mofcom", "answer_withdrawal", {}),
        ),
    ),
    ("issue_licence", (("mofcom", "revoke", {}),)),
)
"""After which step of the main line (None: at once), and who posts what then."""

TRIED = {kind for _, steps in SIDE_WAYS for _, kind, _ in steps}


@pytest.fixture
def pool(client: httpx.Client) -> None:
    """The pool that the example of `fix_allocation` names."""
    body = {"id": "joint-2026-01", "title": {"en": "Joint", "zh": "联合"}, "claims": []}
    client.post("/v1/pools", json=body, headers=actor("recorder"))


@pytest.mark.parametrize(("after", "steps"), SIDE_WAYS)
def test_every_event_beside_the_main_line_is_accepted(
    application: Application, pool: None, after: str | None, steps: tuple[Step, ...]
) -> None:
    if after is not None:
        application.live(after)
    for who, kind, changes in steps:
        found = application.accept(who, event(kind, **changes))
        assert found["record"]["type"] == kind
        assert found["application"] == application.now()


def test_a_hold_is_shown_while_it_stands(application: Application) -> None:
    held = application.accept("ndrc", event("hold", data={"hold": "h1", "blocks": ["withdraw"]}))
    (hold,) = held["application"]["holds"]
    assert (hold["id"], hold["authority"], hold["blocks"]) == ("h1", "ndrc", ["withdraw"])
    told = problem(application.post("buyer", "withdraw"), 409, "held")
    assert "“h1”" in told["detail"]
    assert application.accept("ndrc", "release")["application"]["holds"] == []


def test_a_query_is_shown_with_its_answer(application: Application) -> None:
    asked = application.accept("ndrc", "request_information")["application"]
    (query,) = asked["queries"]
    assert (query["id"], query["authority"], query["answered_at"]) == ("q1", "ndrc", None)
    assert "buyer" in asked["waiting_on"]
    answered = application.accept("buyer", "provide_information")["application"]
    assert answered["queries"][0]["answer"] == "Our own data centres."
    assert "buyer" not in answered["waiting_on"]


def test_conditions_are_shown_as_they_stand(application: Application) -> None:
    """Not yet defined, then known, then said to be none at all."""
    assert application.now()["conditions_stage"] == "not_defined"
    application.live("propose_condition")
    now = application.now()
    assert (now["conditions_stage"], now["conditions"][0]["complete"]) == ("open", False)
    now = application.accept("ndrc", "fix_condition")["application"]
    assert (now["conditions_stage"], now["conditions"][0]["complete"]) == ("defined", True)
    application.accept("ndrc", "waive_condition")
    said = application.accept("ndrc", event("set_conditions", data={"none": True}))
    assert said["application"]["conditions_stage"] == "none"


def test_every_version_of_the_licence_can_be_read(application: Application) -> None:
    application.live("record_shipment")
    now = application.accept("mofcom", event("reissue_licence", **REISSUED))["application"]
    (earlier,) = now["earlier_licences"]
    assert (earlier["version"], earlier["units"], earlier["carried"]) == (1, 50_000, 49_000)
    assert earlier["shipments"] == [{"id": "s1", "units": 1_000}]
    assert (now["licence"]["version"], now["licence"]["balance"]) == (2, 49_000)


def test_a_request_is_shown_until_it_is_answered(application: Application) -> None:
    application.live("issue_licence")
    now = application.accept("buyer", "request_withdrawal")["application"]
    assert now["requests"]["withdrawal"]["answer"] is None
    assert "mofcom" in now["waiting_on"]
    ended = application.accept("mofcom", "answer_withdrawal")["application"]
    assert (ended["state"], ended["licence"]["given_up"]) == ("withdrawn", 50_000)


def test_nobody_posts_for_the_clock(application: Application) -> None:
    application.live("issue_licence")
    impostors = ("mofcom", "recorder", "operator")
    for who in impostors:
        assert application.post(who, {"type": "expire"}).status_code == 403
    for role, bodies in (("officer", ["system:clock"]), ("system", [])):
        body = {"name": "x", "organisation": "ops", "roles": [role], "authorities": bodies}
        answer = application.client.post("/v1/keys", json=body, headers=actor("operator"))
        problem(answer, 422, "invalid-request")
