"""The picture of a procedure over HTTP."""

from xml.etree import ElementTree

import httpx
import pytest

from tests.e2e.conftest import Demonstration

PATH = "/v1/procedures/h200-import/1/diagram"
IN_A_BROWSER = (
    "text/html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "image/*",
    "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "image/avif,image/webp,*/*",
)
"""Of addresses that were typed in, and of pictures in a page."""


def get(demonstration: Demonstration, accept: str, **query: str) -> httpx.Response:
    return demonstration.ask(PATH, accept, **query)


@pytest.mark.parametrize("accept", ["image/svg+xml", *IN_A_BROWSER])
def test_a_picture_for_whom_accepts_one(demonstration: Demonstration, accept: str) -> None:
    answer = get(demonstration, accept)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert ElementTree.fromstring(answer.text).get("role") == "img"  # noqa: S314 - our own


def test_the_language_and_the_state_of_an_application(demonstration: Demonstration) -> None:
    state = demonstration.application("deepseek")["state"]
    english, chinese = (
        get(demonstration, "image/svg+xml", lang=lang, state=state).text for lang in ("en", "zh")
    )
    assert "current state" in english
    assert "当前状态" in chinese
    assert "current state" not in get(demonstration, "image/svg+xml").text


@pytest.mark.parametrize("accept", ["image/svg+xml", "text/vnd.mermaid"])
def test_a_state_that_is_none_is_refused(demonstration: Demonstration, accept: str) -> None:
    answer = get(demonstration, accept, state="licensed\n    click licensed")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/state"


@pytest.mark.parametrize(
    "accept", ["*/*", "text/*", "text/plain", "text/vnd.mermaid, text/html;q=0.5"]
)
def test_mermaid_for_everybody_else(demonstration: Demonstration, accept: str) -> None:
    answer = get(demonstration, accept)
    assert answer.headers["Content-Type"].startswith("text/vnd.mermaid")
    assert "Accept" in answer.headers["Vary"]


def test_what_is_not_there_is_not_acceptable(demonstration: Demonstration) -> None:
    assert get(demonstration, "image/png").status_code == 406


def test_both_are_in_the_document(demonstration: Demonstration) -> None:
    document = demonstration.get("/openapi.json").json()
    offered = document["paths"]["/v1/procedures/{name}/{version}/diagram"]["get"]["responses"]
    assert set(offered["200"]["content"]) == {"text/vnd.mermaid", "image/svg+xml"}
