"""`/docs` and `/redoc` come from this service alone."""

import re

import pytest

from tests.e2e.conftest import Demonstration

PAGES = ("/docs", "/redoc")


@pytest.mark.parametrize("path", PAGES)
def test_all_that_a_page_names_is_of_this_service_and_there(
    demonstration: Demonstration, path: str
) -> None:
    page = demonstration.get(path, "text/html")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    named = re.findall(r"""(?:src|href|spec-url)=["']([^"']+)["']|url: "([^"]+)\"""", page.text)
    places = [one or other for one, other in named if not one.startswith("data:")]
    assert len(places) >= 2
    for place in places:
        assert re.fullmatch(r"/[\w/.-]+", place), "not of the same origin"
        assert len(demonstration.get(place, "*/*").content) > 1000


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_not_load_from_elsewhere(demonstration: Demonstration, path: str) -> None:
    policy = demonstration.get(path, "text/html").headers["Content-Security-Policy"]
    sources = {words for rule in policy.split(";") for words in rule.split()[1:]}
    allowed = {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert all(one in allowed or one.startswith("'sha256-") for one in sources)
    assert "default-src 'none'" in policy


def test_nothing_but_the_assets_is_given_out(demonstration: Demonstration) -> None:
    for path in ("core.py", "../core.py", "%2e%2e/core.py", "", "missing.js"):
        answer = demonstration.ask(f"/docs/assets/{path}")
        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"
