"""The trail: filtered, in both orders, page by page, as JSON or a record a line."""

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.http.journey import Application, event, opened, problem
from workflow.domain import trail

JSONL = {"Accept": "application/jsonl"}


@pytest.fixture(scope="module")
def shipped(client: httpx.Client) -> Application:
    """An application at the end of its life."""
    return opened(client).live("give_up_balance")


@pytest.fixture(scope="module")
def records(shipped: Application) -> list[dict[str, Any]]:
    return shipped.records()


def seqs(application: Application, **query: Any) -> list[int]:
    answer = application.trail(**query)
    assert answer.status_code == 200, answer.text
    return [record["seq"] for record in answer.json()["items"]]


def walk(application: Application, **query: Any) -> Iterator[list[int]]:
    """Every page, following the Link header."""
    answer = application.trail(**query)
    while True:
        yield [record["seq"] for record in answer.json()["items"]]
        assert (answer.json()["next"] is None) == ("next" not in answer.links)
        if "next" not in answer.links:
            return
        answer = application.client.get(answer.links["next"]["url"])


def test_a_trail_is_told_from_its_beginning(
    shipped: Application, records: list[dict[str, Any]]
) -> None:
    answer = shipped.trail()
    assert answer.json() == {"items": records, "next": None}
    assert [record["seq"] for record in records] == list(range(1, 15))
    assert [record["prev"] for record in records[1:]] == [one["hash"] for one in records[:-1]]
    assert records[-1]["hash"] == shipped.now()["head"]


def test_the_newest_may_come_first(shipped: Application) -> None:
    assert seqs(shipped, order="desc") == list(range(14, 0, -1))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "approve"}, [4, 5]),
        ({"type": "no_such_type"}, []),
        ({"authority": "mofcom"}, [5, 10, 11]),
        ({"authority": "mofcom", "order": "desc"}, [11, 10, 5]),
        ({"actor": "zhao"}, [11]),
        ({"type": "approve", "authority": "miit"}, [4]),
        ({"type": "approve", "actor": "sun"}, []),
        ({"since": "2001-01-01T00:00:00Z"}, list(range(1, 15))),
        ({"until": "2001-01-01T00:00:00Z"}, []),
        ({"since": "2099-01-01T08:00:00+08:00"}, []),
    ],
)
def test_a_trail_is_narrowed(
    shipped: Application, query: dict[str, str], expected: list[int]
) -> None:
    assert seqs(shipped, **query) == expected


def test_since_is_inclusive_and_until_is_not(
    shipped: Application, records: list[dict[str, Any]]
) -> None:
    at = records[6]["recorded_at"]
    later = [record["seq"] for record in records if record["recorded_at"] >= at]
    earlier = [record["seq"] for record in records if record["recorded_at"] < at]
    assert 7 in later
    assert seqs(shipped, since=at) == later
    assert seqs(shipped, until=at) == earlier
    assert seqs(shipped, since=at, until=at) == []


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 3, 5, 13, 14, 1_000])
def test_pages_join_to_the_whole(shipped: Application, order: str, limit: int) -> None:
    found = list(walk(shipped, order=order, limit=limit))
    whole = list(range(1, 15)) if order == "asc" else list(range(14, 0, -1))
    assert [seq for page in found for seq in page] == whole
    assert all(len(page) <= limit for page in found)


def test_pages_of_a_narrowed_trail_join_too(shipped: Application) -> None:
    found = list(walk(shipped, authority="mofcom", limit=1))
    assert [seq for page in found for seq in page] == [5, 10, 11]


def test_what_is_added_between_pages_comes_at_the_end(application: Application) -> None:
    for _ in range(4):
        application.accept("buyer", "note")
    forwards, backwards = walk(application, limit=2), walk(application, limit=2, order="desc")
    first = next(forwards) + next(backwards)
    for _ in range(3):
        application.accept("buyer", "note")
    assert first == [1, 2, 5, 4]
    assert [seq for page in forwards for seq in page] == [3, 4, 5, 6, 7, 8]
    assert [seq for page in backwards for seq in page] == [3, 2, 1]


def test_an_exported_trail_verifies_line_by_line(
    client: httpx.Client, shipped: Application
) -> None:
    answer = client.get(f"{shipped.path}/trail", headers=JSONL)
    assert answer.headers["Content-Type"] == "application/jsonl"
    lines = answer.content.splitlines()
    assert answer.content == b"".join(line + b"\n" for line in lines)
    verdict = trail.verify(lines)
    assert (verdict.ok, verdict.checked) == (True, 14)
    assert verdict.head == shipped.now()["head"]


def test_an_export_is_narrowed_and_turned_too(client: httpx.Client, shipped: Application) -> None:
    for query, expected in (
        ({"authority": "mofcom", "order": "desc"}, [11, 10, 5]),
        ({"limit": 2}, [1, 2]),
        ({"type": "none"}, []),
    ):
        answer = client.get(f"{shipped.path}/trail", headers=JSONL, params=query)
        assert [orjson.loads(line)["seq"] for line in answer.content.splitlines()] == expected


def test_a_page_of_lines_leads_to_the_next(client: httpx.Client, shipped: Application) -> None:
    answer = client.get(f"{shipped.path}/trail", headers=JSONL, params={"limit": 9})
    rest = client.get(answer.links["next"]["url"], headers=JSONL)
    assert trail.verify((answer.content + rest.content).splitlines()).checked == 14
    assert "next" not in rest.links


def test_a_long_trail_is_exported_whole(client: httpx.Client) -> None:
    application = opened(client)
    items = [
        {"application": application.id, "idempotency_key": f"n{number}", "event": event("note")}
        for number in range(450)
    ]
    assert client.post("/v1/events:batch", json=items).status_code == 207
    content = client.get(f"{application.path}/trail", headers=JSONL).content
    assert trail.verify(content.splitlines()).checked == 451
    assert len(seqs(application)) == 100
    assert [seq for page in walk(application) for seq in page] == list(range(1, 452))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("", "application/json"),
        ("application/jsonl", "application/jsonl"),
        ("application/jsonl, application/json;q=0.5", "application/jsonl"),
        ("application/jsonl;q=0.4, application/json;q=0.5", "application/json"),
        ("text/html, APPLICATION/JSONL;q=0.1", "application/jsonl"),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/json;q=0, */*", "application/jsonl"),
    ],
)
def test_accept_chooses_the_format(
    client: httpx.Client, shipped: Application, accept: str, media_type: str
) -> None:
    answer = client.get(f"{shipped.path}/trail", headers={"Accept": accept})
    assert answer.headers["Content-Type"].partition(";")[0] == media_type


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;q=0", "application/jsonl;q=nonsense", "json", "*/x"]
)
def test_a_format_that_is_not_offered_is_refused(
    client: httpx.Client, shipped: Application, accept: str
) -> None:
    answer = client.get(f"{shipped.path}/trail", headers={"Accept": accept})
    problem(answer, 406, "not-acceptable")


def test_a_record_is_told_alone(
    client: httpx.Client, shipped: Application, records: list[dict[str, Any]]
) -> None:
    for record in records:
        answer = client.get(f"{shipped.path}/trail/{record['seq']}")
        assert answer.json() == record
        assert orjson.dumps(record, option=orjson.OPT_SORT_KEYS) == answer.content


@pytest.mark.parametrize("seq", ["15", "99999", "9007199254740991"])
def test_a_record_that_is_not_there_is_not_found(
    client: httpx.Client, shipped: Application, seq: str
) -> None:
    problem(client.get(f"{shipped.path}/trail/{seq}"), 404, "unknown-record")


@pytest.mark.parametrize("seq", ["0", "-1", "1.0", "one", "9007199254740992", "٣", "1" * 5_000])
def test_a_record_is_named_by_its_number(
    client: httpx.Client, shipped: Application, seq: str
) -> None:
    problem(client.get(f"{shipped.path}/trail/{seq}"), 422, "invalid-request")


@pytest.mark.parametrize(
    "query",
    [
        {"order": "sideways"},
        {"limit": 0},
        {"limit": 1_001},
        {"since": "2026-01-01"},
        {"since": "2026-01-01T00:00:00"},
        {"until": "yesterday"},
        {"until": "2026-02-30T00:00:00Z"},
        {"cursor": "cC4xLng"},
        {"cursor": "nonsense"},
        {"colour": "red"},
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(
    shipped: Application, query: dict[str, Any]
) -> None:
    told = problem(shipped.trail(**query), 422, "invalid-request")
    assert told["errors"][0]["pointer"].startswith("/query/")
