"""A call is tried again with the same key until it is answered or the patience ends."""

import asyncio
import contextlib
import time

import httpx
import pytest

from api.client import Client, NotClearance, Patience, ServiceFailed, Unavailable, expect
from api.client.faults import MalformedAnswer
from tests.e2e.client.cases import note, opened
from tests.e2e.client.trouble import Trouble, Troubled, answer, refuse_connection


async def test_a_lost_reply_leaves_one_record(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    trouble.seen.clear()
    trouble.lose_answer_of = {1, 2}
    accepted = expect(await client.post(application, note("once")))
    assert accepted.replayed
    assert len(trouble.seen) == 3
    assert trouble.keys == [accepted.key] * 3
    assert accepted.record.id == accepted.key
    assert [record.type async for record in client.trail(application)] == ["create", "note"]


async def test_each_call_has_a_key_of_its_own(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    first = expect(await client.post(application, note("same")))
    second = expect(await client.post(application, note("same")))
    assert first.key != second.key
    assert second.record.seq == first.record.seq + 1
    again = expect(await client.post(application, note("same"), key=first.key))
    assert again.replayed
    assert again.record == first.record


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_what_passes_is_waited_for(client: Client, trouble: Troubled, status: int) -> None:
    application = await opened(client)
    trouble.seen.clear()
    trouble.before = [answer(status), refuse_connection]
    accepted = expect(await client.post(application, note("late")))
    assert trouble.keys == [accepted.key] * 3
    assert not accepted.replayed


async def test_the_service_says_how_long_to_wait(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    trouble.before = [answer(503, Retry_After="1")]
    begun = time.monotonic()
    expect(await client.post(application, note("later")))
    assert 1.0 <= time.monotonic() - begun < 5


async def test_patience_ends_and_the_key_is_told(
    service: str, recorder: str, trouble: Troubled
) -> None:
    patience = Patience(call=0.3, first_pause=0.01)
    async with Client(service, api_key=recorder, patience=patience, transport=trouble) as client:
        application = await opened(client)
        trouble.before = [refuse_connection] * 1000
        begun = time.monotonic()
        with pytest.raises(Unavailable) as unavailable:
            await client.post(application, note("never"), key="mine")
        assert unavailable.value.key == "mine"
        assert time.monotonic() - begun < 2
        trouble.before = [answer(503, Retry_After="60")]
        with pytest.raises(Unavailable):
            await client.ready()


async def test_a_reasoned_no_is_not_tried_again(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    trouble.seen.clear()
    refused = await client.post(application, {"type": "set_conditions", "authority": "ndrc"})
    assert not isinstance(refused, httpx.Response)
    assert len(trouble.seen) == 1


@pytest.mark.parametrize(
    ("trouble_by", "fault"),
    [
        (lambda _: httpx.Response(200, html="<h1>It works!</h1>"), NotClearance),
        (lambda _: httpx.Response(404, text="nothing"), NotClearance),
        (lambda _: httpx.Response(302, headers={"Location": "/elsewhere"}), NotClearance),
        (lambda _: httpx.Response(200, json={"status": 1}), MalformedAnswer),
        (lambda _: httpx.Response(200, json=[]), MalformedAnswer),
        (answer(404, {"no": "code"}), MalformedAnswer),
        (answer(500), ServiceFailed),
    ],
    ids=["a page", "a text", "a redirect", "another shape", "a list", "no problem", "its fault"],
)
async def test_what_answers_otherwise_is_a_fault(
    client: Client, trouble: Troubled, trouble_by: Trouble, fault: type[Exception]
) -> None:
    trouble.before = [trouble_by]
    with pytest.raises(fault):
        await client.ready()


async def test_nobody_listens(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with Client(url, patience=Patience(call=0.2, first_pause=0.01)) as client:
        with pytest.raises(Unavailable, match=url):
            await client.health()


async def test_a_password_in_an_address_is_not_told() -> None:
    patience = Patience(call=0.2, first_pause=0.01)
    async with Client("http://ann:secret@127.0.0.1:1/", patience=patience) as client:
        with pytest.raises(Unavailable) as unavailable:
            await client.health()
    assert "http://127.0.0.1:1 does not answer" in str(unavailable.value)
    assert "secret" not in str(unavailable.value)


async def test_patience_ends_also_where_an_answer_only_trickles() -> None:
    gone = asyncio.Event()

    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        gone.set()

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        patience = Patience(call=0.5, first_pause=0.01)
        async with Client(f"http://127.0.0.1:{port}", patience=patience) as client:
            begun = time.monotonic()
            with pytest.raises(Unavailable):
                await client.health()
            assert time.monotonic() - begun < 3
        await gone.wait()


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://a\nb"])
async def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(url)


async def test_what_cannot_be_sent_is_told_before_anything_is(
    client: Client, trouble: Troubled
) -> None:
    for key in ("", "k\nl", "钥", "k" * 256):
        with pytest.raises(ValueError, match=r"(?i)key"):
            await client.post("a", note("x"), key=key or " ")
    with pytest.raises(ValueError, match="If-Match"):
        await client.post("a", note("x"), if_match="a\r\nb")
    with pytest.raises(ValueError, match="lone surrogate"):
        await client.post("a", note("\udc80"))
    with pytest.raises(ValueError, match="printable"):
        Client("http://127.0.0.1", api_key="two words")
    assert not trouble.seen
