"""What goes wrong, told to a browser as a page instead of as a problem document.

Whoever wants a page says so in `Accept`. The addresses of the interface answer programs, so there
a problem stays what it is, whoever asks.
"""

from collections.abc import MutableMapping
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from starlette.types import Message, Scope, Send

from api.console.reasons import in_chinese
from api.console.visit import HTML, Visit
from api.problems import MEDIA_TYPE, fault_of

TEMPLATE = "problem.html"
FOR_PROGRAMS = ("/v1/", "/log/", "/static/", "/healthz", "/readyz", "/metrics", "/openapi.json")
KEPT = frozenset({b"retry-after", b"allow", b"www-authenticate"})
"""Header fields of a problem that its page has, too."""


class ProblemPages:
    """Stands at the way out, and makes pages of problems."""

    def __init__(self, app: FastAPI) -> None:
        self._app: Final = app

    def over(self, scope: Scope, send: Send) -> Send:
        """The way out for an answer, where whoever asked wants a page."""
        return _Swap(self._app, scope, send) if wants_page(scope) else send


class _Swap:
    """Holds a problem document back until all of it is there, and sends a page instead."""

    def __init__(self, app: FastAPI, scope: Scope, send: Send) -> None:
        self._app, self._scope, self._send = app, scope, send
        self._start: MutableMapping[str, Any] | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._tell(self._start, orjson.loads(self._body))

    async def _tell(self, start: Message, problem: dict[str, Any]) -> None:
        request = Request({**self._scope, "app": self._app})
        languages = self._app.state.console.languages
        visit = Visit(request, languages.of(self._scope))
        status: int = problem["status"]
        title = fault_of(problem["code"]).title
        detail = problem["detail"]
        if visit.language != "en":
            detail = in_chinese(detail) or problem["detail_zh"]
        response = visit.page(TEMPLATE, status, problem=problem, title=title, detail=detail)
        kept = [pair for pair in start["headers"] if pair[0] in KEPT]
        await self._send({**start, "headers": [*response.raw_headers, *kept]})
        await self._send({"type": "http.response.body", "body": bytes(response.body)})


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for something to look at."""
    if scope["path"].startswith(FOR_PROGRAMS):
        return False
    return any(HTML.encode() in value for name, value in scope["headers"] if name == b"accept")


def _is_problem(message: Message) -> bool:
    fields = dict(message.get("headers", ()))
    return bool(fields.get(b"content-type", b"").startswith(MEDIA_TYPE.encode()))
