"""Streams over HTTP: what comes, from where on, and to whom."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.http.journey import Application, event, new_key, opened, problem
from tests.e2e.http.people import BUYER, actor
from tests.e2e.http.streaming import Block, some, streamed
from tests.e2e.http.test_scopes import key
from tests.keyring import Keyring

RIVAL = "streams-rivals"
ALL = "/v1/stream"


@pytest.fixture(scope="module")
def plain(url: str, keyring: Keyring) -> Iterator[httpx.Client]:
    """A client that does not read an answer to its end, as the others do."""
    with httpx.Client(base_url=url, auth=keyring, timeout=10) as made:
        yield made


def lines(application: Application) -> list[str]:
    """The records of its trail as stored."""
    headers = {"Accept": "application/jsonl"}
    return application.client.get(f"{application.path}/trail", headers=headers).text.splitlines()


def as_events(records: list[str], first: int) -> list[Block]:
    return [
        {"event": "record", "id": str(seq), "data": text} for seq, text in enumerate(records, first)
    ]


def of(application: Application) -> str:
    return f"{application.path}/stream"


def test_a_stream_begins_now_and_says_where_that_is(
    plain: httpx.Client, application: Application
) -> None:
    with streamed(plain, of(application)) as found:
        assert next(found) == {"retry": "1000", "id": "1"}
        application.accept("recorder", "note")
        assert next(found) == as_events(lines(application)[1:], 2)[0]


@pytest.mark.parametrize("after", [0, 1, 4, 7])
def test_it_goes_on_behind_any_record(plain: httpx.Client, target: Application, after: int) -> None:
    """Each record is the stored text, to the byte."""
    records = lines(target)
    expected = as_events(records[after:], after + 1)
    for path, headers in (
        (f"{of(target)}?after={after}", {}),
        (of(target), {"Last_Event_ID": str(after)}),
        (f"{of(target)}?after=2", {"Last_Event_ID": str(after)}),
    ):
        with streamed(plain, path, **headers) as found:
            assert next(found)["id"] == str(after)
            assert some(found, len(expected)) == expected


def test_all_that_one_may_see_and_wants(plain: httpx.Client, client: httpx.Client) -> None:
    ours, theirs = opened(client), opened(client, RIVAL)
    first = {}
    who = {
        "auditor": actor("auditor"),
        "buyer": actor("buyer"),
        "rival": actor(f"ec;{RIVAL};buyer"),
    }
    for name, headers in who.items():
        with streamed(plain, ALL, **headers) as found:
            first[name] = next(found)["id"]
    for application in (ours, theirs, ours):
        application.accept("recorder", "note")
    ours.accept("ndrc", "grant_in_principle")
    a, b = lines(ours), lines(theirs)

    def told(name: str, number: int, **wanted: str) -> list[str]:
        query = {"after": first[name], **wanted}
        with streamed(plain, str(httpx.URL(ALL, params=query)), **who[name]) as found:
            next(found)
            return sorted(block["data"] for block in some(found, number))

    assert told("auditor", 4) == sorted([*a[1:], *b[1:]])
    assert told("buyer", 3) == sorted(a[1:])
    assert told("rival", 1) == b[1:]
    assert told("auditor", 1, buyer=RIVAL) == b[1:]
    assert told("auditor", 1, type="grant_in_principle") == a[3:]
    assert told("auditor", 4, procedure="h200-import") == sorted([*a[1:], *b[1:]])
    with streamed(plain, f"{ALL}?buyer={RIVAL}", **who["buyer"]) as found:
        next(found)
        theirs.accept("recorder", "note")
        ours.accept("recorder", "note")
    with streamed(plain, ALL, Last_Event_ID=first["buyer"], **who["buyer"]) as found:
        next(found)
        assert [block["data"] for block in some(found, 4)] == lines(ours)[1:]


def test_whoever_is_cut_off_comes_back_to_where_they_were(
    plain: httpx.Client, application: Application
) -> None:
    """Also before the first record, and behind each."""
    with streamed(plain, ALL, **actor("auditor")) as found:
        place = next(found)["id"]
    for _ in range(5):
        application.accept("recorder", "note")
    expected = lines(application)[1:]
    while expected:
        with streamed(plain, ALL, Last_Event_ID=place, **actor("auditor")) as found:
            next(found)
            block = next(found)
            assert block["data"] == expected.pop(0)
            place = block["id"]


def test_what_cannot_be_streamed_is_told_before(
    client: httpx.Client, application: Application
) -> None:
    for path, headers, status in (
        (ALL, {"Last-Event-ID": "!"}, 422),
        (f"{ALL}?after=AQ", {}, 422),
        (f"{ALL}?unknown=1", {}, 422),
        (of(application), {"Last-Event-ID": "x"}, 422),
        (of(application), {"Last-Event-ID": "2"}, 422),
        (f"{of(application)}?after=-1", {}, 422),
        (f"{of(application)}?type=note", {}, 422),
        (ALL, {"Accept": "application/json"}, 406),
        (of(application), {"Accept": "text/html;q=1, text/event-stream;q=0"}, 406),
        ("/v1/applications/nothing/stream", {}, 404),
        (of(application), actor("rival"), 404),
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code == status, (path, headers, answer.text)


def test_a_stream_ends_soon_after_its_key(
    plain: httpx.Client, client: httpx.Client, application: Application
) -> None:
    """It is closed, and nothing that is recorded later is told."""
    reading = key(client, "auditor", "read")
    credential = reading["Authorization"].split("_")[1]
    with streamed(plain, ALL, **reading) as found:
        next(found)
        began = time.monotonic()
        revoked = client.delete(f"/v1/keys/{credential}", headers=actor("operator"))
        assert revoked.status_code == 204
        assert list(found) == [{"": "the credential is not good any more"}]
        assert time.monotonic() - began < 5
    problem(plain.get(ALL, headers=reading), 401, "invalid-credential")


def test_a_stream_is_an_export_in_the_journal(
    plain: httpx.Client, client: httpx.Client, application: Application
) -> None:
    """A trail in a form other than JSON: whoever follows takes its records away."""
    name = new_key("listener")
    who = actor(f"{name};{BUYER};buyer")
    with streamed(plain, f"{of(application)}?after=0", **who) as found:
        some(found, 2)
    with streamed(plain, ALL, **who) as found:
        next(found)
    query: dict[str, str | int] = {"actor": name, "limit": 10}
    deadline = time.monotonic() + 10
    while True:
        answer = client.get("/v1/journal", params=query, headers=actor("auditor"))
        told = answer.json()["items"]
        if len(told) == 2 or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    assert {(one["what"], one["route"]) for one in told} == {
        ("exported", "/v1/applications/{id}/stream"),
        ("exported", ALL),
    }
    assert {one["subject"] for one in told} == {None, f"application/{application.id}"}


def test_a_note_of_another_key_is_not_missed(plain: httpx.Client, application: Application) -> None:
    """Two streams of one application hear the same."""
    with streamed(plain, of(application)) as one, streamed(plain, of(application)) as other:
        assert next(one) == next(other)
        application.accept("recorder", event("note", data={"text": "for both"}))
        assert next(one) == next(other)
