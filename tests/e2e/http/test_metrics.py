"""The metrics of a running service, read by Prometheus' own parser."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait

import httpx
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families as families

from tests.e2e.http.journey import Application, creation, event, new_key, problem
from tests.e2e.http.people import actor
from tests.keyring import NOBODY

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def told(answer: httpx.Response) -> Iterable[Metric]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return families(answer.text)


def metrics(client: httpx.Client) -> Samples:
    """Every sample by its name and labels."""
    answer = client.get("/metrics", headers=actor("operator"))
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in told(answer)
        for one in family.samples
    }


def number(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((f"clearance_{name}", frozenset(labels.items())), 0)


def test_operators_and_auditors_read_them_and_nobody_else(client: httpx.Client) -> None:
    for name in ("operator", "auditor"):
        assert list(told(client.get("/metrics", headers=actor(name))))
    for name in ("recorder", "buyer", "ndrc"):
        problem(client.get("/metrics", headers=actor(name)), 403, "role-may-not")
    problem(client.get("/metrics", auth=NOBODY), 401, "unauthenticated")
    problem(client.get("/metrics?x=1", headers=actor("operator")), 422, "invalid-request")


def test_as_openmetrics_for_whoever_accepts_that(client: httpx.Client) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = client.get("/metrics", headers=actor("operator") | accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_what_happens_to_an_event_is_counted(
    client: httpx.Client, application: Application
) -> None:
    before = metrics(client)
    path, key = f"/v1/applications/{application.id}/events", {"Idempotency-Key": new_key()}
    grant = event("grant_in_principle")
    headers = actor("ndrc") | key
    statuses = [client.post(path, json=grant, headers=headers).status_code for _ in range(2)]
    assert statuses == [201, 200]
    headers = actor("ndrc") | {"Idempotency-Key": new_key()}
    problem(client.post(path, json=grant, headers=headers), 409, "transition-not-allowed")
    assert client.get(f"/v1/applications/{application.id}").status_code == 200
    after = metrics(client)

    def more(name: str, **labels: str) -> float:
        return number(after, name, **labels) - number(before, name, **labels)

    for outcome in ("accepted", "repeated", "refused"):
        assert more("events_total", type="grant_in_principle", outcome=outcome) == 1
    assert more("refusals_total", code="transition-not-allowed") == 1
    assert more("commits_total") >= 1
    assert more("commit_seconds_count") == more("commit_group_size_count") >= 1
    assert more("commit_group_size_sum") == more("commits_total")
    route = "/v1/applications/{id}/events"
    for status in ("201", "200", "409"):
        assert more("http_requests_total", method="POST", route=route, status=status) == 1
    assert more("http_request_seconds_count", method="POST", route=route) == 3
    route = "/v1/applications/{id}"
    assert more("http_requests_total", method="GET", route=route, status="200") == 1
    assert number(after, "records") >= number(after, "log_size")
    assert number(after, "processes") == number(after, "server_up") == 1


def test_a_held_poll_is_counted_while_it_is_held_and_as_quick_as_it_was(
    client: httpx.Client, application: Application
) -> None:
    """Its time is that of the work, not of the wait."""
    path = f"/v1/applications/{application.id}"
    tag = client.get(path).headers["ETag"]
    headers = {"If-None-Match": tag, "Prefer": "wait=30"}
    before, labels = metrics(client), {"method": "GET", "route": "/v1/applications/{id}"}
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(client.get, path, headers=headers)
        while not (held := number(metrics(client), "held_polls")):
            assert not poll.done()
        assert wait([poll], timeout=0.3).not_done
        posted = time.monotonic() - begun
        headers = actor("ndrc") | {"Idempotency-Key": new_key()}
        client.post(f"{path}/events", json=event("grant_in_principle"), headers=headers)
        assert poll.result().status_code == 200
    after = metrics(client)
    assert (held, number(after, "held_polls")) == (1, 0)
    name = "http_request_seconds_sum"
    assert number(after, name, **labels) - number(before, name, **labels) < posted


def test_nothing_that_a_caller_makes_up_becomes_a_label(
    client: httpx.Client, application: Application
) -> None:
    """Ever other words make no more samples than the first ones did."""
    throw(client, application, "rubbish-0")
    before = metrics(client)
    for turn in range(1, 8):
        throw(client, application, f"rubbish-{turn}")
    after = metrics(client)
    assert after.keys() == before.keys()
    assert not [label for _, labels in after for _, label in labels if "rubbish" in label.lower()]
    name, labels = "http_requests_total", {"method": "GET", "route": "other", "status": "404"}
    assert number(after, name, **labels) - number(before, name, **labels) == 7


def throw(client: httpx.Client, application: Application, word: str) -> None:
    """Say a word wherever one may say something."""
    key = {"Idempotency-Key": word}
    for path in (f"/{word}", f"/v1/applications/{word}", f"/v1/applications/{word}/trail"):
        client.get(path)
    client.request("PURGE", f"/v1/buyers/{word}")
    client.get("/v1/buyers", headers={"Authorization": f"Bearer {word}"})
    client.get("/v1/buyers", headers={"Host": word})
    path = f"/v1/applications/{application.id}/events"
    client.post(path, json={"type": word, "data": {}}, headers=actor("ndrc") | key)
    client.post("/v1/applications", json=creation(procedure=word), headers=key)
    item = {"application": application.id, "idempotency_key": word, "event": {"type": word}}
    client.post("/v1/events:batch", json=[item])
