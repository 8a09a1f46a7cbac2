"""What is written down of those who are turned away: who, from where, and nothing of their own."""

import json
import logging
import re
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from api.auth import PLACE
from api.journal import Entry, Watch, What
from api.lines import formatter
from api.security_log import AT_ONCE, LINES, SecurityLog
from api.settings import Bounds
from tests.e2e.access.conftest import Clock
from tests.e2e.commands import Service, running
from tests.keyring import principal
from workflow.domain.principal import Principal, Role

ANN = Principal("ann", "press-desk", frozenset({Role.RECORDER}), credential="kabc")
SECRET = "s3cretS3CRET-_s3cretS3CRET-_s3cretS3CRET-_s"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def scope(
    path: str = "/v1/keys", shown: str | None = None, who: Principal | None = None, **more: Any
) -> dict[str, Any]:
    headers = [] if shown is None else [(b"authorization", shown.encode("latin-1"))]
    usual = {"path": path, "method": "POST", "client": ("192.0.2.1", 1), "headers": headers}
    return {**usual, **({} if who is None else {PLACE: who}), **more}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock, caplog: pytest.LogCaptureFixture) -> SecurityLog:
    caplog.set_level(logging.WARNING, "clearance.security")
    return SecurityLog(Bounds(attempts=3), clock)


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines, which are of one log; what does not say what happened is left out."""
    assert {record.name for record in caplog.records} <= {"clearance.security"}
    lines = [formatter(text=False).format(record) for record in caplog.records]
    assert all(line.isascii() and line.isprintable() for line in lines)
    found: list[dict[str, Any]] = list(map(json.loads, lines))
    for line in found:
        assert TIME.fullmatch(line.pop("timestamp"))
        assert (line.pop("level"), line.pop("logger")) == ("warning", "clearance.security")
    return found


def test_who_tried_a_wrong_key_is_written_down(
    log: SecurityLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.note(scope(shown=f"Bearer clr_operator_{SECRET}"), 401)
    assert told(caplog) == [
        {
            "event": "wrong-credential",
            "address": "192.0.2.1",
            "principal": None,
            "credential": "operator",
            "method": "POST",
            "path": "/v1/keys",
        }
    ]


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer",
        f"Bearer {SECRET}",
        f"Bearer clr_{SECRET}_x",
        f"Bearer clr_a\nb_{SECRET}",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        f"Basic {SECRET}",
    ],
)
def test_what_names_no_credential_names_none(
    log: SecurityLog, caplog: pytest.LogCaptureFixture, shown: str
) -> None:
    log.note(scope(shown=shown), 401)
    assert [line["credential"] for line in told(caplog)] == [None]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("status", "event"), [(403, "refused"), (429, "throttled")])
def test_who_may_not_is_written_down(
    log: SecurityLog, caplog: pytest.LogCaptureFixture, status: int, event: str
) -> None:
    log.note(scope(shown=f"Bearer clr_kabc_{SECRET}", who=ANN), status)
    (line,) = told(caplog)
    assert (line["event"], line["principal"], line["credential"]) == (
        event,
        "press-desk/ann",
        "kabc",
    )


def test_what_is_no_attempt_is_not(log: SecurityLog, caplog: pytest.LogCaptureFixture) -> None:
    for status in (200, 201, 404, 409, 422, 500, 503):
        log.note(scope(shown="Bearer x", who=ANN), status)
    log.note(scope(), 401)
    assert told(caplog) == []
    log.note(scope("/sign-in"), 401)
    assert [line["event"] for line in told(caplog)] == ["wrong-credential"]


@pytest.mark.parametrize(
    "path",
    [
        f"/sign-in/link/{SECRET}",
        f"/v1/keys/clr_kabc_{SECRET}:rotate",
        f"/v1/keys/{SECRET}",
        f"/{'a/' * 96}{SECRET}",
    ],
)
def test_no_path_tells_a_secret(
    log: SecurityLog, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    log.note(scope(path, who=ANN), 403)
    (line,) = told(caplog)
    assert "s3cret" not in caplog.text
    assert len(line["path"]) <= 200


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u202e", '"'])
def test_nobody_writes_a_line_of_their_own(
    log: SecurityLog, caplog: pytest.LogCaptureFixture, sign: str
) -> None:
    forged = f'/v1{sign}WARNING security {{"event": "refused", "principal": "miit/li"}}'
    client = (f"192.0.2.1{sign}", 1)
    log.note(scope(forged, "Bearer x", client=client, method=f"GET{sign}"), 401)
    (line,) = told(caplog)
    assert (line["path"], line["principal"]) == (forged, None)


def test_a_flood_does_not_fill_the_log(
    log: SecurityLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        log.note(scope(shown="Bearer x"), 401)
        log.note(scope(shown="Bearer x"), 429)
    assert [line["event"] for line in told(caplog)] == ["wrong-credential", "throttled"] * 3
    clock.now += 20
    log.note(scope(shown="Bearer x"), 401)
    assert told(caplog)[-1]["left_out_before"] == 194


def test_a_flood_from_everywhere_does_not_either(
    log: SecurityLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def flood() -> None:
        for number in range(2 * AT_ONCE):
            client = (f"10.0.{number // 256}.{number % 256}", 1)
            log.note(scope(shown="Bearer x", client=client), 401)

    flood()
    assert len(told(caplog)) == AT_ONCE
    clock.now += 10
    flood()
    assert len(told(caplog)) == AT_ONCE + 10 * LINES


async def test_an_answer_is_seen_on_its_way_out(
    log: SecurityLog, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    messages: list[Message] = [
        {"type": "http.response.start", "status": 403, "headers": []},
        {"type": "http.response.body", "body": b""},
    ]
    noted: list[Entry] = []
    app = FastAPI(telemetry={"tracing": False})
    app.state.journal = SimpleNamespace(note=noted.append)
    watched = Watch(app, log).over(scope(who=ANN), send)
    for message in messages:
        await watched(message)
    assert sent == messages
    assert [line["event"] for line in told(caplog)] == ["refused"]
    assert [(entry.what, entry.who, entry.status) for entry in noted] == [(What.REFUSED, ANN, 403)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLEARANCE_ATTEMPTS", "4")
        with running("serve", "--data", tmp_path_factory.mktemp("security")) as service:
            patch.undo()
            yield service


def raw(service: Service, request: bytes) -> bytes:
    """The answer to a request whose path no client would send."""
    with socket.create_connection(("127.0.0.1", int(service.port)), timeout=10) as connection:
        connection.sendall(request + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_the_service_writes_it_on_standard_error(service: Service) -> None:
    """On all three ways through the front door: the gate, the framework, the two short paths."""
    wrong = {"Authorization": f"Bearer clr_operator_{SECRET}"}
    codes = [httpx.get(f"{service.url}/v1/keys", headers=wrong).status_code for _ in range(20)]
    assert codes == [401] * 4 + [429] * 16
    keys = service.keyring
    with httpx.Client(base_url=service.url, auth=keys) as client:
        made = client.post("/v1/keys", json={}, headers=principal("au;audit;auditor"))
        assert made.status_code == 422
        made = client.post(
            "/v1/keys",
            json={"name": "x", "organisation": "x", "roles": ["auditor"]},
            headers=principal("au;audit;auditor"),
        )
        assert made.status_code == 403
        blind = {"name": "blind", "organisation": "x", "roles": ["auditor"], "scopes": ["post"]}
        key = client.post("/v1/keys", json=blind, headers=principal("op;ops;operator")).json()
        shown = {"Authorization": f"Bearer {key['key']}"}
        forged = b"GET /v1/applications/%0a2020-01-01T00:00:00+0000%20WARNING%20forged%1b[2J"
        line = forged + f" HTTP/1.1\r\nAuthorization: Bearer {key['key']}".encode()
        assert raw(service, line).startswith(b"HTTP/1.1 403 ")
        assert httpx.get(f"{service.url}/v1/buyers", headers=shown).status_code == 403
        query = {"what": "throttled"}
        told = client.get("/v1/journal", headers=principal("au;audit;auditor"), params=query)
        throttled = told.json()["items"]
    assert sum(one["count"] for one in throttled) == 16
    assert len(throttled) < 8
    assert {(one["code"], one["address"]) for one in throttled} == {
        ("too-many-attempts", "127.0.0.1")
    }
    _, errors = service.stop()
    assert SECRET not in errors
    assert "\x1b" not in errors
    found = []
    for text in errors.splitlines():
        found.append(json.loads(text))
        assert found[-1]["logger"] == "clearance.security"
        assert len(found[-1]["request_id"]) == 24
    assert [one["event"] for one in found] == (
        ["wrong-credential"] * 4 + ["throttled"] * 4 + ["refused"] * 3
    )
    assert {one["credential"] for one in found[:8]} == {"operator"}
    assert [(one["principal"], one["method"]) for one in found[8:]] == [
        ("audit/au", "POST"),
        ("x/blind", "GET"),
        ("x/blind", "GET"),
    ]
    assert found[9]["path"].startswith("/v1/applications/\n2020")
    assert found[9]["credential"] == key["id"]
