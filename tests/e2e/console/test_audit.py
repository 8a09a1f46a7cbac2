"""The audit: records searched by the address alone, taken along, and checked."""

import fcntl
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from api.log_checks import FOUND, LOCK, Verdict, keep, last
from tests.e2e.commands import run
from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk

ROW = re.compile(r'<a href="/applications/([a-z2-7]+)/trail/(\d+)">([^<]*)</a>')

Name = tuple[str, int]


def found(answer: httpx.Response) -> list[Name]:
    """The records on a page, in their order."""
    assert answer.status_code == 200, answer.text
    return [(name, int(seq)) for name, seq, _ in ROW.findall(answer.text)]


def told(answer: httpx.Response) -> str:
    """What stands on a page, without its marks."""
    (body,) = re.findall(r"<main.*</main>", answer.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def asked(demonstration: Demonstration, **query: str) -> list[Name]:
    """The same records as the interface for programs gives them."""
    items = demonstration.ask("/v1/trail", limit="50", **query).json()["items"]
    return [(item["subject"].removeprefix("application/"), item["seq"]) for item in items]


@pytest.fixture(scope="module")
def deepseek(demonstration: Demonstration) -> str:
    return str(demonstration.overview()["deepseek"]["application"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "approve", "authority": "miit"}, {}),
        ({"buyer": "tencent", "order": "asc"}, {}),
        ({"buyer": "字节"}, {"buyer": "bytedance"}),
        ({"actor": "demo-recorder", "grade": "company_statement"}, {}),
        ({"standing": "reported", "procedure": "h200-import"}, {}),
        ({"type": "create", "since": "2020-01-01"}, {"type": "create"}),
        ({"type": "create", "since": "0001-01-01"}, {"type": "create"}),
        ({"type": "create", "until": "9999-12-31"}, {"type": "create"}),
        (
            {"type": "create", "until": "2020-01-31"},
            {"type": "create", "until": "2020-01-31T16:00:00.000Z"},
        ),
        (
            {"type": "create", "known_at": "2020-01-31"},
            {"type": "create", "until": "2020-01-31T16:00:00.000Z"},
        ),
    ],
)
def test_the_address_says_what_is_searched_for(
    pages: httpx.Client,
    demonstration: Demonstration,
    query: dict[str, str],
    expected: dict[str, str],
) -> None:
    answer = pages.get("/audit", params=query)
    assert found(answer) == asked(demonstration, **(expected or query))
    assert ("No record fits." in answer.text) is not bool(found(answer))
    for name, value in query.items():
        assert re.search(
            rf'name="{name}"[^>]* value="{value}"|value="{value}" selected', answer.text
        )


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/audit", {"type": "withdraw"}),
        ("/audit", {"type": "withdraw", "order": "asc"}),
        ("/audit/records.jsonl", {"type": "withdraw"}),
        ("/operations/journal", {}),
    ],
)
@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "9999-12-31"])
def test_no_day_is_beyond_the_calendar(
    pages: httpx.Client, address: str, query: dict[str, str], day: str
) -> None:
    for name in ("since", "until"):
        answer = pages.get(address, params={name: day, **query})
        assert answer.status_code == 200, answer.text
    for page in ("/", f"/applications/{'a' * 26}"):
        answer = pages.get(page, params={"as_of": day, "known_at": day})
        assert answer.status_code in (200, 404, 422), answer.text


def test_what_took_effect_later_is_left_out(pages: httpx.Client, deepseek: str) -> None:
    """What was recorded today is found by when it was true."""
    everything = found(pages.get("/audit", params={"application": deepseek}))
    early = pages.get("/audit", params={"application": deepseek, "as_of": "2026-01-29"})
    assert set(found(early)) < set(everything)
    assert "What was true at" in early.text
    assert not found(pages.get("/audit", params={"as_of": "2025-01-01"}))


def test_a_record_is_told_in_words(pages: httpx.Client, deepseek: str) -> None:
    query = {"application": deepseek, "type": "approve", "authority": "mofcom"}
    page = told(pages.get("/audit", params=query))
    assert "Cleared in principle → Approved by the ministries press report reported" in page
    assert "In effect 30 Jan 2026, 00:00 Approve no. 5 DeepSeek" in page
    assert "MOFCOM demo-recorder (recorder)" in page
    chinese = told(pages.get("/audit", params=query, headers={"Accept-Language": "zh"}))
    assert "批准 第 5 号 深度求索" in chinese
    assert "商务部 demo-recorder （记录员）" in chinese


def test_a_search_goes_on_where_a_page_ended(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    """Cursors are those of the interface, and good for their own question alone."""
    query = {"type": "note", "order": "asc"}
    first = demonstration.ask("/v1/trail", limit="3", **query).json()
    following = pages.get("/audit", params={**query, "cursor": first["next"]})
    expected = asked(demonstration, **query)[3:]
    assert found(following)[: len(expected)] == expected
    assert 'href="/audit?type=note&amp;order=asc" rel="first"' in following.text
    for wrong in ({"type": "approve"}, {**query, "order": "desc"}):
        assert pages.get("/audit", params={**wrong, "cursor": first["next"]}).status_code == 422


@pytest.mark.parametrize(
    "query", [{"type": "invent"}, {"grade": "rumour"}, {"since": "today"}, {"order": "up"}]
)
def test_what_cannot_be_asked_for_is_said(pages: httpx.Client, query: dict[str, str]) -> None:
    assert pages.get("/audit", params=query).status_code == 422


def test_what_is_found_is_taken_along_in_every_form(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    shown = pages.get("/audit", params={"type": "approve", "order": "asc"})
    links = re.findall(r'href="(/audit/records\.[^"]+)" download', shown.text)
    lines, values, sheets = (pages.get(unescape(link), headers={"Accept": "*/*"}) for link in links)
    records = [json.loads(line) for line in lines.text.splitlines()]
    assert [(one["subject"][12:], one["seq"]) for one in records] == found(shown)
    same = demonstration.ask("/v1/trail", "application/jsonl", type="approve", order="asc")
    assert lines.content == same.content
    assert values.text.count("\r\n") == len(records) + 1
    assert sheets.headers["Content-Disposition"] == 'attachment; filename="records.xlsx"'
    assert "记录时间" in pages.get("/audit/records.csv", params={"lang": "zh"}).text
    pages.cookies.clear()
    assert pages.get("/audit/records.pdf").status_code == 404


def test_nobody_finds_the_records_of_another(
    pages: httpx.Client, demonstration: Demonstration, deepseek: str
) -> None:
    buyer = demonstration.key("buyer")
    assert {name for name, _ in found(pages.get("/audit", headers=buyer))} == {deepseek}
    other = demonstration.overview()["tencent"]["application"]
    assert not found(pages.get("/audit", params={"application": other}, headers=buyer))
    assert not pages.get("/audit/records.jsonl?buyer=tencent", headers=buyer).content
    for path in (f"/applications/{other}/trail", f"/applications/{other}/trail.csv"):
        assert pages.get(path, headers=buyer).status_code == 404


@pytest.fixture
def unchecked(demonstration: Demonstration) -> Iterator[Demonstration]:
    """A service whose log nobody has checked."""
    (demonstration.folder / FOUND).unlink(missing_ok=True)
    yield demonstration
    (demonstration.folder / FOUND).unlink(missing_ok=True)


def test_the_log_is_checked_by_whoever_may_read_all_of_it(
    pages: httpx.Client, unchecked: Demonstration
) -> None:
    before = pages.get("/audit")
    assert "The log : not checked" in told(before)
    assert re.search(r'<code class="hash" id="root">[0-9a-f]{64}</code>', before.text)
    officer = unchecked.key("miit")
    assert pages.post("/audit", headers=officer).status_code == 403
    assert "Check the whole log now" not in pages.get("/audit", headers=officer).text
    answer = pages.post("/audit", params={"type": "approve"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/audit?type=approve#log")
    verdict = last(unchecked.folder)
    assert verdict is not None
    assert verdict.ok
    for whoever in ({}, officer):
        after = told(pages.get("/audit", headers=whoever))
        assert after.count(f"verified to record {verdict.size}") == 2


def test_a_check_under_way_is_told_and_is_the_only_one(
    pages: httpx.Client, unchecked: Demonstration
) -> None:
    with (unchecked.folder / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        shown = pages.get("/audit")
        assert "It is being checked. Look again" in told(shown)
        assert '<form class="check"' not in shown.text
        assert pages.post("/audit").status_code == 303
    assert last(unchecked.folder) is None


AT = "2026-02-01T00:00:00.000Z"
BROKEN = Verdict(AT, 1, "00", 0, "the hash does not fit the content", 0, "application/x", 3)
LONGER = Verdict(AT, 10**6, "00", 10**6)
"""A check of a log that was longer than this one is, so this one was cut without another check."""


@pytest.mark.parametrize(
    ("kept", "language", "said"),
    [
        (BROKEN, "en", "broken at record 1"),
        (BROKEN, "zh", "哈希与内容不符"),
        (LONGER, "en", "it had 1000000 before"),
        (LONGER, "zh", "此前曾有 1000000 条"),
    ],
)
def test_what_a_check_found_is_told(
    pages: httpx.Client, unchecked: Demonstration, kept: Verdict, language: str, said: str
) -> None:
    keep(unchecked.folder, kept)
    page = told(pages.get("/audit", headers={"Accept-Language": language}))
    assert said in page
    assert not re.search("verified|已核验", page)
    assert ("application/x" in page) is (kept is BROKEN)
    officer = unchecked.key("miit")
    assert "application/x" not in told(pages.get("/audit", headers=officer))


def test_a_trail_is_checked_and_taken_along(
    pages: httpx.Client, demonstration: Demonstration, deepseek: str, tmp_path: Path
) -> None:
    place = f"/applications/{deepseek}/trail"
    head = demonstration.application("deepseek")["head"]
    assert told(pages.get(place)).partition("Trail ")[2].startswith("not checked")
    checked = told(pages.get(place, params={"check": "now"}))
    count = demonstration.application("deepseek")["version"]
    assert f"verified to record {count} at" in checked
    assert f"The log has each record up to no. {count} in its place" in checked
    assert f"clearance verify --head {head} trail-{deepseek}.jsonl" in checked
    lines = pages.get(f"{place}.jsonl")
    assert lines.headers["Content-Disposition"] == f'attachment; filename="trail-{deepseek}.jsonl"'
    saved = tmp_path / f"trail-{deepseek}.jsonl"
    saved.write_bytes(lines.content)
    assert run("verify", "--head", head, saved).returncode == 0
    assert pages.get(place, params={"check": "later"}).status_code == 422


def test_the_journal_notes_what_an_auditor_looked_at(
    pages: httpx.Client, demonstration: Demonstration, deepseek: str
) -> None:
    pages.get("/audit?actor=nobody-at-all")
    pages.get("/audit/records.csv?actor=nobody-at-all")
    pages.get(f"/applications/{deepseek}/trail?check=now")
    journal = demonstration.ask("/v1/journal", limit="20").json()["items"]
    noted = {(one["what"], one["route"]) for one in journal}
    assert {("read", "/v1/trail"), ("exported", "/v1/trail")} <= noted
    assert ("read", "/v1/applications/{id}/trail:verify") in noted


@pytest.mark.asyncio(loop_scope="session")
async def test_a_view_is_kept_in_the_browser(desk: Desk) -> None:
    """By the keyboard alone."""
    page = await desk.sit("auditor", "en")
    await page.goto("/audit?type=approve&authority=miit&lang=en")
    await page.press(".views summary", "Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.insert_text("What MIIT <approved>")
    await page.keyboard.press("Enter")
    await page.goto("/audit")
    kept = page.locator(".views li a")
    assert await kept.inner_text() == "What MIIT <approved>"
    await kept.press("Enter")
    await page.wait_for_url("**/audit?*")
    assert page.url.endswith("/audit?type=approve&authority=miit")
    await page.press(".views li button", "Enter")
    assert await page.locator(".views li").count() == 0
    await expect(page.locator("#view")).to_be_focused()
    await page.reload()
    assert await page.locator(".views li").count() == 0


@pytest.mark.asyncio(loop_scope="session")
async def test_without_scripts_a_bookmark_does(desk: Desk) -> None:
    page = await desk.sit("auditor", "zh", scripts=False)
    await page.goto("/audit")
    await page.click(".views summary")
    assert await page.locator("[data-plain]").is_visible()
    assert not await page.locator(".views form").is_visible()
