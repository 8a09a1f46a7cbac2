"""What every page has in common, asked without scripts: language, policy, files, problems."""

import re

import httpx
import pytest

from tests.e2e.conftest import Demonstration

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FILE = re.compile(r'(?:href|src)="(/static/[0-9a-f]{16}/([a-z]+\.[a-z]+))"')


def language(answer: httpx.Response) -> str:
    """The language of a page, about which its head and its header must agree."""
    (told,) = re.findall(r'<html lang="([\w-]+)">', answer.text)
    assert told[:2] == answer.headers["Content-Language"]
    return str(told)


def test_a_page_is_made_of_what_this_service_has(pages: httpx.Client) -> None:
    answer = pages.get("/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Authorization, Cookie, Accept-Language"
    assert not re.search(
        r"style=|<style| on\w+=|javascript:|<script(?! type=.module. src=)", answer.text
    )
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_files_are_kept_for_ever_under_a_name_of_their_content(pages: httpx.Client) -> None:
    files = FILE.findall(pages.get("/").text)
    assert {name for _, name in files} == {"icon.svg", "console.css", "console.js"}
    for address, _ in files:
        answer = httpx.get(f"{pages.base_url.join(address)}")  # nobody has to sign in for them
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = pages.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        for elsewhere in (address.replace("/static/", "/static/0"), f"{address}x"):
            assert pages.get(elsewhere).json()["code"] == "not-found"


def test_the_first_page_is_small(pages: httpx.Client) -> None:
    page = pages.get("/")
    files = {address for address, _ in FILE.findall(page.text)}
    scripts = {
        re.sub(r"[^/]+$", name, sorted(files)[0])
        for name in ("copy.js", "live.js", "slider.js", "waiting.js")
    }
    sizes = [len(pages.get(address).content) for address in files | scripts]
    assert len(page.content) + sum(sizes) < 100_000


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [("en", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("fr, en;q=0.2, zh;q=0.4", "zh-CN")],
)
def test_a_page_speaks_what_the_browser_likes(
    pages: httpx.Client, accepted: str, spoken: str
) -> None:
    assert language(pages.get("/", headers={"Accept-Language": accepted})) == spoken


def test_the_switch_is_remembered(pages: httpx.Client) -> None:
    answer = pages.get("/", params={"lang": "zh", "q": "tencent"})
    assert language(answer) == "zh-CN"
    assert 'href="/?q=tencent&amp;lang=en"' in answer.text
    kept = answer.headers["Set-Cookie"].partition(";")[0]
    assert language(pages.get("/", headers={"Cookie": kept})) == "zh-CN"
    assert language(pages.get("/", params={"lang": "en"}, headers={"Cookie": kept})) == "en"
    unknown = pages.get("/", params={"lang": "tlh"})
    assert language(unknown) == "en"
    assert "Set-Cookie" not in unknown.headers
    pages.cookies.clear()


def test_a_browser_is_told_of_problems_on_a_page(pages: httpx.Client) -> None:
    answer = pages.get("/no-such-page", headers={"Accept-Language": "zh"})
    assert answer.status_code == 404
    assert language(answer) == "zh-CN"
    assert "<h1>此处没有内容</h1>" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert pages.post("/").status_code == 405
    assert pages.head("/no-such-page").content == b""
    refused = pages.get("/", params={"as_of": "yesterday"})
    assert (refused.status_code, "<h1>The request is not valid</h1>" in refused.text) == (422, True)


def test_programs_are_told_of_problems_as_ever(pages: httpx.Client) -> None:
    assert pages.get("/v1/buyers/nobody").headers["Content-Type"] == "application/problem+json"
    answer = pages.get("/no-such-page", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_whoever_has_not_signed_in_is_led_there_and_back(demonstration: Demonstration) -> None:
    headers = {"Accept": "text/html"}
    answer = httpx.get(f"{demonstration.service.url}/?q=tencent", headers=headers)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2F%3Fq%3Dtencent"


def test_who_is_signed_in_stands_on_the_page(pages: httpx.Client) -> None:
    text = pages.get("/", headers={"Accept-Language": "zh"}).text
    assert "demo-auditor" in text
    assert "<dd>审计员</dd>" in text
    assert '<form method="post" action="/sign-out">' in text
