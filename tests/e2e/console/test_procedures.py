"""Procedures: their rules in both languages, their versions, and candidates tried."""

import re
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e.commands import running
from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk, barriers, wider_than_screen
from tests.keyring import principal
from tests.unit.versions import FIRST, second_text

RULES = "/procedures/h200-import/1"
TRIAL = "/procedures/simulation"


def text_of(answer: httpx.Response, status: int = 200) -> str:
    """What stands on a page, without its marks."""
    assert answer.status_code == status, answer.text
    (body,) = re.findall(r"<main.*</main>", answer.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def row_of(answer: httpx.Response, identifier: str) -> str:
    """A row of a table."""
    (row,) = re.findall(rf'<tr id="{identifier}">(.*?)</tr>', answer.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split())


def test_every_regime_is_listed(pages: httpx.Client) -> None:
    told = text_of(pages.get("/procedures"))
    assert (
        "Import of Nvidia H200 accelerators into China 英伟达 H200 加速器进口 h200-import" in told
    )
    assert "us-export version 1 BIS , State , Defense , Energy" in told
    shown = len(re.findall(r'<tr id="state-', pages.get(RULES).text))
    assert re.search(rf"h200-import version 1 [\w ,]+? {shown} \d+ 4 ", told)


def test_the_rules_of_an_event_are_told(pages: httpx.Client) -> None:
    page = pages.get(RULES)
    approve = row_of(page, "event-approve")
    assert approve.startswith("Approve 批准 approve MIIT, MOFCOM Cleared in principle →")
    assert "once all have agreed: MIIT, MOFCOM" in approve
    assert "By another person than who did: Approve" in approve
    assert "accepted from anonymous source confirmed from official notice" in approve
    assert "Within 60 calendar days of entering the state" in row_of(page, "event-appeal")
    reversing = row_of(page, "event-reverse_shipment")
    assert "Licensed (stays there) Shipped → Licensed" in reversing
    shipping = row_of(page, "event-record_shipment")
    assert "Licensed → Shipped only when: nothing left to ship" in shipping
    assert "(stays there)" not in shipping
    assert "any state (stays there)" in row_of(page, "event-note")


def test_states_limits_and_assumptions_are_told(pages: httpx.Client) -> None:
    page = pages.get(RULES)
    assert "not reached in this version" in row_of(page, "state-lapsed")
    assert "MIIT, until it has voted" in row_of(page, "state-in_principle")
    pooled = row_of(page, "state-in_principle")
    assert "part of … units in total; approval still pending 原则上获准筹备合计…枚" in pooled
    assert "side line final" in " ".join(row_of(page, "state-revoked").split())
    limit = row_of(page, "limit-joint_decision")
    assert "45 working days may be extended once by 15 working days" in limit
    assert "it is marked as overdue; nothing lapses" in limit
    assert limit.endswith("Administrative Licensing Law of the PRC, art. 42 (assumed to apply)")
    told = text_of(page)
    assert "Assumed here What this file assumes: No authority has published this" in told
    assert "it opens in: Approved. It shuts in: Denied, Returned without action, Revoked." in told
    assert "There is no version before this one." in told


def test_all_of_it_is_told_in_chinese(pages: httpx.Client) -> None:
    page = pages.get(RULES, headers={"Accept-Language": "zh"})
    approve = row_of(page, "event-approve")
    assert approve.startswith("批准 Approve approve 工信部、商务部 原则同意 → 两部门已批准")
    assert "须全部同意：工信部、商务部" in approve
    assert "工信部，直至其作出决定" in row_of(page, "state-in_principle")
    assert "/v1/procedures/h200-import/1/diagram?lang=zh" in page.text


def test_its_picture_is_there(pages: httpx.Client) -> None:
    (address,) = set(re.findall(r'<img src="([^"]+)"', pages.get(RULES).text))
    picture = pages.get(unescape(address), headers={"Accept": "image/avif,image/*,*/*;q=0.8"})
    assert picture.headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize("path", ["/procedures/h200-import/9", "/procedures/none/1", f"{RULES}a"])
def test_what_is_not_there_is_told(pages: httpx.Client, path: str) -> None:
    assert pages.get(path).status_code == 404


def test_versions_are_compared(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "second.yaml").write_text(second_text(), encoding="utf-8")
    with running("serve", "--data", tmp_path / "data", "--procedures", own) as service:
        headers = {"Accept": "text/html", "Accept-Language": "en", **principal("li;audit;auditor")}
        with httpx.Client(base_url=service.url, auth=service.keyring, headers=headers) as client:
            later = text_of(client.get("/procedures/h200-import/2"))
            assert "From version 1 to version 2" in later
            assert "grant_in_principle evidence, accepted from anonymous source company" in later
            assert "applications may go on to it from version 1" in later
            earlier = text_of(client.get(RULES, params={"since": "2"}))
            assert "an earlier version" in earlier
            assert "accepted from company statement anonymous source" in earlier
            assert client.get(RULES, params={"since": "7"}).status_code == 422


def test_a_candidate_is_tried_on_what_happened(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    before = demonstration.application("deepseek")
    told = text_of(pages.post(TRIAL, data={"text": second_text()}))
    assert "h200-import version 2" in told
    assert re.search(r"Tried on \d+ applications?\.", told)
    assert "no. 2 Grant clearance in principle: The evidence must be at least of the grade" in told
    assert "From version 1, on which new applications begin, to the candidate" in told
    assert demonstration.application("deepseek") == before
    entries = demonstration.get("/v1/journal?limit=20").json()["items"]
    assert any(one["method"] == "POST" and one["route"] == "/v1/trail" for one in entries)


def test_rules_in_force_change_nothing(pages: httpx.Client) -> None:
    told = text_of(pages.post(TRIAL, data={"text": FIRST}))
    assert "Nothing would be other than it is." in told
    assert "published with other rules" not in told
    assert "The two versions have the same rules." in told


def test_what_would_no_longer_be_overdue_is_told(pages: httpx.Client) -> None:
    text = FIRST.replace("working_days: 45", "working_days: 400")
    told = text_of(pages.post(TRIAL, data={"text": text}))
    late = re.search(r"(\d+) would no longer be overdue\. 0 would newly be overdue\.", told)
    assert late
    assert int(late[1]) > 0
    assert re.search(r"Overdue since: \d+ \w+ 2026 → not overdue", told)
    assert re.search(r"Last day of: [^:]+: \d+ \w+ 2026 → \d+ \w+ 2027", told)
    assert "Nothing would be other" not in told
    assert "Version 1 is published with other rules" in told
    chinese = text_of(pages.post(TRIAL, data={"text": text}, headers={"Accept-Language": "zh"}))
    assert f"{late[1]} 份将不再逾期" in chinese


def test_a_new_regime_has_nothing_to_be_tried_on(pages: httpx.Client) -> None:
    text = FIRST.replace("procedure: h200-import\n", "procedure: h20-import\n")
    told = text_of(pages.post(TRIAL, data={"text": text}))
    assert "There is no application to try it on." in told
    assert "No procedure of this name is applied here." in told


def test_a_buyer_tries_it_on_its_own(pages: httpx.Client, demonstration: Demonstration) -> None:
    own = pages.post(TRIAL, data={"text": second_text()}, headers=demonstration.key("buyer"))
    told = text_of(own)
    assert "DeepSeek" in told
    assert "Tencent" not in told


def test_what_is_no_procedure_is_told_by_line_and_kept(pages: httpx.Client) -> None:
    wrong = second_text().replace("[its_turn]", "[its_turm]", 1).replace("\n", "\r\n")
    answer = pages.post(TRIAL, data={"text": wrong})
    told = text_of(answer, 422)
    line = wrong[: wrong.index("its_turm")].count("\n") + 1
    assert f"Line {line}: events.refuse.guards.0: unknown guard `its_turm`" in told
    assert "[its_turm]" in answer.text.partition("<textarea")[2]
    assert "There are no rules to try" in text_of(pages.post(TRIAL, data={"text": " "}), 422)


def test_what_is_too_long_is_told_and_kept(pages: httpx.Client) -> None:
    for text, long in (("汉" * 87_381, False), ("汉" * 87_382, True)):
        answer = pages.post(TRIAL, data={"text": text})
        told = text_of(answer, 413 if long else 422)
        assert ("longer than 256 KiB" in told) is long
        assert text in answer.text.partition("<textarea")[2]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_small_screen_shows_the_whole_picture_and_a_file_is_tried(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "candidate.yaml"
    file.write_text(second_text(), encoding="utf-8")
    page = await desk.sit("auditor", "zh", 360, "dark")
    await page.goto(RULES)
    await page.locator(".picture img").scroll_into_view_if_needed()
    picture = page.locator(".picture img")
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("one => one.naturalWidth") > 1000
    assert await page.locator(".picture").evaluate("one => one.scrollWidth <= one.clientWidth")
    await page.goto(TRIAL)
    await page.set_input_files("#file", file)
    await expect(page.locator("#text")).to_have_value(re.compile(r"[\s\S]{1000}"))
    await page.click("main form button")
    await page.wait_for_selector("#result")
    await desk.picture(page, "result")
    assert not await barriers(page)
    assert await wider_than_screen(page) <= 0
