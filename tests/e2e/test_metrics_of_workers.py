"""Several processes of one service tell one truth, also when one of them is killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.e2e.commands import Service, running
from tests.e2e.test_cli_workers import eventually, workers_of

TOKEN = "the-token-of-whoever-reads-the-metrics-here"
REGISTERED = {"type": "register_buyer", "outcome": "accepted"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("metrics")
    environment = {"CLEARANCE_METRICS_TOKEN": TOKEN}
    with running("serve", "--data", folder, "--workers", "2", **environment) as made:
        yield made


def scraped(service: Service) -> dict[str, float]:
    """What this test is about, from whichever process takes the connection."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx.get(f"{service.url}/metrics", headers=headers, trust_env=False, timeout=30)
    assert answer.status_code == 200, answer.text
    found = {
        one.name: one.value
        for family in families(answer.text)
        for one in family.samples
        if one.labels in ({}, REGISTERED)
    }
    return {
        "registered": found.get("clearance_events_total", 0),
        "processes": found["clearance_processes"],
        "commits": found["clearance_commits_total"],
    }


@contextmanager
def alone(left: int, every: set[int]) -> Iterator[None]:
    """Only one of them answers."""
    for other in every - {left}:
        os.kill(other, signal.SIGSTOP)
    try:
        yield
    finally:
        for other in every - {left}:
            os.kill(other, signal.SIGCONT)


def register(service: Service, number: int) -> None:
    name = f"buyer-{number}"
    body = {"name": {"en": name, "zh": name}}
    address = f"{service.url}/v1/buyers/{name}"
    answer = httpx.put(address, json=body, auth=service.keyring, trust_env=False, timeout=30)
    assert answer.status_code == 201


def test_each_of_them_tells_what_all_have_counted(service: Service) -> None:
    """And none of less than another one told before: each writes before it tells."""
    service.keyring.key()
    children = workers_of(service)
    for number, left in enumerate(children):
        with alone(left, children):
            register(service, number)
            assert scraped(service)["registered"] == number + 1
    seen = [scraped(service) for _ in range(6)]
    assert [one["registered"] for one in seen] == [2] * 6
    assert {one["processes"] for one in seen} == {3}, "their parent works as well"


def test_what_a_killed_one_has_told_still_counts(service: Service) -> None:
    children = workers_of(service)
    killed = min(children)
    with alone(killed, children):
        register(service, 10)
        before = scraped(service)
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: len(workers_of(service) - {killed}) == 2)
    assert eventually(lambda: scraped(service)["processes"] == 3)
    after = scraped(service)
    assert after["registered"] == before["registered"]
    assert after["commits"] >= before["commits"]


def test_the_token_is_good_for_nothing_else(service: Service) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for path in ("/v1/buyers", "/v1/journal", "/metrics/"):
        answer = httpx.get(f"{service.url}{path}", headers=headers, trust_env=False)
        assert answer.json()["code"] == "invalid-credential"
    headers = {"Authorization": f"Bearer {TOKEN}x"}
    answer = httpx.get(f"{service.url}/metrics", headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-credential")
