"""Held polls over HTTP: `Prefer: wait` (RFC 7240)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.http.journey import Application, problem
from tests.e2e.http.people import actor
from tests.e2e.http.test_scopes import key

HELD = 10
"""Seconds for which a poll is held that is to be answered before."""


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def poll(
    application: Application, tag: str | None, wait: str, method: str = "GET", **headers: str
) -> httpx.Response:
    known = {} if tag is None else {"If-None-Match": tag}
    fields = {"Prefer": wait, **known, **headers}
    return application.client.request(method, application.path, headers=fields)


def timed_poll(application: Application, tag: str, method: str) -> tuple[httpx.Response, float]:
    """The answer to a poll that is held, and when it came."""
    return poll(application, tag, f"wait={HELD}", method), time.monotonic()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_a_change_it_is_304_after_the_time(application: Application, method: str) -> None:
    began = time.monotonic()
    answer = poll(application, application.tag(), "wait=1", method)
    assert 1 <= time.monotonic() - began < 3
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert answer.headers["ETag"] == application.tag()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_change_is_told_at_once(
    application: Application, beside: ThreadPoolExecutor, method: str
) -> None:
    """Within 50 ms of the commit; five are tried, since this machine is busy with other tests."""
    best = float("inf")
    for _ in range(5):
        tag = application.tag()
        held = beside.submit(timed_poll, application, tag, method)
        time.sleep(0.05)
        application.accept("recorder", "note")
        committed = time.monotonic()
        answer, at = held.result()
        assert answer.status_code == 200
        assert answer.headers["ETag"] == application.tag() != tag
        assert answer.headers["Preference-Applied"] == f"wait={HELD}"
        if method == "GET":
            assert answer.json() == application.now()
        best = min(best, at - committed)
        if best < 0.05:
            break
    assert best < 0.05


def test_another_tag_is_answered_at_once(application: Application) -> None:
    began = time.monotonic()
    for tag in ('"1.0.full"', '"a", "b"'):
        answer = poll(application, tag, "wait=30")
        assert answer.status_code == 200
        assert answer.headers["Preference-Applied"] == "wait=30"
    assert time.monotonic() - began < HELD


@pytest.mark.parametrize(
    ("given", "applied"),
    [
        ("wait=0", "wait=0"),
        ('respond-async, Wait = "0"; strict', "wait=0"),
        ("wait=0, wait=30", "wait=0"),
        ("respond-async", None),
        ("wait", None),
        ("wait=soon", None),
        ("wait=-1", None),
        ("await=3", None),
    ],
)
def test_what_is_understood(application: Application, given: str, applied: str | None) -> None:
    answer = poll(application, application.tag(), given)
    assert answer.status_code == 304
    assert answer.headers.get("Preference-Applied") == applied


def test_nobody_is_held_for_longer_than_half_a_minute(application: Application) -> None:
    answer = poll(application, '"another"', "wait=3600")
    assert answer.headers["Preference-Applied"] == "wait=30"


def test_without_a_tag_there_is_nothing_to_wait_for(application: Application) -> None:
    answer = poll(application, None, "wait=30")
    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers


def test_nobody_waits_for_what_the_past_will_say(application: Application) -> None:
    for name in ("as_of", "known_at"):
        answer = application.client.get(
            application.path,
            params={name: "2026-01-30T00:00:00Z"},
            headers={"Prefer": "wait=1", "If-None-Match": application.tag()},
        )
        problem(answer, 400, "past-never-changes")


def test_who_wakes_is_let_in_anew(
    client: httpx.Client, application: Application, beside: ThreadPoolExecutor
) -> None:
    """A key that was revoked meanwhile is told nothing."""
    reading = key(client, "auditor", "read")
    credential = reading["Authorization"].split("_")[1]
    tag = application.tag()
    held = beside.submit(poll, application, tag, f"wait={HELD}", "GET", **reading)
    time.sleep(0.05)
    assert client.delete(f"/v1/keys/{credential}", headers=actor("operator")).status_code == 204
    application.accept("recorder", "note")
    problem(held.result(), 401, "invalid-credential")
