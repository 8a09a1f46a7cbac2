"""From submission to shipment, and every other event of the procedure, by its example."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.examples import EVENTS
from tests.e2e.http.journey import LIFE, Application, event, opened, register
from tests.e2e.http.people import BUYER, actor
from tests.e2e.http.test_past import REREAD
from tests.e2e.http.test_side_ways import TRIED
from workflow.domain.principal import CLOCK


def test_one_buyer_is_taken_from_submission_to_shipment(application: Application) -> None:
    states = [
        application.accept(who, event(kind, **changes))["application"]["state"]
        for who, kind, changes in LIFE
    ]
    assert states == [
        "in_principle",
        "in_principle",
        "in_principle",
        "ministry_approved",
        "ministry_approved",
        "ministry_approved",
        "ndrc_conditioned",
        "ndrc_conditioned",
        "ndrc_conditioned",
        "licensed",
        "licensed",
        "licensed",
        "shipped",
    ]
    end = application.now()
    assert end["standing"] == "confirmed"
    assert end["confirmed_state"] == "shipped"
    assert end["unconfirmed"] == end["waiting_on"] == []
    assert end["version"] == len(LIFE) + 1
    assert end["order"] == {"units": 50000, "agent": "Example Trading"}
    assert end["licence"]["number"] == "MOFCOM-2026-0001"
    assert (end["licence"]["units"], end["licence"]["shipped"]) == (50000, 1000)
    assert end["licence"]["balance"] == 0
    assert end["licence"]["shipments"] == [{"id": "s1", "units": 1000}]
    assert end["gates"] == {"export": "open"}
    (condition,) = end["conditions"]
    assert (condition["id"], condition["status"]) == ("c1", "accepted")
    assert condition["value"] == {"basis_points": 3000, "counted_by": "units"}
    assert set(end["approvals"]) == {"miit", "mofcom"}


def test_the_turns_are_told_on_the_way(application: Application) -> None:
    waited = [
        application.accept(who, event(kind, **changes))["application"]["waiting_on"]
        for who, kind, changes in LIFE
    ]
    assert waited == [
        ["miit", "mofcom"],
        ["miit", "mofcom"],
        ["mofcom"],
        ["ndrc"],
        ["ndrc"],
        ["ndrc"],
        ["buyer", "mofcom"],
        ["mofcom"],
        ["mofcom"],
        ["bis", "customs"],
        ["customs"],
        ["customs"],
        [],
    ]


def test_the_last_units_end_the_shipping(application: Application) -> None:
    application.live("clear_export")
    most = event("record_shipment", data={"shipment": "s1", "units": 49_999})
    assert application.accept("customs", most)["application"]["state"] == "licensed"
    last = event("record_shipment", data={"shipment": "s2", "units": 1})
    assert application.accept("customs", last)["application"]["state"] == "shipped"


def test_the_order_of_the_ministries_does_not_matter(application: Application) -> None:
    application.accept("ndrc", "grant_in_principle")
    first = application.accept("mofcom", event("approve", authority="mofcom"))
    assert first["application"]["waiting_on"] == ["miit"]
    second = application.accept("miit", "approve")
    assert second["application"]["state"] == "ministry_approved"


def _confirm(application: Application) -> dict[str, Any]:
    application.accept("recorder", "grant_in_principle")
    application.accept("recorder", "approve")
    return application.accept("miit", "confirm")


def _link(application: Application) -> dict[str, Any]:
    """Link what the same buyer has applied for in the United States."""
    other = opened(application.client, procedure="us-export").id
    return application.accept("bis", event("link_export", data={"application": other}))


ELSEWHERE: dict[str, Callable[[Application], dict[str, Any]]] = {
    "refuse": lambda one: one.accept("mofcom", "refuse"),
    "return": lambda one: one.accept("mofcom", "return"),
    "withdraw": lambda one: one.accept("buyer", "withdraw"),
    "withhold_export": lambda one: one.accept("bis", "withhold_export"),
    "claim_allocation": lambda one: one.accept("buyer", "claim_allocation"),
    "link_export": _link,
    "note": lambda one: one.accept("recorder", "note"),
    "confirm": _confirm,
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_every_event_beside_the_main_line_is_accepted(
    application: Application, pool: None, kind: str
) -> None:
    assert ELSEWHERE[kind](application)["record"]["type"] == kind


@pytest.fixture
def pool(client: httpx.Client) -> None:
    """The pool that the example of `claim_allocation` names."""
    register(client, BUYER)
    claim = {"units": None, "bound": "at_least", "buyers": [BUYER], "evidence": []}
    body = {"id": "joint-2026-01", "title": {"en": "Joint", "zh": "联合"}, "claims": [claim]}
    client.post("/v1/pools", json=body, headers=actor("recorder"))


def test_these_are_all_the_events_there_are(client: httpx.Client) -> None:
    procedure = client.get("/v1/procedures/h200-import/1").json()
    tried = {kind for _, kind, _ in LIFE} | set(ELSEWHERE) | TRIED | REREAD
    of_the_service = {kind for kind, one in procedure["events"].items() if one["by"] == [CLOCK]}
    assert tried == set(procedure["events"]) - of_the_service == set(EVENTS)
    assert of_the_service == {"expire"}


@pytest.mark.parametrize(
    ("who", "kind", "state"),
    [("mofcom", "refuse", "refused"), ("ndrc", "return", "returned")],
)
def test_where_an_application_may_end_early(
    application: Application, who: str, kind: str, state: str
) -> None:
    ended = application.accept(who, event(kind, authority=who))["application"]
    assert (ended["state"], ended["waiting_on"]) == (state, [])


def test_after_its_end_only_what_moves_nothing_is_taken(client: httpx.Client) -> None:
    application = opened(client)
    application.accept("buyer", "withdraw")
    answer = application.post("ndrc", "grant_in_principle")
    assert answer.status_code == 409
    assert set(answer.json()["allowed_events"]) == {"note", "confirm", *REREAD}
    assert application.accept("recorder", "note")["application"]["state"] == "withdrawn"
