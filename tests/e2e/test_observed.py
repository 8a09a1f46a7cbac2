"""A whole run of the service, traced, every request with its line; ended while events wait.

The database stands still twice: so that events of several requests are committed together, and so
that the service is told to end while it has taken in what it cannot commit yet.
"""

import json
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.e2e.collector import Collector, attributes, collecting
from tests.e2e.commands import PATIENCE, Service, running, servers_of
from tests.e2e.http.journey import Application, event, opened
from tests.keyring import NOBODY

TOGETHER = 4
SECRET = secrets.token_urlsafe(32)
SIGNING = "whsec_RHku4r/Vd5oXw+19vT/mQe7cFzLs0bY8nKpJ6hGt2A="
SEARCHED = "Example-Compute"
POSTED = "POST /v1/applications/{id}/events"
CHOSEN = "import-7.2026_A"


@dataclass
class Past:
    """What is left of a run that is over."""

    collector: Collector
    code: int = -1
    lines: list[dict[str, Any]] = field(default_factory=list)
    printed: str = ""
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    posted: list[httpx.Response] = field(default_factory=list)
    last: list[httpx.Response] = field(default_factory=list)
    again: list[int] = field(default_factory=list)

    def line(self, name: str) -> dict[str, Any]:
        """The line of the request with this id."""
        (found,) = [
            one
            for one in self.lines
            if one["logger"] == "clearance.requests" and one["request_id"] == name
        ]
        return found


@contextmanager
def standing_still(folder: Path) -> Iterator[None]:
    """The database takes everything in, and answers nothing."""
    (server,) = servers_of(folder)
    os.kill(server, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server, signal.SIGCONT)


def traceparent(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def post(applications: Sequence[Application], first: int) -> list[Any]:
    """Post a note on each at once, all in traces of their own; the answers to come."""
    pool = ThreadPoolExecutor(TOGETHER)
    headers = [{"traceparent": traceparent(first + place)} for place in range(TOGETHER)]
    return [
        pool.submit(one.post, "recorder", event("note"), None, **more)  # type: ignore[arg-type]
        for one, more in zip(applications, headers, strict=True)
    ]


def until(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def taken_in(service: Service) -> bool:
    """Whether all that was posted has been read from the sockets (Linux, proc(5))."""
    port = f":{int(service.port):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    own = [row for row in rows if row[1].endswith(port) and row[3] == "01"]
    return len(own) >= TOGETHER and all(row[4] == "00000000:00000000" for row in own)


def closed(service: Service) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(service.port))) != 0


def ask(service: Service, client: httpx.Client, past: Past) -> None:
    """What strangers and others ask."""
    asked = {
        "chosen": ("/v1/buyers", {"X-Request-Id": CHOSEN}),
        "too long": ("/v1/buyers", {"X-Request-Id": "a" * 40}),
        "two words": ("/v1/buyers", {"X-Request-Id": "a b"}),
        "traced": ("/v1/buyers", {"traceparent": traceparent(0xABC)}),
        "not traced": ("/v1/buyers", {"traceparent": traceparent(0)}),
        "unsampled": ("/v1/buyers", {"traceparent": traceparent(0xDEF)[:-1] + "0"}),
        "nobody": ("/v1/buyers", {"Authorization": f"Bearer {SECRET}"}),
        "path": (f"/v1/keys/clr_k_{SECRET}/x?q=clr_k_{SECRET}", {}),
        "search": (f"/v1/applications?q={SEARCHED}", {}),
        "webhook": (f"/v1/webhooks/{SIGNING}", {}),
        "foreign": ("/v1/buyers", {"Host": "elsewhere.example"}),
    }
    for name, (path, headers) in asked.items():
        auth = NOBODY if name == "nobody" else service.keyring
        past.answers[name] = client.get(path, headers=headers, auth=auth)
    past.answers["link"] = client.get(f"/sign-in/link/{SECRET}", auth=NOBODY)


def follow(client: httpx.Client, application: Application, past: Past) -> None:
    """Follow all applications until something happens in one, and go."""
    with client.stream("GET", "/v1/stream") as answer:
        lines = answer.iter_lines()
        next(lines)
        application.post("recorder", event("note"))
        assert "event: record" in lines
    past.answers["stream"] = answer


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    folder = tmp_path_factory.mktemp("observed")
    with collecting() as collector:
        past = Past(collector)
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
            "CLEARANCE_REQUEST_LINES": "yes",
        }
        with (
            running("serve", "--data", folder, **environment) as service,
            httpx.Client(base_url=service.url, auth=service.keyring, timeout=PATIENCE) as client,
        ):
            applications = [opened(client) for _ in range(TOGETHER)]
            with standing_still(folder):
                under_way = post(applications, 0x100)
                until(lambda: taken_in(service))
            past.posted = [one.result() for one in under_way]
            ask(service, client, past)
            follow(client, applications[0], past)
            with standing_still(folder):
                under_way = post(applications, 0x200)
                until(lambda: taken_in(service))
                service.process.send_signal(signal.SIGTERM)
                until(lambda: closed(service))
            past.last = [one.result() for one in under_way]
            _, past.printed = service.process.communicate(timeout=PATIENCE)
            past.code = service.process.wait()
        past.lines = [json.loads(line) for line in past.printed.splitlines()]
    with (
        running("serve", "--data", folder) as service,
        httpx.Client(base_url=service.url, auth=service.keyring) as client,
    ):
        for answer in past.last:
            past.again.append(client.get(answer.headers["Location"]).status_code)
    return past


def test_what_it_took_in_is_answered_and_kept_though_it_was_told_to_end(past: Past) -> None:
    assert [answer.status_code for answer in past.last] == [201] * TOGETHER
    assert all(answer.json()["record"]["type"] == "note" for answer in past.last)
    assert past.code == 0
    assert past.again == [200] * TOGETHER


def test_every_line_is_an_object_of_a_request(past: Past) -> None:
    assert {one["logger"] for one in past.lines} == {"clearance.requests", "clearance.security"}
    for one in past.lines:
        assert {"event", "level", "timestamp", "request_id"} <= one.keys()


def test_a_request_is_called_what_its_caller_calls_it(past: Past) -> None:
    assert past.answers["chosen"].headers["X-Request-Id"] == CHOSEN
    line = past.line(CHOSEN)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/v1/buyers", 200)
    assert line["principal"] == "local/local"
    assert past.answers["traced"].headers["X-Request-Id"] == f"{0xABC:032x}"


def test_a_stream_that_was_left_says_how_much_it_told(past: Past) -> None:
    line = past.line(past.answers["stream"].headers["X-Request-Id"])
    assert (line["event"], line["path"], line["status"]) == ("answered", "/v1/stream", 200)
    assert (line["events"], line["ms"] > 0) == (1, True)


@pytest.mark.parametrize("name", ["too long", "two words", "not traced", "path", "foreign"])
def test_else_it_gets_a_name_of_its_own(past: Past, name: str) -> None:
    given = past.answers[name].headers["X-Request-Id"]
    assert len(given) == 24
    assert int(given, 16)
    assert past.line(given)["status"] == past.answers[name].status_code


def test_all_lines_of_a_request_have_its_name_and_its_trace(past: Past) -> None:
    name = past.answers["nobody"].headers["X-Request-Id"]
    told = [one for one in past.lines if one["request_id"] == name]
    assert [one["event"] for one in told] == ["wrong-credential", "answered"]
    (span,) = [span for span in past.collector.spans if span.trace_id.hex() == told[0]["trace_id"]]
    assert {one["span_id"] for one in told} == {span.span_id.hex()}
    assert attributes(span.attributes)["http.response.status_code"] == 401


def test_no_secret_is_in_a_line_or_leaves_with_a_span(past: Past) -> None:
    assert past.answers["path"].status_code == 404
    assert past.answers["link"].status_code != 404
    assert SECRET not in past.printed
    assert SECRET.encode() not in b"".join(past.collector.bodies)
    told = [attributes(one.attributes) for one in past.collector.spans]
    assert not [one for one in told if one.get("url.path", "").startswith("/sign-in")]
    assert {one.get("url.query") for one in told} == {None, "..."}
    everywhere = past.printed.encode() + b"".join(past.collector.bodies)
    assert b"/v1/webhooks/..." in everywhere
    assert not [one for one in (SEARCHED, *SIGNING.split("/")) if one.encode() in everywhere]


def of_trace(past: Past, number: int) -> dict[str, Span]:
    """The spans of one of the requests, by their names."""
    own = [span for span in past.collector.spans if span.trace_id.hex() == f"{number:032x}"]
    return {span.name: span for span in own}


@pytest.mark.parametrize("number", [0x100, 0x101, 0x200, 0x203])
def test_a_trace_goes_from_the_request_to_its_commit(past: Past, number: int) -> None:
    found = of_trace(past, number)
    request, decided, commit = found[POSTED], found["decide"], found["commit"]
    assert request.parent_span_id.hex() == f"{number:016x}"
    assert request.kind == Span.SPAN_KIND_SERVER
    assert decided.parent_span_id == commit.parent_span_id == request.span_id
    told = attributes(decided.attributes)
    assert (told["clearance.event"], told["clearance.verdict"]) == ("note", "accepted")
    assert attributes(commit.attributes)["clearance.outcome"] == "committed"
    assert told["clearance.subject"] == attributes(commit.attributes)["clearance.subject"]
    assert decided.end_time_unix_nano <= commit.end_time_unix_nano <= request.end_time_unix_nano


def test_commits_that_went_out_together_are_linked(past: Past) -> None:
    """One of them has the group in its trace; the group links to the others, and they to it."""
    commits = {span.span_id: span for span in past.collector.named("commit")}
    groups = past.collector.named("commit group")
    shared = [group for group in groups if group.links]
    assert shared, "nothing was committed together"
    for group in groups:
        assert group.parent_span_id in commits
        others = [commits[one.span_id] for one in group.links]
        assert attributes(group.attributes)["db.operation.batch.size"] == 1 + len(others)
        for one in others:
            assert [link.span_id for link in one.links] == [group.span_id]
            assert one.trace_id != group.trace_id
    assert sum(1 + len(group.links) for group in groups) == len(commits)


def test_who_asks_for_no_trace_leaves_none(past: Past) -> None:
    assert past.answers["unsampled"].status_code == 200
    assert not of_trace(past, 0xDEF)


def test_it_says_which_program_it_is(past: Past) -> None:
    for resource in past.collector.resources:
        assert resource["service.name"] == "clearance"
        assert resource["service.version"]
        assert resource["deployment.environment.name"] == "test"
