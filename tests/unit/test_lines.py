"""Lines on standard error: what is in them, for a program and for people."""

import json
import logging
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api import request_id, request_lines
from api.lines import REQUESTS, TOLD, formatter
from api.problems import Problems

SECRET = "hunter2-and-more"
SIGNS = ["\n", "\r\n", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u202e"]


def record(message: str, *arguments: Any, told: dict[str, Any] | None = None) -> logging.LogRecord:
    made = logging.LogRecord("a.b", logging.ERROR, __file__, 1, message, arguments, None)
    if told is not None:
        setattr(made, TOLD, told)
    return made


def in_json(made: logging.LogRecord) -> dict[str, Any]:
    line = formatter(text=False).format(made)
    assert line.isascii()
    assert line.isprintable()
    found: dict[str, Any] = json.loads(line)
    assert found.pop("timestamp").endswith("Z")
    return found


def test_a_line_is_an_object_with_what_is_told() -> None:
    usual = {"event": "7 of 名", "level": "error", "logger": "a.b"}
    assert in_json(record("%d of %s", 7, "名")) == usual
    assert in_json(record("%d of %s", 7, "名", told={"units": 3})) == usual | {"units": 3}


async def test_it_has_the_name_of_its_request_and_of_no_other() -> None:
    assert "request_id" not in in_json(record("x"))
    request_id.begin([(b"x-request-id", b"r1")])
    assert in_json(record("x"))["request_id"] == "r1"
    request_id.begin([])
    assert in_json(record("x"))["request_id"] not in ("r1", "")


@pytest.mark.parametrize("text", [True, False])
def test_a_traceback_shows_no_values(text: bool) -> None:
    made, kept = record("it failed"), SECRET
    try:
        assert int(kept.partition("-")[0])
    except ValueError as fault:
        made.exc_info = (type(fault), ValueError("no number"), fault.__traceback__)
    line = formatter(text=text).format(made)
    assert "ValueError: no number" in line
    assert "test_lines.py" in line
    assert SECRET not in line
    assert text == ("\n" in line)


@pytest.mark.parametrize("sign", SIGNS)
def test_nothing_that_was_sent_moves_the_cursor(sign: str) -> None:
    forged = f"a{sign}2020-01-01 error: forged"
    line = formatter(text=True, colours=False).format(record(forged, told={"path": forged}))
    assert line.isprintable()
    assert line.count("forged") == 2
    assert in_json(record(forged, told={"path": forged}))["path"] == forged


async def test_a_fault_tells_its_caller_what_to_name() -> None:
    problems = Problems("http://localhost")
    assert "request_id" not in problems.of_fault("internal-error")
    request_id.begin([(b"x-request-id", b"r2")])
    assert problems.of_fault("internal-error")["request_id"] == "r2"
    assert problems.of_fault("unavailable")["request_id"] == "r2"
    assert "request_id" not in problems.of_fault("not-found")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([(b"x-request-id", b"A-1_b.C")], "A-1_b.C"),
        ([(b"x-request-id", b"x" * 39)], "x" * 39),
        ([(b"traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")], "a" * 32),
        ([(b"traceparent", b"cc-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01-more")], "a" * 32),
    ],
)
async def test_what_it_is_called_is_kept(sent: list[tuple[bytes, bytes]], told: str) -> None:
    assert request_id.begin(sent) == (b"x-request-id", told.encode())
    assert request_id.current.get() == told


@pytest.mark.parametrize(
    "sent",
    [
        (b"x-request-id", b""),
        (b"x-request-id", b"x" * 40),
        (b"x-request-id", b"a b"),
        (b"x-request-id", b"a\x1b[2J"),
        (b"x-request-id", "名".encode()),
        (b"traceparent", b"00-" + b"0" * 32 + b"-" + b"b" * 16 + b"-01"),
        (b"traceparent", b"00-" + b"A" * 32 + b"-" + b"b" * 16 + b"-01"),
    ],
)
async def test_what_is_no_name_is_not(sent: tuple[bytes, bytes]) -> None:
    names = {request_id.begin([sent])[1] for _ in range(2)}
    assert len(names) == 2
    assert all(len(name) == 24 for name in names)


@pytest.mark.parametrize("whole", [True, False])
async def test_an_answer_that_is_not_taken_to_its_end_leaves_a_line(
    caplog: pytest.LogCaptureFixture, whole: bool
) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"some", "more_body": True})
        if not whole:
            raise OSError("it has gone")
        await send({"type": "http.response.body", "body": b"more"})

    async def taken(_message: Message) -> None:
        pass

    async def nothing() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/v1/trail", "client": ("::1", 7)}
    with caplog.at_level(logging.INFO, REQUESTS), suppress(OSError):
        await request_lines.over(app, scope, nothing, taken)
    (line,) = caplog.records
    assert line.message == ("answered" if whole else "cut short")
    assert (getattr(line, TOLD)["status"], getattr(line, TOLD)["ms"] >= 0) == (200, True)
