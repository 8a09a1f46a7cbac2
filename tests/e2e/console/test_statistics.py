"""Statistics over HTTP: figures of what one may see, each chart beside its table."""

import re
from collections import Counter
from html import unescape

import httpx
import orjson
import pytest

from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk

JANUARY = {"by": "effective_at"}

CUT_OFF = """() => [...document.querySelectorAll("main select")].filter((one) => {
  const given = one.offsetWidth;
  Object.assign(one.style, { width: "max-content", maxWidth: "none" });
  return given < one.offsetWidth;
}).map((one) => one.id)"""
"""The choices in a page that are narrower than their longest option."""


def text(page: httpx.Response) -> str:
    """What a page says, without what is only for the eye."""
    assert page.status_code == 200, page.text
    (body,) = re.findall(r"<main[^>]*>(.*)</main>", page.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def pictures(page: httpx.Response) -> list[str]:
    return [unescape(one) for one in re.findall(r'<img class="chart" src="([^"]+)"', page.text)]


def counted(page: httpx.Response) -> int:
    (found,) = re.findall(r"from (\d+) records, all that you may see", text(page))
    return int(found)


@pytest.mark.parametrize("who", ["auditor", "buyer"])
def test_every_record_is_counted_that_one_may_see(
    pages: httpx.Client, demonstration: Demonstration, who: str
) -> None:
    headers = {"Accept": "application/jsonl", **demonstration.key(who)}
    records = httpx.get(f"{demonstration.service.url}/v1/trail", headers=headers)
    page = pages.get("/statistics", headers=demonstration.key(who))
    assert counted(page) == len(records.content.splitlines()) > 0


def test_the_reports_of_january_stand_in_january(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    """Whatever other tests have posted since."""
    lines = demonstration.get("/v1/trail", "application/jsonl").content.splitlines()
    records = [orjson.loads(line) for line in lines]
    before = "2026-01-31T16:00"  # midnight in Beijing
    standings = Counter(one["standing"] for one in records if one["effective_at"] < before)
    told = text(pages.get("/statistics", params=JANUARY))
    reported, notes = standings["reported"], standings[None]
    assert reported >= 23
    assert f"Jan 2026 {standings['confirmed']} {reported} {notes} {standings.total()} " in told
    assert "Records of each day" in text(pages.get("/statistics"))


def test_how_long_a_state_lasted_is_told_and_nothing_made_up(pages: httpx.Client) -> None:
    """Of some reports of January no more than the day is known, on which two things happened."""
    told = text(pages.get("/statistics"))
    assert re.search(r"Submitted by reports only \d+ not known not known", told)
    assert re.search(
        r"Cleared in principle by reports only \d+ 1 not known 6 days .* 6 days 0 3 0 0 0", told
    )
    assert "under 1 min 0 0" not in told
    assert "What stays where it is does not count before it moves on." in told


def test_where_applications_stand_is_told_with_the_one_that_came_first(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    told = text(pages.get("/statistics"))
    assert re.search(r"Approved by the ministries \d+ 30 Jan 2026", told)
    own = text(pages.get("/statistics", headers=demonstration.key("buyer")))
    assert re.search(r"Approved by the ministries 1 30 Jan 2026", own)


def test_what_is_overdue_is_stuck_the_longest_first(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    told = text(pages.get("/statistics", params={"stuck": "limit"}))
    stuck = told.split("Stuck applications")[1].split("Refusals by reason")[0]
    over = [int(days) for days in re.findall(r"(\d+) working days over", stuck)]
    assert len(over) == 4
    assert over == sorted(over, reverse=True)
    assert stuck.count("NDRC") == 4
    assert "Applications whose time limit has passed, the longest first" in stuck
    told = text(pages.get("/statistics"))
    assert "Applications on their way along the main line, the longest in their state" in told
    own = text(pages.get("/statistics", headers=demonstration.key("buyer")))
    assert "DeepSeek" in own
    assert "Tencent" not in own


def test_refusals_are_told_to_whoever_reads_the_journal(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    (one,) = demonstration.get("/v1/applications?buyer=alibaba").json()["items"]
    url = f"{demonstration.service.url}/v1/applications/{one['id']}/events"
    headers = {"Idempotency-Key": "refused", **demonstration.key("miit")}
    body = {"type": "set_conditions", "authority": "ndrc"}
    assert httpx.post(url, json=body, headers=headers).status_code == 403
    miit = demonstration.key("miit")
    assert pages.get("/operations", headers=miit).status_code == 403  # which is no event
    told = text(pages.get("/statistics"))
    assert "this is an act of … wrong-authority" in told
    assert "role-may-not" not in told
    for who in ("miit", "buyer"):
        page = pages.get("/statistics", headers=demonstration.key(who))
        assert "These figures are for auditors and operators." in text(page)
        assert "wrong-authority" not in page.text
        assert len(pictures(page)) < len(pictures(pages.get("/statistics"))) == 3


def test_a_chart_is_a_harmless_picture_for_one_reader(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    page = pages.get("/statistics", params=JANUARY, headers={"Accept-Language": "zh"})
    assert "2026年1月" in text(page)
    events, lengths, *_ = (pages.get(one) for one in pictures(page))
    for answer in (events, lengths):
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "script" not in answer.text
    assert ">2026年1月<" in events.text
    assert ">原则同意（据报道）<" in lengths.text
    address = pictures(page)[0]
    assert pages.get(address, headers=demonstration.key("miit")).status_code == 404
    assert pages.get(address[:-3]).status_code == 404
    assert pages.get("/statistics/chart.svg").status_code == 404


def test_where_nothing_is_nothing_is_drawn(pages: httpx.Client) -> None:
    page = pages.get("/statistics", params={"procedure": "us-export"})
    told = text(page)
    assert "There is no record to count." in told
    assert "In these records no application leaves a state." in told
    assert "No application is on its way." in told
    late = pages.get("/statistics", params={"procedure": "us-export", "stuck": "limit"})
    assert "No application is overdue." in text(late)


@pytest.mark.parametrize("asked", [{"procedure": "none"}, {"by": "posted_at"}, {"period": "8"}])
def test_what_is_not_offered_is_not_answered(pages: httpx.Client, asked: dict[str, str]) -> None:
    assert pages.get("/statistics", params=asked).status_code == 422


@pytest.mark.asyncio(loop_scope="session")
async def test_choices_are_as_wide_as_they_are_long_and_a_telephone_shows_the_key(
    desk: Desk,
) -> None:
    page = await desk.sit("auditor", "en", 1440)
    await page.goto("/statistics")
    assert await page.evaluate(CUT_OFF) == []
    tones = page.locator(".counts td .tone")
    assert await tones.count() > 0
    assert not await tones.first.is_visible()
    await page.set_viewport_size({"width": 360, "height": 900})
    assert await tones.first.is_visible()


def test_the_timers_lead_to_what_is_overdue(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    key = (demonstration.folder / "operator.key").read_text().strip()
    answer = pages.get("/operations/timers", headers={"Authorization": f"Bearer {key}"})
    (main,) = re.findall(r"<main.*</main>", answer.text, re.DOTALL)
    assert "whose time limit has passed already" in main
    assert '<a href="/statistics?stuck=limit">' in main
