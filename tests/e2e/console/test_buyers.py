"""The overview: what the reports printed, narrowed, ordered, and as it was."""

import re

import httpx
import pytest

from api.answers import seq_cursor
from tests.e2e.conftest import Demonstration


def rows(answer: httpx.Response) -> list[str]:
    """The texts of the table's rows, without what is only for the eye."""
    assert answer.status_code == 200, answer.text
    (body,) = re.findall(r"<tbody>(.*)</tbody>", answer.text, re.DOTALL) or [""]
    found = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def buyers(answer: httpx.Response) -> list[str]:
    """The first word of each row: the buyer's English name."""
    return [row.split()[0] for row in rows(answer)]


def test_the_overview_says_what_the_reports_printed(pages: httpx.Client) -> None:
    found = {row.split()[0]: row for row in rows(pages.get("/"))}
    assert set(found) == {"DeepSeek", "ByteDance", "Alibaba", "Tencent"}
    deepseek = found["DeepSeek"]
    assert "Conditionally approved; conditions still being finalised" in deepseek
    assert "press report Reuters , citing two people familiar with the matter, 30 Jan 2026" in (
        deepseek
    )
    assert "Approved by the ministries reported" in deepseek
    assert "not known NDRC" in deepseek
    assert "part of more than 400,000 units in total" in found["Tencent"]
    chinese = rows(pages.get("/", headers={"Accept-Language": "zh"}))
    assert any("腾讯" in row and "超过40万枚中的一部分" in row for row in chinese)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "字节"}, {"ByteDance"}),
        ({"q": "tenc"}, {"Tencent"}),
        ({"q": "TENCENT", "standing": "reported"}, {"Tencent"}),
        ({"buyer": "alibaba"}, {"Alibaba"}),
        ({"state": "licensed"}, set()),
        ({"standing": "confirmed"}, set()),
        ({"waiting_on": "ndrc", "q": "腾讯"}, {"Tencent"}),
        ({"waiting_on": "customs"}, set()),
        ({"q": "nobody"}, set()),
        ({"as_of": "2026-01-25", "waiting_on": "miit", "q": "阿里"}, {"Alibaba"}),
        ({"as_of": "2026-01-25", "state": "ministry_approved"}, set()),
    ],
)
def test_it_is_narrowed(pages: httpx.Client, query: dict[str, str], expected: set[str]) -> None:
    answer = pages.get("/", params=query)
    assert set(buyers(answer)) == expected
    assert ("Nothing fits." in answer.text) is not bool(expected)


def test_an_application_is_found_by_its_id(
    pages: httpx.Client, demonstration: Demonstration
) -> None:
    identifier = demonstration.overview()["tencent"]["application"]
    assert buyers(pages.get("/", params={"q": identifier[:12]})) == ["Tencent"]


def test_it_is_ordered(pages: httpx.Client) -> None:
    upwards = pages.get("/", params={"sort": "name"})
    assert buyers(upwards) == ["Alibaba", "ByteDance", "DeepSeek", "Tencent"]
    assert '<th scope="col" aria-sort="ascending">' in upwards.text
    assert 'href="/?sort=-name"' in upwards.text
    downwards = pages.get("/", params={"sort": "-name"})
    assert buyers(downwards) == ["Tencent", "DeepSeek", "ByteDance", "Alibaba"]
    assert pages.get("/", params={"sort": "colour"}).status_code == 422
    onwards = {"sort": "-name", "cursor": seq_cursor(3)}
    assert buyers(pages.get("/", params=onwards)) == ["Alibaba"]
    assert buyers(pages.get("/", params={**onwards, "waiting_on": "ndrc"})) == ["Alibaba"]


@pytest.mark.parametrize("order", ["state", "-standing", "-units", "waiting", "left", "-changed"])
def test_it_is_ordered_by_all_that_it_says(
    pages: httpx.Client, demonstration: Demonstration, order: str
) -> None:
    everybody = set(buyers(pages.get("/")))
    for asked in ({"sort": order}, {"sort": order, "standing": "reported"}):
        answer = pages.get("/", params=asked)
        assert set(buyers(answer)) == everybody
        assert f'<option value="{order}" selected>' in answer.text
    own = pages.get("/", params={"sort": order}, headers=demonstration.key("buyer"))
    assert buyers(own) == ["DeepSeek"]


def test_it_is_told_as_it_was(pages: httpx.Client) -> None:
    found = {row.split()[0]: row for row in rows(pages.get("/", params={"as_of": "2026-01-25"}))}
    assert "No application" in found["DeepSeek"]
    assert "Cleared in principle to prepare orders" in found["Tencent"]
    assert "MIIT , MOFCOM 45 working days left" in found["Tencent"]
    before = pages.get("/", params={"known_at": "2025-12-31T12:00"})
    assert "Nothing was known then." in before.text
    assert "As it was known at <time" in before.text


def test_a_buyer_sees_its_own_line(pages: httpx.Client, demonstration: Demonstration) -> None:
    own = pages.get("/", headers=demonstration.key("buyer"))
    assert buyers(own) == ["DeepSeek"]
    assert buyers(pages.get("/", params={"q": "ten"}, headers=demonstration.key("buyer"))) == []
