"""`clearance serve` among strangers: slow clients, proxies, names, limits, a Redis behind TLS."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx
import pytest

from api.headers import PAIRS
from tests.e2e.commands import Service, run, running
from tests.integration.store.certificates import certified

SLOW = 300
WRONG = {"Authorization": "Bearer clr_0123456789abcdef_nothing"}
SECRET = "hunter2-and-more"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service behind a proxy of this machine, on every address, in a hurry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLEARANCE_HEADER_TIMEOUT", "2")
        patch.setenv("CLEARANCE_CONNECTIONS", str(SLOW + 50))
        patch.setenv("CLEARANCE_ATTEMPTS", "2")
        patch.setenv("CLEARANCE_ADDRESS_RATE_LIMIT", "5")
        patch.setenv("CLEARANCE_TRUSTED_PROXIES", "127.0.0.0/8")
        patch.setenv("CLEARANCE_HOSTS", "clearance.example")
        folder = tmp_path_factory.mktemp("safely")
        with running("serve", "--data", folder, "--host", "0.0.0.0") as service:  # noqa: S104
            patch.undo()  # of no concern to the services of other tests
            yield service


def whole(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65_536):
        received += chunk
    return received


def behind(address: str) -> dict[str, str]:
    """The header field that a proxy adds."""
    return {"X-Forwarded-For": f"203.0.113.77, {address}"}


def test_hundreds_of_slow_clients_hold_nobody_up(service: Service) -> None:
    host, port = "127.0.0.1", int(service.port)
    slow = [socket.create_connection((host, port), timeout=20) for _ in range(SLOW)]
    for connection in slow:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: local")
    with httpx.Client(base_url=service.url) as client:
        begun = monotonic()
        for number in range(250):
            assert client.get("/healthz", headers=behind(f"198.51.100.{number}")).is_success
        assert monotonic() - begun < 5
    for connection in slow:
        with connection:
            head, _, body = whole(connection).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 408 ")
            assert json.loads(body)["code"] == "request-timeout"
    assert monotonic() - begun < 10


def test_more_connections_than_allowed_get_an_answer(service: Service) -> None:
    place = ("127.0.0.1", int(service.port))
    kept = [socket.create_connection(place, timeout=20) for _ in range(SLOW + 60)]
    answers = [whole(one) for one in kept]
    assert sum(answer.startswith(b"HTTP/1.1 503 ") for answer in answers) >= 10
    for one in kept:
        one.close()
    assert httpx.get(f"{service.url}/healthz", headers=behind("192.0.2.99")).is_success


def test_a_proxy_tells_who_asks(service: Service) -> None:
    url = f"{service.url}/v1/buyers"
    codes = [httpx.get(url, headers=WRONG | behind("192.0.2.1")).status_code for _ in range(3)]
    assert codes == [401, 401, 429]
    assert httpx.get(url, headers=WRONG | behind("192.0.2.2")).status_code == 401


def test_an_address_is_limited_before_it_is_known_who_asks(service: Service) -> None:
    with httpx.Client(base_url=service.url, headers=behind("192.0.2.3")) as client:
        answers = [client.get("/healthz") for _ in range(100)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert 1 <= len(refused) <= 95
    assert {answer.status_code for answer in refused} == {429}
    assert refused[0].json()["code"] == "rate-limited"
    assert refused[0].headers["Retry-After"] == "1"
    assert refused[0].headers["RateLimit"] == '"address";r=0;t=1'


@pytest.mark.parametrize(
    ("host", "status"),
    [("clearance.example", 200), ("localhost:1", 200), ("0.0.0.0", 421), ("evil.example", 421)],  # noqa: S104
)
def test_it_answers_to_its_names(service: Service, host: str, status: int) -> None:
    headers = behind("192.0.2.4") | {"Host": host}
    assert httpx.get(f"{service.url}/healthz", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/v1/buyers", "/nothing", "/problems/busy"])
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_tells_a_browser_what_it_may_not_do(
    service: Service, path: str, host: str
) -> None:
    headers = behind(f"192.0.2.{10 + len(path)}") | {"Host": host, "Origin": "https://evil.example"}
    answer = httpx.get(f"{service.url}{path}", headers=headers)
    for name, value in PAIRS:
        assert answer.headers[name.decode()] == value.decode() or name == b"cache-control"
    assert "cache-control" in answer.headers
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_proxy_is_not_believed_unless_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARANCE_ATTEMPTS", "2")
    with running("serve", "--data", tmp_path) as service:
        url = f"{service.url}/v1/buyers"
        found = [
            httpx.get(url, headers=WRONG | behind(f"192.0.2.{number}")).status_code
            for number in range(3)
        ]
    assert found == [401, 401, 429]


def test_a_batch_counts_as_many_requests_as_it_has_items(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path, CLEARANCE_RATE_LIMIT="20") as service:
        shown = {"Authorization": f"Bearer {service.keyring.key('ann;press-desk;recorder')}"}
        note = {"type": "note", "data": {"text": "x"}}
        items = [
            {"application": "none", "idempotency_key": f"{number}", "event": note}
            for number in range(500)
        ]
        with httpx.Client(base_url=service.url, headers=shown) as client:
            assert client.get("/v1/buyers").status_code == 200
            batch = client.post("/v1/events:batch", json=items)
            assert (batch.status_code, len(batch.json()["items"])) == (207, 500)
            refused = client.get("/v1/buyers")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    assert 1 < int(refused.headers["Retry-After"]) <= 25  # 480 are owed at 20 a second


def test_a_password_is_no_argument() -> None:
    refused = run("serve", "--redis", f"redis://ann:{SECRET}@127.0.0.1:1", "--port", "0")
    assert refused.returncode == 2
    assert "CLEARANCE_REDIS_URL" in refused.stderr
    assert SECRET not in refused.stderr + refused.stdout


def test_an_authority_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARANCE_REDIS_URL", f"rediss://ann:{SECRET}@127.0.0.1:1")
    made = certified(tmp_path)
    for file in (tmp_path / "missing.pem", made.key):
        monkeypatch.setenv("CLEARANCE_REDIS_CA", str(file))
        refused = run("serve", "--port", "0")
        assert refused.returncode == 2
        assert f"the certificates in {file} cannot be used" in refused.stderr
        assert SECRET not in refused.stderr
    worker = run("worker", "--data", tmp_path / "none")
    assert (worker.returncode, SECRET in worker.stderr) == (2, False)
