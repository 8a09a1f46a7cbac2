"""Trails are verified as they come, and streamed without a gap or a repeat."""

from itertools import pairwise

import pytest

from api.client import BrokenTrail, Client, WasRefused, expect
from api.schemas import RecordOut
from tests.e2e.client.cases import logged, noted, opened
from tests.e2e.client.trouble import Troubled, cut_after
from workflow.domain import trail


async def lines_of(client: Client, application: str) -> list[bytes]:
    return [line async for line in client.export(application)]


async def test_a_trail_comes_in_order_and_page_by_page(client: Client) -> None:
    application = await opened(client)
    items = [
        {"application": application, "event": {"type": "note", "data": {"text": f"{number}"}}}
        for number in range(450)
    ]
    outcomes = [outcome async for outcome in client.post_many(items)]
    assert len(outcomes) == 450
    records = [record async for record in client.trail(application)]
    assert [record.seq for record in records] == list(range(1, 452))
    assert all(after.prev == before.hash for before, after in pairwise(records))
    backwards = [record.seq async for record in client.trail(application, newest_first=True)]
    assert backwards == list(range(451, 0, -1))
    notes = [record async for record in client.trail(application, type="note", actor="ann")]
    assert len(notes) == 450
    assert not [record async for record in client.trail(application, authority="bis")]
    expect(await logged(client.proof, application, 451))
    found = expect(await client.verify_trail(application))
    assert (found.ok, found.checked, found.log.checked_to) == (True, 451, 451)


async def test_an_export_is_what_is_stored(client: Client) -> None:
    application = await opened(client)
    await noted(client, application, 3)
    lines = await lines_of(client, application)
    verdict = trail.verify(lines)
    assert verdict.ok
    assert verdict.head == expect(await client.application(application)).value.head
    some = [line async for line in client.export(application, type="note")]
    assert some == lines[1:]


async def test_a_changed_record_is_named(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    await noted(client, application, 5)
    trouble.after = lambda content: content.replace(b"note 2", b"note X")
    with pytest.raises(BrokenTrail) as broken:
        await lines_of(client, application)
    assert (broken.value.first_bad, broken.value.checked) == (4, 3)
    with pytest.raises(BrokenTrail, match="record 4"):
        [record async for record in client.trail(application)]
    with pytest.raises(BrokenTrail, match="record 4"):
        await client.record(application, 4)
    unverified = [line async for line in client.export(application, verify=False)]
    assert len(unverified) == 6


async def test_a_missing_end_is_found(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    await noted(client, application, 5)
    trouble.after = lambda content: b"".join(content.splitlines(keepends=True)[:4]) or content
    with pytest.raises(BrokenTrail, match="record 5: it is missing"):
        await lines_of(client, application)


async def test_another_trail_of_the_same_length_is_found(client: Client, trouble: Troubled) -> None:
    one, other = await opened(client), await opened(client)
    await noted(client, one, 2)
    await noted(client, other, 2)
    lines = await lines_of(client, other)
    trouble.before = [lambda _: None, cut_after(b"".join(line + b"\n" for line in lines))]
    with pytest.raises(BrokenTrail, match="record 3: it is not the record"):
        await lines_of(client, one)


async def test_a_broken_stream_goes_on_where_it_broke(client: Client, trouble: Troubled) -> None:
    application = await opened(client)
    await noted(client, application, 6)
    whole = await lines_of(client, application)
    begin = b"".join(line + b"\n" for line in whole[:3])
    trouble.before = [lambda _: None, cut_after(begin + whole[3][:40]), cut_after(begin)]
    trouble.seen.clear()
    assert await lines_of(client, application) == whole
    assert len(trouble.seen) == 4


async def test_only_a_whole_trail_can_be_verified(client: Client) -> None:
    application = await opened(client)
    with pytest.raises(ValueError, match="whole trail"):
        [record async for record in client.trail(application, type="note", verify=True)]
    with pytest.raises(ValueError, match="whole trail"):
        [record async for record in client.trail(application, newest_first=True, verify=True)]


async def test_a_trail_that_is_not_there_is_refused(client: Client) -> None:
    for verify in (None, False):
        with pytest.raises(WasRefused) as refused:
            [line async for line in client.export("nothing", verify=verify)]
        assert refused.value.refused.code == "unknown-application"
        with pytest.raises(WasRefused):
            [record async for record in client.trail("nothing", verify=verify)]


async def test_one_record(client: Client) -> None:
    application = await opened(client)
    record = expect(await client.record(application, 1))
    assert isinstance(record, RecordOut)
    assert (record.type, record.from_, record.to) == ("create", None, "submitted")
