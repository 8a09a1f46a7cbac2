"""What scripts add to a page: news as it comes, a pause, a slider, a button that copies."""

import re
from datetime import datetime, timedelta

import httpx
import pytest
from playwright.async_api import expect

from api.console.formats import ZONE
from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk
from tests.e2e.http.journey import new_key

pytestmark = pytest.mark.asyncio(loop_scope="session")


def note(demonstration: Demonstration, buyer: str) -> None:
    """Somebody posts a note meanwhile."""
    identifier = demonstration.overview()[buyer]["application"]
    url = f"{demonstration.service.url}/v1/applications/{identifier}/events"
    headers = demonstration.key("ndrc") | {"Idempotency-Key": new_key("live")}
    httpx.post(url, json={"type": "note", "data": {"text": "Meanwhile"}}, headers=headers)


async def test_news_wait_until_they_are_asked_for(desk: Desk, demonstration: Demonstration) -> None:
    page = await desk.sit("auditor")
    await page.goto("/")
    dot, news = page.locator(".dot"), page.locator(".news")
    await expect(dot).to_have_attribute("aria-label", "Connected")
    rows = await page.locator("tbody tr").all_inner_texts()
    await page.click(".live button")
    await expect(dot).to_have_attribute("aria-label", "Paused")
    note(demonstration, "alibaba")
    await page.click(".live button")
    await expect(news).to_have_text("1 new")
    assert await page.locator("tbody tr").all_inner_texts() == rows, "nothing jumps"
    note(demonstration, "alibaba")
    await expect(news).to_have_text("2 new")
    await page.click(".news")
    await expect(news).to_be_hidden()


async def test_an_application_follows_its_own_trail(
    desk: Desk, demonstration: Demonstration
) -> None:
    page = await desk.sit("auditor", "zh")
    identifier = demonstration.overview()["tencent"]["application"]
    await page.goto(f"/applications/{identifier}?posted=1#trail")
    await expect(page.locator(".dot")).to_have_attribute("aria-label", "已连接")
    note(demonstration, "alibaba")
    note(demonstration, "tencent")
    await expect(page.locator(".news")).to_have_text("1 条新记录")
    await page.click(".news")
    await page.wait_for_url(f"**/applications/{identifier}")
    await expect(page.locator(".news")).to_be_hidden()


async def test_the_slider_asks_for_a_day_and_keeps_the_focus(desk: Desk) -> None:
    page = await desk.sit("auditor")
    await page.goto("/")
    slider = page.get_by_role("slider")
    await slider.focus()
    for _ in range(3):
        await slider.press("ArrowLeft")
    back = datetime.now(ZONE).date() - timedelta(days=3)
    assert await page.locator("#as_of").input_value() == f"{back}", "the days are those of Beijing"
    assert "as_of" not in page.url, "an arrow key only moves it"
    await slider.press("Enter")
    await page.wait_for_url(re.compile(f"as_of={back}"))
    assert "What was true at" in await page.locator(".notice").inner_text()
    slider = page.get_by_role("slider")
    await expect(slider).to_be_focused()
    await expect(slider).to_have_attribute("aria-valuetext", f"{back}")


async def test_what_is_to_be_copied_is_copied(desk: Desk, demonstration: Demonstration) -> None:
    page = await desk.sit("auditor")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    application = demonstration.application("tencent")
    await page.goto(f"/applications/{application['id']}")
    await page.click('[data-copy="head"]')
    await expect(page.locator('[data-copy="head"]')).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == application["head"]


async def test_without_scripts_there_is_nothing_that_does_nothing(desk: Desk) -> None:
    page = await desk.sit("auditor", scripts=False)
    await page.goto("/")
    await expect(page.locator(".live")).to_be_hidden()
    assert await page.get_by_role("slider").count() == 0


async def test_whoever_waits_is_told(desk: Desk) -> None:
    """Of a form that was sent and has no answer yet, and of a stream that was shut for good."""
    page = await desk.sit("auditor", "zh")
    for nothing in ("**/live?*", "**/audit?*"):  # neither a stream nor another page
        await page.route(nothing, lambda route: route.fulfill(status=204))
    await page.goto("/audit")
    await expect(page.locator(".dot")).to_have_attribute("aria-label", "未连接")
    await expect(page.locator(".news")).to_have_text("连接已断开，请重新载入页面")
    await expect(page.locator(".waiting")).to_be_empty()
    await page.click(".filters button", no_wait_after=True)
    await expect(page.locator(".waiting")).to_have_text("正在处理，请稍候。")


async def test_the_keyboard_reaches_the_content_first(desk: Desk) -> None:
    page = await desk.sit("auditor")
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


REACHABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
REACHED = """(reachable) => {
  const all = [...document.querySelectorAll(reachable)].filter((one) => one.checkVisibility());
  const reached = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(reached);
  const { right, bottom } = reached.getBoundingClientRect();
  const drawn = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  return [all.indexOf(reached), all.length, drawn && right > 0 && bottom > 0, reached.outerHTML];
}"""
"""What has the focus: which of all that one can reach, of how many, and whether one sees it."""
FAR = 30


async def test_the_keyboard_goes_from_one_to_the_next_and_shows_where_it_is(
    desk: Desk, demonstration: Demonstration
) -> None:
    """Whatever it reaches has a name: axe says so of every page (test_looks.py)."""
    page = await desk.sit("ndrc", "zh")
    application = f"/applications/{demonstration.overview()['bytedance']['application']}"
    for path in ("/", "/board", "/audit", application, f"{application}/events/note?lang=en"):
        await page.goto(path)
        at, number = -1, 1
        while at + 1 < min(number, FAR):
            await page.keyboard.press("Tab")
            now, number, visible, what = await page.evaluate(REACHED, REACHABLE)
            assert visible, what
            assert now in (at, at + 1), (at, what)  # a field for a day has several places
            at = now
