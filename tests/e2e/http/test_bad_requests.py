"""Bad requests around the body: hosts, actors, headers, addresses. No trace in the data."""

import socket
from urllib.parse import quote

import httpx
import pytest

from tests.e2e.http.journey import Application, creation, event, new_key, problem
from tests.keyring import Keyring

pytestmark = pytest.mark.usefixtures("target", "no_trace")


def raw(url: str, request: bytes) -> bytes:
    """The answer to exactly these bytes."""
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as sent:
        sent.sendall(request)
        sent.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := sent.recv(65_536):
            received += chunk
    return received


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "192.0.2.1", "", "localhost.evil:80", "[::2]"],
)
def test_a_foreign_host_is_refused(client: httpx.Client, target: Application, host: str) -> None:
    headers = {"Host": host, "Idempotency-Key": new_key()}
    problem(client.get("/healthz", headers=headers), 421, "foreign-host")
    answer = client.post(f"{target.path}/events", json=event("note"), headers=headers)
    problem(answer, 421, "foreign-host")


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "127.9.9.9", "[::1]:80"])
def test_this_machines_names_are_its_own(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("hosts", [b"", b"Host: localhost\r\nHost: evil.example\r\n"])
def test_a_request_names_one_host(url: str, hosts: bytes) -> None:
    request = b"GET /healthz HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n"
    assert status(raw(url, request)) in (400, 421)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_charset_may_be_named(client: httpx.Client, target: Application, charset: str) -> None:
    headers = {
        "Content-Type": f"Application/JSON; charset={charset}",
        "Idempotency-Key": new_key(),
    }
    path = f"{target.path}/events?dry_run=true"
    answer = client.post(path, content=b'{"type":"note","data":{"text":"x"}}', headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "gbk"])
def test_another_charset_is_refused(
    client: httpx.Client, target: Application, charset: str
) -> None:
    headers = {
        "Content-Type": f"application/json; charset={charset}",
        "Idempotency-Key": new_key(),
    }
    answer = client.post(
        f"{target.path}/events", content=b'{"type":"note","data":{"text":"x"}}', headers=headers
    )
    problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip"])
def test_a_coded_body_is_refused(client: httpx.Client, target: Application, coding: str) -> None:
    headers = {
        "Content-Type": "application/json",
        "Content-Encoding": coding,
        "Idempotency-Key": new_key(),
    }
    answer = client.post(
        f"{target.path}/events", content=b'{"type":"note","data":{"text":"x"}}', headers=headers
    )
    problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-Match", "X-Unknown"])
def test_a_huge_header_is_refused(client: httpx.Client, target: Application, name: str) -> None:
    headers = {"Idempotency-Key": new_key(), name: "a" * 1_000_000}
    answer = client.post(f"{target.path}/events", json=event("note"), headers=headers)
    problem(answer, 431, "headers-too-large")


def test_very_many_headers_are_refused(client: httpx.Client) -> None:
    headers = {f"X-{number}": "a" * 100 for number in range(1_000)}
    problem(client.get("/healthz", headers=headers), 431, "headers-too-large")


@pytest.mark.parametrize(
    "query", ["x=1", "dry_run=true&x=1", "limit=1", "%00", "state=submitted&state=licensed&x=1"]
)
def test_an_unknown_query_parameter_is_refused(
    client: httpx.Client, target: Application, query: str
) -> None:
    headers = {"Idempotency-Key": new_key()}
    for path, body in (
        (f"{target.path}/events", event("note")),
        ("/v1/applications", creation()),
        ("/v1/events:batch", []),
        ("/v1/pools", {"id": "q", "title": {"en": "t", "zh": "t"}}),
    ):
        answer = client.post(f"{path}?{query}", json=body, headers=headers)
        problem(answer, 422, "invalid-request")
    for path in (target.path, f"{target.path}/trail/1", f"{target.path}/trail:verify", "/healthz"):
        problem(client.get(f"{path}?{query}"), 422, "invalid-request")


UNKNOWN = ["{}", "{x}", "a\nb", "a b", "a" * 10_000, "..", "a\x00b", "é", "\ud800", "%", "a:b", "*"]


@pytest.mark.parametrize("identifier", UNKNOWN)
def test_a_strange_id_is_an_unknown_one(client: httpx.Client, identifier: str) -> None:
    # A path of dots is resolved before it is sent (RFC 3986, section 5.2.4), unless it is coded.
    place = quote(identifier, safe="", errors="surrogatepass").replace(".", "%2E")
    for path in ("", "/trail", "/trail:verify", "/allowed-events"):
        answer = client.get(f"/v1/applications/{place}{path}")
        assert answer.status_code in (404, 422), answer.text
    headers = {"Idempotency-Key": new_key()}
    answer = client.post(f"/v1/applications/{place}/events", json=event("note"), headers=headers)
    assert answer.status_code in (404, 422)
    for path in (f"/v1/buyers/{place}", f"/v1/pools/{place}", f"/problems/{place}"):
        assert client.get(path).status_code in (404, 422)


@pytest.mark.parametrize("text", ["{x}", "*", "\x00", "é", "[", "\\", "\n", "=", "a=b", "深" * 64])
def test_a_strange_filter_finds_nothing(client: httpx.Client, text: str) -> None:
    for name in ("state", "buyer", "procedure", "authority", "waiting_on", "q"):
        answer = client.get("/v1/applications", params={name: text})
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert answer.json()["items"] == []


@pytest.mark.parametrize(
    "request_line",
    [b"GET", b"/healthz HTTP/1.1", b"GET /healthz HTTP/9.9", b"\x00\x01", b"G\xe9T / HTTP/1.1"],
)
def test_what_is_not_http_is_refused(url: str, request_line: bytes) -> None:
    answer = raw(url, request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer == b"" or status(answer) in (400, 505)


def test_a_body_that_ends_too_early_changes_nothing(
    url: str, keyring: Keyring, target: Application
) -> None:
    request = (
        f"POST {target.path}/events HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {keyring.key()}\r\n"
        "Content-Type: application/json\r\nIdempotency-Key: cut\r\nContent-Length: 500\r\n\r\n"
        '{"type":"note","data":{"text":"x"}}'
    )
    answer = raw(url, request.encode())
    assert answer == b"" or status(answer) == 400
