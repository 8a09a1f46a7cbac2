"""Problem details (RFC 9457): every code has a page, and every type leads to it."""

import httpx
import pytest

from api.faults import FAULTS, STATUS_OF_KIND
from api.problems import every_code
from tests.e2e.http.journey import Application, event, problem
from tests.keyring import NOBODY
from workflow.domain.refusals import REASONS


@pytest.mark.parametrize("code", every_code())
def test_every_code_has_a_page_in_both_languages(client: httpx.Client, code: str) -> None:
    answer = client.get(f"/problems/{code}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    status = FAULTS[code].status if code in FAULTS else STATUS_OF_KIND[REASONS[code].kind]
    assert f"<h1>{code}</h1>" in answer.text
    assert f"HTTP {status}:" in answer.text
    assert '<p lang="zh">' in answer.text


@pytest.mark.parametrize("code", ["nothing", "Stale", "%3Cscript%3E", "a" * 1_000])
def test_an_unknown_code_has_none(client: httpx.Client, code: str) -> None:
    problem(client.get(f"/problems/{code}"), 404, "not-found")


def test_every_type_is_absolute_and_resolves(
    client: httpx.Client, url: str, application: Application
) -> None:
    answers = [
        client.get("/nothing"),
        client.delete("/v1/applications"),
        client.get("/v1/applications/nothing"),
        client.get("/v1/applications?limit=0"),
        client.post("/v1/applications", content=b"{"),
        client.post("/v1/events:batch", content=b"{", headers={"Content-Type": "application/json"}),
        client.get("/v1/buyers", auth=NOBODY),
        application.post("miit", "approve"),
        application.post("bis", "approve"),
        application.post("buyer", event("note", data={})),
    ]
    assert {answer.status_code for answer in answers} == {400, 401, 403, 404, 405, 409, 415, 422}
    for answer in answers:
        told = answer.json()["type"]
        assert told.startswith(f"{url}/problems/")
        page = httpx.get(told)
        assert page.status_code == 200
        assert answer.json()["code"] in page.text


def test_a_type_does_not_believe_the_host_header(client: httpx.Client, url: str) -> None:
    answer = client.get("/nothing", headers={"Host": "localhost:1"})
    assert answer.json()["type"].startswith(url)


def test_no_problem_echoes_a_value(client: httpx.Client) -> None:
    marked = {"type": "note", "evidence": "SECRET", "data": {"text": 7, "SECRET": []}}
    headers = {"Idempotency-Key": "k"}
    answer = client.post("/v1/applications/none/events", json=marked, headers=headers)
    assert answer.status_code == 422
    assert '"SECRET"' not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/applications", "GET, POST"),
        ("PUT", "/v1/pools", "GET, POST"),
        ("POST", "/v1/buyers/b", "GET, PUT"),
        ("OPTIONS", "/v1/applications/x", "GET, HEAD"),
        ("GET", "/v1/applications/x/events", "POST"),
        ("GET", "/v1/events:batch", "POST"),
        ("PATCH", "/v1/applications/x/trail/1", "GET"),
        ("POST", "/v1/applications/x/trail:verify", "GET"),
        ("TRACE", "/healthz", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/", "/v1/applications/", "/v1/applications/a/b", "/v1/Buyers"]
)
def test_an_unknown_address_is_not_found(client: httpx.Client, path: str) -> None:
    problem(client.get(path), 404, "not-found")
