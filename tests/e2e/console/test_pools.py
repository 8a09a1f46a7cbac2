"""Pools: what is claimed of a joint quantity, and what is not known of it."""

import re

import httpx

from tests.e2e.conftest import Demonstration


def text(page: httpx.Response) -> str:
    """What a page says, without what is only for the eye."""
    assert page.status_code == 200, page.text
    (body,) = re.findall(r"<main[^>]*>(.*)</main>", page.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_claims_of_the_reports_stand_beside_each_other(pages: httpx.Client) -> None:
    told = text(pages.get("/pools"))
    assert "Joint purchase, January 2026 joint-2026-01" in told
    assert "at least 400,000 : Alibaba, ByteDance, Tencent" in told
    assert "at least 400,000 : Alibaba, ByteDance, DeepSeek, Tencent" in told
    assert "the claims contradict each other" in told
    chinese = text(pages.get("/pools", headers={"Accept-Language": "zh"}))
    assert "至少40万 ：阿里巴巴" in chinese


def test_a_lower_bound_is_drawn_as_one(pages: httpx.Client) -> None:
    page = pages.get("/pools/joint-2026-01")
    told = text(page)
    assert told.count("a lower bound: how much more is not known") == 2
    assert page.text.count('<path class="open"') == 2
    assert "What is free cannot be told" in told
    assert told.count("not known 0") == 3, "units of each share, and none is drawn"


def test_a_buyer_sees_its_own_share(pages: httpx.Client, demonstration: Demonstration) -> None:
    own = pages.get("/pools/joint-2026-01", headers=demonstration.key("buyer"))
    assert "Tencent" not in own.text
    told = text(own)
    assert "shared by DeepSeek, and others whom you may not see" in told
    assert "Sources disagree about this quantity. You do not see all that they say" in told
    assert "side by side" not in told


def test_what_is_not_there_is_told(pages: httpx.Client) -> None:
    assert pages.get("/pools/none").status_code == 404


def test_an_exact_quantity_has_an_end(pages: httpx.Client, demonstration: Demonstration) -> None:
    claim = {"units": 120, "bound": "exactly", "buyers": ["deepseek"], "evidence": []}
    pool = {"id": "exact-pool", "title": {"en": "Exact", "zh": "确切"}, "claims": [claim]}
    made = pages.post("/v1/pools", json=pool, headers=demonstration.key("recorder"))
    assert made.status_code == 201, made.text
    page = pages.get("/pools/exact-pool")
    told = text(page)
    assert "Free 120" in told
    assert "an exact quantity" in told
    assert '<path class="open"' not in page.text
    assert "No application that you may see belongs to this pool." in told
