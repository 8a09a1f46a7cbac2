"""Every problem is told to a browser as a page in its language, and to a program as ever."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Message

from api.console import Console, ProblemPages
from api.problems import Problems, answer, every_code, fault_of

APP = FastAPI()
APP.state.console = Console("http://localhost")
PAGES = ProblemPages(APP)
PROBLEMS = Problems("http://localhost")


async def told(code: str, path: str = "/board", **headers: str) -> tuple[Message, str]:
    """How an answer with this problem begins, and its body."""
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": raw,
        "client": None,
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    problem: dict[str, Any] = PROBLEMS.of_fault(code)
    await answer(problem)(scope, receive, PAGES.over(scope, send))
    start, *rest = sent
    return start, b"".join(part["body"] for part in rest).decode()


@pytest.mark.parametrize("code", every_code())
async def test_a_browser_is_told_on_a_page(code: str) -> None:
    fault = fault_of(code)
    for language, title in fault.title._asdict().items():
        start, body = await told(code, accept="text/html", accept_language=language)
        assert start["status"] == fault.status
        assert dict(start["headers"])[b"content-language"] == language.encode()
        assert f"<h1>{title}</h1>" in body
        assert f'href="/problems/{code}"' in body


async def test_when_to_try_again_is_still_said() -> None:
    start, body = await told("busy", accept="text/html")
    assert dict(start["headers"])[b"retry-after"] == b"1"
    assert "Nothing that was accepted is lost." in body


@pytest.mark.parametrize("path", ["/v1/buyers", "/log/checkpoint", "/static/x/console.css"])
async def test_addresses_for_programs_answer_programs(path: str) -> None:
    start, body = await told("not-found", path, accept="text/html")
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert body.startswith("{")


async def test_whoever_wants_no_page_gets_none() -> None:
    start, _ = await told("not-found", accept="application/json")
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
