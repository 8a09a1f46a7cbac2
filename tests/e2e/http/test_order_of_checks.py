"""401, 413/415, 400/422, 404, repeat, 403, 428/412, 409: each request here violates two
neighbours, and the earlier one answers.
"""

from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.http.journey import Application, event, new_key, opened, problem
from tests.e2e.http.people import actor

pytestmark = pytest.mark.usefixtures("no_trace")

JSON = {"Content-Type": "application/json"}
NOBODY = {"Authorization": "Bearer clr_nobody_secret"}
LARGE = b" " * (256 * 1024 + 1)


def send(
    client: httpx.Client, application: str, content: Any, headers: dict[str, str]
) -> httpx.Response:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    path = f"/v1/applications/{application}/events"
    return client.post(path, content=body, headers={"Idempotency-Key": new_key()} | headers)


def test_401_comes_before_413(client: httpx.Client) -> None:
    problem(send(client, "none", LARGE, JSON | NOBODY), 401, "invalid-credential")


def test_401_comes_before_415(client: httpx.Client) -> None:
    headers = {"Content-Type": "text/plain"} | NOBODY
    problem(send(client, "none", {}, headers), 401, "invalid-credential")


def test_413_comes_before_400(client: httpx.Client) -> None:
    problem(send(client, "none", b"{" + LARGE, JSON), 413, "body-too-large")


def test_415_comes_before_400(client: httpx.Client) -> None:
    headers = {"Content-Type": "text/plain"}
    problem(send(client, "none", b"{", headers), 415, "unsupported-media-type")


def test_415_comes_before_a_missing_key(client: httpx.Client) -> None:
    answer = client.post("/v1/applications/none/events", content=b"{}")
    problem(answer, 415, "unsupported-media-type")


def test_400_comes_before_404(client: httpx.Client) -> None:
    problem(send(client, "none", b"{", JSON), 400, "malformed-json")


def test_a_missing_key_comes_before_404(client: httpx.Client) -> None:
    answer = client.post("/v1/applications/none/events", json=event("note"))
    problem(answer, 400, "idempotency-key-required")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "note"}, "invalid-request"),
        ({"type": "note", "data": {"text": "x"}, "colour": "red"}, "invalid-request"),
        ({"type": "no_such_event"}, "unknown-event"),
    ],
)
def test_422_comes_before_404(client: httpx.Client, body: dict[str, Any], code: str) -> None:
    problem(send(client, "none", body, JSON), 422, code)


def test_404_comes_before_403(client: httpx.Client) -> None:
    answer = send(client, "none", event("approve"), JSON | actor("bis"))
    problem(answer, 404, "unknown-application")


def test_404_comes_before_412(client: httpx.Client) -> None:
    answer = send(client, "none", event("note"), JSON | {"If-Match": '"stale"'})
    problem(answer, 404, "unknown-application")


# What is known of an application comes after what is wrong with the request itself.


@pytest.fixture(scope="module")
def granted(client: httpx.Client) -> Application:
    """An application on which the key `used` has been used."""
    application = opened(client)
    application.accept("ndrc", "grant_in_principle", key="used")
    client.get(application.path, headers=actor("chen;ndrc;officer;bis"))
    return application


def test_422_comes_before_the_repeat(granted: Application) -> None:
    body = event("grant_in_principle", colour="red")
    problem(granted.post("ndrc", body, "used"), 422, "invalid-request")


def test_the_repeat_comes_before_403(granted: Application) -> None:
    """The same principal, without the authority that it had when it posted."""
    answer = granted.post("chen;ndrc;officer;bis", "grant_in_principle", "used")
    assert answer.status_code == 200


def test_a_reused_key_comes_before_403(granted: Application) -> None:
    answer = granted.post("chen;ndrc;officer;bis", "approve", "used")
    problem(answer, 422, "idempotency-key-reused")


def test_the_repeat_comes_before_412(granted: Application) -> None:
    answer = granted.post("ndrc", "grant_in_principle", "used", If_Match='"stale"')
    assert answer.status_code == 200


def test_the_repeat_comes_before_409(granted: Application) -> None:
    again = granted.post("ndrc", "grant_in_principle", "used")
    fresh = granted.post("ndrc", "grant_in_principle")
    assert again.status_code == 200
    problem(fresh, 409, "transition-not-allowed")


def test_a_rule_about_the_request_comes_before_403(granted: Application) -> None:
    body = event("refuse", authority="mofcom", reason=None)
    problem(granted.post("bis", body), 422, "reason-required")


def test_403_comes_before_412(granted: Application) -> None:
    answer = granted.post("bis", "approve", If_Match='"stale"')
    problem(answer, 403, "wrong-authority")


def test_403_comes_before_409(granted: Application) -> None:
    problem(granted.post("bis", "set_conditions"), 403, "wrong-authority")


def test_412_comes_before_409(granted: Application) -> None:
    answer = granted.post("ndrc", "set_conditions", If_Match='"stale"')
    problem(answer, 412, "stale")
    problem(granted.post("ndrc", "set_conditions"), 409, "transition-not-allowed")
