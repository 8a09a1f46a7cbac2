"""Waiting and following with the client, when all is well and when it is not."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from api.client import (
    BlockingClient,
    Client,
    Found,
    NotModified,
    Patience,
    Refused,
    Unavailable,
    WasRefused,
    expect,
)
from api.client.events import EventReader
from tests.e2e.client.conftest import PATIENT
from tests.e2e.client.trouble import Troubled, answer, refuse_connection

OPENING = {
    "procedure": "h200-import",
    "buyer": "follow-cloud",
    "goods": {"item": "NVIDIA H200"},
}
NOTE = {"type": "note", "data": {"text": "here it is"}}


@pytest.fixture
async def open_ended(service: str, recorder: str) -> AsyncIterator[Client]:
    """A client on whose way answers are not read to their end."""
    async with Client(service, api_key=recorder, patience=PATIENT) as made:
        await made.put_buyer("follow-cloud", {"name": {"en": "Follow", "zh": "跟踪"}})
        yield made


async def opened(client: Client) -> tuple[str, str]:
    """A new application, and its entity tag."""
    made = expect(await client.create(OPENING))
    return made.application.id, made.etag


async def test_a_wait_ends_with_the_change(open_ended: Client) -> None:
    application, etag = await opened(open_ended)
    assert await open_ended.wait(application, etag, 0) == NotModified(etag)
    waiting = asyncio.create_task(open_ended.wait(application, etag))
    posted = expect(await open_ended.post(application, NOTE))
    found = await waiting
    assert isinstance(found, Found)
    assert (found.etag, found.value) == (posted.etag, posted.application)
    refused = await open_ended.wait("nothing", etag, 5)
    assert isinstance(refused, Refused)


async def test_a_wait_outlives_trouble(client: Client, trouble: Troubled) -> None:
    """A broken connection, a service that is away, and one that does not hold its answers."""
    await client.put_buyer("follow-cloud", {"name": {"en": "Follow", "zh": "跟踪"}})
    application, etag = await opened(client)
    unheld = answer(304, " ", ETag=etag)
    trouble.before += [refuse_connection, answer(503, Retry_After="0"), unheld]
    sent = len(trouble.seen)
    assert await client.wait(application, etag, 1.2) == NotModified(etag)
    asked = [request.headers["Prefer"] for request in trouble.seen[sent:]]
    assert asked[:3] == ["wait=1"] * 3
    assert len(asked) in (3, 4), "it does not ask again at once"


async def test_records_are_followed_as_they_come(open_ended: Client) -> None:
    application, _ = await opened(open_ended)
    everything = open_ended.stream(buyer="follow-cloud", type="note")
    coming = asyncio.ensure_future(anext(everything))
    trail = open_ended.follow(application, after=0)
    assert (await anext(trail)).type == "create"
    while not coming.done():
        await open_ended.post(application, NOTE)
        await asyncio.sleep(0.02)
    one = await coming
    assert one.record.type == "note"
    assert one.text == await open_ended.record_text(application, one.record.seq)
    again = open_ended.stream(after=one.cursor)
    await open_ended.post(application, NOTE)
    assert (await anext(again)).record.seq == one.record.seq + 1
    assert (await anext(trail)).seq == 2


async def test_a_refused_stream_is_refused(open_ended: Client) -> None:
    with pytest.raises(WasRefused) as refused:
        await anext(open_ended.follow("nothing"))
    assert refused.value.refused.status == 404
    with pytest.raises(WasRefused) as refused:
        await anext(open_ended.stream(after="AQ"))
    assert refused.value.refused.status == 422


async def test_patience_with_a_stream_ends() -> None:
    patience = Patience(call=0.05, first_pause=0.01, longest_pause=0.02)

    class Nowhere(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused", request=request)

    nowhere = Nowhere()
    async with Client("http://127.0.0.1:9", patience=patience, transport=nowhere) as client:
        with pytest.raises(Unavailable):
            await anext(client.stream())


def test_the_blocking_client_follows_too(service: str, recorder: str) -> None:
    with BlockingClient(service, api_key=recorder) as client:
        client.put_buyer("follow-cloud", {"name": {"en": "Follow", "zh": "跟踪"}})
        made = expect(client.create(OPENING))
        application = made.application.id
        assert client.wait(application, made.etag, 0) == NotModified(made.etag)
        records = client.follow(application, after=0)
        assert next(records).seq == 1
        client.post(application, NOTE)
        assert next(records).seq == 2
        records.close()
        everything = client.stream()
        everything.close()


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_events_are_read_however_they_are_cut(size: int) -> None:
    received = (
        b'retry: 1000\nid: a\n\n: a comment\n\n:\n\nevent: record\nid: b\ndata: {"x":1}\n\n'
        b"id: c\n\nid:d\ndata:1\ndata: 2\n\nid: e\ndata: cut off"
    )
    reader, found = EventReader(), list[tuple[str, bytes]]()
    for at in range(0, len(received), size):
        found += reader.read(received[at : at + size])
    told = [pair for number, pair in enumerate(found) if pair[1] or found[number - 1] != pair]
    assert told == [("a", b""), ("b", b'{"x":1}'), ("c", b""), ("d", b"1\n2")]
