"""Fields that cannot be meant: a clear 4xx, never a 500, and no trace in the data."""

from typing import Any

import httpx
import orjson
import pytest

from api.examples import NOTICE, REPORT
from tests.e2e.http.journey import Application, creation, event, problem
from tests.e2e.http.throwing import throw
from workflow.domain.canonical import MAX_INTEGER

pytestmark = pytest.mark.usefixtures("target", "no_trace")


IDS: dict[str, Any] = {
    "empty": "",
    "braces": "a{b}",
    "a brace": "{",
    "a line feed": "a\nb",
    "a line feed at the end": "a\n",
    "a space": "a b",
    "a slash": "a/b",
    "a colon": "a:b",
    "65 characters": "a" * 65,
    "10,000 characters": "a" * 10_000,
    "not ASCII": "é",
    "full-width": "ａ",
    "a number": 7,
    "null": None,
    "a list": ["a"],
}


@pytest.mark.parametrize("identifier", IDS.values(), ids=IDS)
def test_an_id_is_plain_wherever_it_stands(
    client: httpx.Client, target: Application, identifier: Any
) -> None:
    claim = {"units": 1, "bound": "exactly", "buyers": [identifier]}
    title = {"en": "t", "zh": "t"}
    shipment = {"shipment": identifier, "units": 1}
    condition = {"condition": identifier, "kind": "other"}
    thrown: list[tuple[str, Any]] = [
        ("/v1/applications", creation(buyer=identifier)),
        ("/v1/applications", creation(procedure=identifier)),
        ("/v1/pools", {"id": identifier, "title": title}),
        ("/v1/pools", {"id": "p", "title": title, "claims": [claim]}),
        ("/v1/pools/p/claims", claim),
        (f"{target.path}/events", event("record_shipment", data=shipment)),
        (f"{target.path}/events", event("propose_condition", data=condition)),
        (f"{target.path}/events", event("issue_licence", data={"licence": identifier})),
    ]
    if identifier is not None:
        thrown += [
            ("/v1/applications", creation(pool=identifier)),
            ("/v1/pools/p/claims", claim | {"buyers": ["a"], "supersedes": identifier}),
            (f"{target.path}/events", event("note", data={"text": "x", "topic": identifier})),
        ]
    for path, body in thrown:
        answer = throw(client, path, orjson.dumps(body))
        problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("kind", ["", "no_such_event", "Note", "note ", "create", "__class__", 7])
def test_an_unknown_event_is_refused(client: httpx.Client, target: Application, kind: Any) -> None:
    answer = throw(client, f"{target.path}/events", orjson.dumps({"type": kind}))
    assert answer.status_code == 422
    assert answer.json()["code"] in ("unknown-event", "invalid-request")


@pytest.mark.parametrize("place", ["event", "data", "evidence"])
def test_an_unknown_field_is_refused(client: httpx.Client, target: Application, place: str) -> None:
    body = event("note")
    holder = {"event": body, "data": body["data"], "evidence": body["evidence"][0]}[place]
    holder["colour"] = "red"
    answer = throw(client, f"{target.path}/events", orjson.dumps(body))
    told = problem(answer, 422, "invalid-request")
    assert told["errors"][0]["pointer"].endswith("/colour")


@pytest.mark.parametrize("place", ["application", "goods"])
def test_an_unknown_field_of_an_application_is_refused(client: httpx.Client, place: str) -> None:
    body = creation()
    (body if place == "application" else body["goods"])["colour"] = "red"
    problem(throw(client, "/v1/applications", orjson.dumps(body)), 422, "invalid-request")


UNITS = {
    "none": None,
    "zero": 0,
    "negative": -1,
    "the most negative": -MAX_INTEGER,
    "text": "10",
    "true": True,
    "a list": [1],
}


@pytest.mark.parametrize("units", UNITS.values(), ids=UNITS)
def test_units_are_positive_integers(client: httpx.Client, target: Application, units: Any) -> None:
    shipment = {"shipment": "s9", "units": units}
    order = {"units": units, "agent": "a"}
    licence = {"units": units, "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    for kind, data in (
        ("record_shipment", shipment),
        ("declare_order", order),
        ("propose_licence", licence),
    ):
        answer = throw(client, f"{target.path}/events", orjson.dumps(event(kind, data=data)))
        told = problem(answer, 422, "invalid-request")
        assert told["errors"][0]["pointer"] == "/data/units"
    if units is not None:
        body = creation(goods={"item": "x", "units": units})
        problem(throw(client, "/v1/applications", orjson.dumps(body)), 422, "invalid-request")


TIMES = {
    "no zone": "2026-01-28T00:00:00",
    "a date": "2026-01-28",
    "a space": "2026-01-28 00:00:00Z",
    "a day too many": "2026-02-30T00:00:00Z",
    "a month too many": "2026-13-01T00:00:00Z",
    "an hour too many": "2026-01-28T25:00:00Z",
    "a leap second": "2026-06-30T23:59:60Z",
    "the year 0": "0000-01-01T00:00:00Z",
    "five digits": "12026-01-28T00:00:00Z",
    "before the calendar": "0001-01-01T00:00:00+23:59",
    "after the calendar": "9999-12-31T23:59:59-23:59",
    "a week date": "2026-W05-3T00:00:00Z",
    "a zone by name": "2026-01-28T00:00:00 CST",
    "a zone too far": "2026-01-28T00:00:00+99:00",
    "other digits": "２０２６-01-28T00:00:00Z",
    "words": "yesterday",
    "empty": "",
    "very long": "2026-01-28T00:00:00." + "0" * 10_000 + "Z",
    "a number": 1_769_529_600,
    "a list": [],
}


@pytest.mark.parametrize("time", TIMES.values(), ids=TIMES)
def test_a_time_has_its_zone_and_is_on_the_calendar(
    client: httpx.Client, target: Application, time: Any
) -> None:
    source = REPORT | {"published_at": time}
    for path, body in (
        (f"{target.path}/events", event("note", effective_at=time)),
        (f"{target.path}/events", event("note", evidence=[source])),
        ("/v1/applications", creation(effective_at=time)),
        ("/v1/applications", creation(evidence=[source])),
    ):
        problem(throw(client, path, orjson.dumps(body)), 422, "invalid-request")


@pytest.mark.parametrize("time", ["2099-01-01T00:00:00Z", "9998-12-31T23:59:59.999Z"])
def test_nothing_takes_effect_in_the_future(
    client: httpx.Client, target: Application, time: str
) -> None:
    for path, body in (
        (f"{target.path}/events", event("note", effective_at=time)),
        ("/v1/applications", creation(effective_at=time)),
    ):
        problem(throw(client, path, orjson.dumps(body)), 422, "effective-in-future")


@pytest.mark.parametrize("time", ["2001-01-01T00:00:00Z", "0002-01-01T00:00:00Z"])
def test_nothing_takes_effect_before_its_state_was_entered(
    client: httpx.Client, target: Application, time: str
) -> None:
    body = orjson.dumps(event("record_shipment", effective_at=time))
    answer = throw(client, f"{target.path}/events", body, who="customs")
    problem(answer, 409, "effective-before-state")


DAYS = ["2026-02-30", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "", 7, None, "２０２６-01-01"]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", ["valid_from", "valid_until"])
def test_a_day_is_on_the_calendar(
    client: httpx.Client, target: Application, name: str, day: Any
) -> None:
    data = {"units": 1, "valid_from": "2026-01-01", "valid_until": "2026-12-31"} | {name: day}
    body = orjson.dumps(event("propose_licence", data=data))
    problem(throw(client, f"{target.path}/events", body), 422, "invalid-request")


def test_a_licence_does_not_end_before_it_begins(client: httpx.Client, target: Application) -> None:
    data = {"units": 1, "valid_from": "2026-12-31", "valid_until": "2026-01-01"}
    body = orjson.dumps(event("propose_licence", data=data))
    problem(throw(client, f"{target.path}/events", body), 422, "invalid-request")


URLS = [
    "ftp://example.org/a",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "//example.org",
    "example.org",
    "http://",
    "https:///path",
    "http://[::1",
    "https://exa mple.org",
    "https://example.org/\n",
    "\thttps://example.org",
    "https://example.org/" + "a" * 2_000,
    "",
    7,
]


@pytest.mark.parametrize("address", URLS)
def test_a_source_is_on_the_web(client: httpx.Client, target: Application, address: Any) -> None:
    body = orjson.dumps(event("note", evidence=[NOTICE | {"url": address}]))
    told = problem(throw(client, f"{target.path}/events", body), 422, "invalid-request")
    assert told["errors"][0]["pointer"] == "/evidence/0/url"


@pytest.mark.parametrize(
    "changes",
    [
        {"grade": "gossip"},
        {"grade": None},
        {"title": ""},
        {"title": "  "},
        {"title": "x" * 201},
        {"publisher": 7},
        {"attribution": ""},
        {"sha256": "abc"},
        {"sha256": "A" * 64},
        {"sha256": "a" * 64 + "\n"},
    ],
)
def test_evidence_names_its_source(
    client: httpx.Client, target: Application, changes: dict[str, Any]
) -> None:
    body = orjson.dumps(event("note", evidence=[NOTICE | changes]))
    problem(throw(client, f"{target.path}/events", body), 422, "invalid-request")


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": "MIIT"},
        {"authority": "mi\nit"},
        {"authority": "miit\n"},
        {"authority": "a" * 65},
        {"authority": 7},
        {"authority": ""},
        {"reason": ""},
        {"reason": "x" * 4_001},
        {"reason": 7},
        {"evidence": {}},
        {"evidence": "none"},
        {"evidence": [NOTICE] * 21},
        {"evidence": [[]]},
        {"data": []},
        {"data": "text"},
        {"data": {"text": "x" * 4_001}},
        {"data": {"text": ""}},
        {"data": {"text": None}},
        {"data": {"text": ["x"]}},
    ],
)
def test_a_field_of_another_shape_is_refused(
    client: httpx.Client, target: Application, changes: dict[str, Any]
) -> None:
    body = orjson.dumps(event("note") | changes)
    problem(throw(client, f"{target.path}/events", body), 422, "invalid-request")


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "gift", "value": {}},
        {"kind": "domestic_share", "value": {"basis_points": 10_001}},
        {"kind": "domestic_share", "value": {"basis_points": -1}},
        {"kind": "domestic_share", "value": {"units": 1}},
        {"kind": "unit_cap", "value": {"units": 0}},
        {"kind": "reporting", "value": {"every_days": 0}},
        {"kind": "end_use", "value": {"excluded": "military"}},
        {"kind": "other", "value": {"any": 1}},
        {"kind": "other", "value": []},
        {"kind": "other", "value": {}, "precedent": "yes"},
        {"kind": "other", "value": {}, "text": {"zh": None}},
    ],
)
def test_a_condition_has_a_value_of_its_kind(
    client: httpx.Client, target: Application, data: dict[str, Any]
) -> None:
    body = orjson.dumps(event("propose_condition", data={"condition": "c7"} | data))
    problem(throw(client, f"{target.path}/events", body), 422, "invalid-request")
