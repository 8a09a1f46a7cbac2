"""The board: a column for each state, and ways on for whoever may act."""

import re

import httpx
import pytest

from tests.e2e.conftest import Demonstration

LICENSING = ["Submitted", "Cleared in principle", "Approved by the ministries"]


def piles(page: httpx.Response) -> dict[str, str]:
    """What stands in each column, without what is only for the eye."""
    assert page.status_code == 200, page.text
    found = re.findall(
        r'<section class="pile[^>]*>\s*<h2>(.*?)</h2>(.*?)</section>', page.text, re.S
    )
    return {title: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for title, text in found}


def test_each_application_stands_in_the_column_of_its_state(pages: httpx.Client) -> None:
    found = piles(pages.get("/board"))
    assert list(found)[:3] == LICENSING
    assert list(found)[-1] == "Beside the main line"
    assert [title for title, text in found.items() if text != "none"] == LICENSING[2:]
    cards = found["Approved by the ministries"]
    for buyer in ("DeepSeek", "ByteDance", "Alibaba", "Tencent"):
        assert buyer in cards
    assert cards.count("MIIT ✓ reported as approved MOFCOM ✓ reported as approved") == 4
    assert len(re.findall(r"US export clearance: shut \d conditions?, 0 fixed", cards)) == 4
    assert cards.count("Units not known") == 4


def test_another_procedure_has_its_own_columns(pages: httpx.Client) -> None:
    found = piles(pages.get("/board", params={"procedure": "us-export"}))
    assert list(found)[:2] == ["Received", "Referred to other departments"]
    assert pages.get("/board", params={"procedure": "none"}).status_code == 422


@pytest.mark.parametrize(("who", "may"), [("auditor", False), ("ndrc", True), ("buyer", True)])
def test_who_may_act_is_led_to_the_form(
    pages: httpx.Client, demonstration: Demonstration, who: str, may: bool
) -> None:
    page = pages.get("/board", headers=demonstration.key(who))
    links = re.findall(r'href="/applications/[a-z2-7]+/events/([a-z_]+)"', page.text)
    assert bool(links) is may
    if who == "buyer":
        assert "DeepSeek" in page.text
        assert "Tencent" not in page.text
        assert set(links) == {"withdraw"}
