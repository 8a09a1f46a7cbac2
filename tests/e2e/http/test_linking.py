"""An import whose gate hangs on an application to the US authorities."""

import time
from typing import Any

import httpx
import pytest

from tests.e2e.http.journey import Application, creation, event, new_key, problem
from tests.e2e.http.people import actor

WITHIN = 2.0  # seconds in which a gate follows
STRANGER, SIGNER, SECOND = (
    "nina;exporter-inc;buyer",
    "smith;bis;officer;bis",
    "jones;bis;officer;bis",
)
NOTICE = event("clear_export")["evidence"]
TO_APPROVED = ((SIGNER, "sign_off"), (SECOND, "countersign"), (SECOND, "approve"))


def post(client: httpx.Client, who: str, path: str, body: dict[str, Any]) -> httpx.Response:
    headers = actor(who) | {"Idempotency-Key": new_key()}
    return client.post(path, json=body, headers=headers)


def applied(client: httpx.Client) -> str:
    """An application to the US authorities by the buyer."""
    body = creation(procedure="us-export", pool=None, reference=None)
    answer = post(client, "buyer", "/v1/applications", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["application"]["id"])


def carry(client: httpx.Client, name: str, *steps: tuple[str, str]) -> None:
    for who, kind in steps:
        body = {"type": kind, "reason": "because", "evidence": NOTICE}
        answer = post(client, who, f"/v1/applications/{name}/events", body)
        assert answer.status_code == 201, answer.text


def link(client: httpx.Client, application: Application, other: str) -> httpx.Response:
    body = {"type": "link_export", "data": {"application": other}}
    return post(client, "buyer", f"/v1/applications/{application.id}/events", body)


def shown(client: httpx.Client, application: Application) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/applications/{application.id}").json()
    return found


def test_the_gate_follows_what_is_linked(client: httpx.Client, application: Application) -> None:
    other = applied(client)
    assert link(client, application, other).status_code == 201
    assert shown(client, application)["links"]["export"]["application"] == other
    carry(client, other, *TO_APPROVED)
    began = time.monotonic()
    while shown(client, application)["gates"] == {"export": "shut"}:
        assert time.monotonic() < began + WITHIN
        time.sleep(0.01)
    last = application.records()[-1]
    assert (last["type"], last["id"]) == ("clear_export", f"link:{other}:4")
    assert last["data"] == {"reference": f"{other}/trail/4"}


def test_only_what_fits_is_linked(client: httpx.Client, application: Application) -> None:
    problem(link(client, application, "nowhere"), 422, "unknown-link")
    problem(link(client, application, application.id), 422, "link-of-another-procedure")
    other = applied(client)
    assert link(client, application, other).status_code == 201
    problem(link(client, application, other), 409, "link-used")


def test_nobody_speaks_for_the_link(client: httpx.Client, application: Application) -> None:
    body = event("clear_export", authority="system:link")
    for who in ("bis", "recorder"):
        answer = post(client, who, f"/v1/applications/{application.id}/events", body)
        problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("who", ["buyer", "recorder"])
def test_the_buyer_applies(client: httpx.Client, who: str) -> None:
    body = creation(procedure="us-export", pool=None, reference=None)
    answer = post(client, who, "/v1/applications", body)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["record"]["authority"] == "buyer"
    application = found["application"]
    assert (application["state"], application["waiting_on"]) == ("received", ["bis"])
    assert application["deadline"]["due"] is not None
    assert (application["gates"], application["links"]) == ({}, {})


def test_who_is_no_party_and_no_authority_sees_nothing_of_it(client: httpx.Client) -> None:
    other = applied(client)
    for who, status in (("buyer", 200), (SIGNER, 200), (STRANGER, 404)):
        answer = client.get(f"/v1/applications/{other}", headers=actor(who))
        assert answer.status_code == status, who


def test_its_procedure_is_told_and_drawn(client: httpx.Client) -> None:
    told = client.get("/v1/procedures/us-export/1").json()
    assert told["time_zone"] == "America/New_York"
    assert all(text["en"] and text["zh"] for text in told["assumptions"])
    drawn = client.get("/v1/procedures/us-export/1/diagram", params={"lang": "zh"})
    assert "已会签" in drawn.text
