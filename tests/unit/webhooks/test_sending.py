"""Sending over HTTP: signed, to the address that was checked, and never further."""

import base64
import os
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.tracing.sending import Commits, TracedSender
from api.webhooks import sending
from api.webhooks.addresses import Addresses
from api.webhooks.sending import HttpSender
from tests.integration.store.certificates import certified
from tests.unit.webhooks.receiver import Receiver, receiving
from workflow.webhooks import Answer, Message

SECRETS = tuple("whsec_" + base64.b64encode(os.urandom(32)).decode() for _ in range(3))
LOOPBACK = ("127.0.0.0/8",)
BODY = '{"id":"é"}'.encode()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    async with HttpSender(Addresses(LOOPBACK)) as made:
        yield made


def message(port: int, scheme: str = "http", host: str = "127.0.0.1") -> Message:
    at = int(datetime.now(UTC).timestamp())
    return Message(f"{scheme}://{host}:{port}/hook?a=%20b", "msg_a_1", at, BODY, SECRETS[:2])


def answered(status: int, *fields: str, body: bytes = b"") -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *fields))
    return f"{head}\r\n\r\n".encode() + body


async def test_a_delivery_is_signed_with_every_secret(
    sender: HttpSender, receiver: Receiver
) -> None:
    assert await sender.send(message(receiver.port)) == Answer(204)
    ((fields, body),) = receiver.asked
    assert (fields[""], body) == ("POST /hook?a=%20b HTTP/1.1", BODY)
    assert fields["Host"] == f"127.0.0.1:{receiver.port}"
    assert fields["Content-Type"] == "application/cloudevents+json"
    for secret in SECRETS[:2]:
        assert Webhook(secret).verify(body, fields) == {"id": "é"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRETS[2]).verify(body, fields)


async def test_a_connection_serves_again(sender: HttpSender, receiver: Receiver) -> None:
    receiver.answer = answered(200, body=b"thanks")
    for _ in range(3):
        assert (await sender.send(message(receiver.port))).taken
    assert receiver.connections == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, None), (301, "redirect"), (307, "redirect"), (404, None), (500, None)],
)  # fmt: skip
async def test_nothing_is_followed(
    sender: HttpSender, receiver: Receiver, status: int, error: str | None
) -> None:
    receiver.answer = answered(status, f"Location: http://127.0.0.1:{receiver.port}/other")
    answer = await sender.send(message(receiver.port))
    assert answer == Answer(status, error)
    assert answer.taken is (status == 200)
    assert len(receiver.asked) == 1


async def test_a_receiver_says_how_long_it_rests(sender: HttpSender, receiver: Receiver) -> None:
    told: dict[str, Any] = {"120": 120.0, "nonsense": None, "99999999999": None, "-1": None}
    told[format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)] = 100.0
    told["Mon, 01 Jan 2001 00:00:00 GMT"] = 0.0
    told["Mon, 01 Jan 2027 00:00:00 +99999999999999999999"] = None
    for text, expected in told.items():
        receiver.answer = answered(503, f"Retry-After: {text}")
        found = (await sender.send(message(receiver.port))).retry_after
        assert found == (None if expected is None else pytest.approx(expected, abs=2))


async def test_a_long_answer_is_not_read(
    sender: HttpSender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answer = answered(200, body=b"x" * 10_000_000)
    assert await sender.send(message(receiver.port)) == Answer(200)
    monkeypatch.setattr(sending, "ANSWER_PATIENCE", 0.05)
    receiver.answer = b"HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nx"
    assert await sender.send(message(receiver.port)) == Answer(200)
    assert receiver.connections == 2


async def test_whoever_does_not_answer_is_not_waited_for(
    sender: HttpSender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.1)
    receiver.stays = 5.0
    assert await sender.send(message(receiver.port)) == Answer(None, "timeout")


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n"])
async def test_what_speaks_no_http_takes_nothing(
    sender: HttpSender, receiver: Receiver, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.5)
    receiver.answer = answer
    found = await sender.send(message(receiver.port))
    assert (found.status, found.taken) == (None, False)


async def test_where_nobody_listens_nothing_is_taken(sender: HttpSender) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert await sender.send(message(port)) == Answer(None, "unreachable")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
async def test_no_name_leads_inside(receiver: Receiver, host: str) -> None:
    for networks in ((), ("10.0.0.0/8",)):
        async with HttpSender(Addresses(networks)) as sender:
            for scheme in ("http", "https"):
                answer = await sender.send(message(receiver.port, scheme, host))
                assert answer.error in ("refused-address", "unresolved")
    assert receiver.connections == 0


async def test_a_name_is_looked_up_once_for_check_and_connection(
    receiver: Receiver, sender: HttpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So no name can lead elsewhere between the two."""
    found = iter([[("93.184.216.34", 0), ("127.0.0.1", 0)], [("10.0.0.1", 0)]])
    asked = []

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", address) for address in next(found)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert await sender.send(message(receiver.port, host="receiver.example")) == Answer(204)
    assert asked == ["receiver.example"]
    async with HttpSender(Addresses(LOOPBACK)) as other:
        assert await other.send(message(1, host="receiver.example")) == Answer(
            None, "refused-address"
        )


async def test_a_name_that_leads_nowhere(sender: HttpSender) -> None:
    assert await sender.send(message(1, host="nobody.invalid")) == Answer(None, "unresolved")


async def test_no_proxy_of_the_environment_is_asked(
    receiver: Receiver, sender: HttpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert await sender.send(message(receiver.port)) == Answer(204)


async def test_a_receiver_must_be_who_it_says(tmp_path: Path) -> None:
    files = certified(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=files.authority)
    async with receiving(tls) as receiver:
        for trusted, expected in ((trusting, Answer(204)), (None, Answer(None, "tls"))):
            async with HttpSender(Addresses(LOOPBACK), trusted) as sender:
                assert await sender.send(message(receiver.port, "https")) == expected
        assert len(receiver.asked) == 1
        async with HttpSender(Addresses(LOOPBACK), trusting) as sender:
            other = await sender.send(message(receiver.port, "https", "localhost"))
            assert other == Answer(None, "tls")


async def test_a_try_is_a_trace_that_links_to_the_commit(receiver: Receiver) -> None:
    """Nothing of the address but the host is told."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer, made = provider.get_tracer("test"), Commits()
    with tracer.start_as_current_span("commit") as commit:
        made.note("application/a", 1, commit.get_span_context())
    receiver.answer = answered(500)
    async with TracedSender(tracer, made, Addresses(LOOPBACK)) as traced:
        sent = message(receiver.port)
        await traced.send(sent._replace(id="msg_a_1_0a1b2c3d"))
        await traced.send(sent._replace(id="msg_a_10_0a1b2c3d"))
    _, first, second = kept.get_finished_spans()
    assert [link.context for link in first.links] == [commit.get_span_context()]
    assert not second.links
    assert first.parent is None
    assert first.attributes == {
        "clearance.delivery": "msg_a_1_0a1b2c3d",
        "server.address": "127.0.0.1",
        "http.response.status_code": 500,
    }
    assert first.status.status_code is StatusCode.ERROR
