"""The one place where refusals and faults become answers: RFC 9457 problem details."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from api import request_id
from api.faults import CODE_OF_STATUS, FAULTS, RETRY_AFTER, STATUS_OF_KIND, TITLES_OF_KIND, Fault
from api.reasons import in_both
from workflow.desk import Busy, Skipped
from workflow.domain.procedure import Label
from workflow.domain.refusals import REASONS, Kind, Refused
from workflow.store import ArchiveUnreadable, DurabilityUnknown, StoreFault, Unavailable

MEDIA_TYPE = "application/problem+json"

CODE = "problem"
"""Where an answer leaves its code in the request's scope."""


class Problem(Exception):
    """A request that cannot be served; becomes a problem document, with these header fields."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


class ProblemAnswer(Response):
    """A problem document as an answer, which says its code to whoever watches the way out."""

    media_type = MEDIA_TYPE

    def __init__(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(orjson.dumps(body), body["status"], headers)
        self.code: str = body["code"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[CODE] = self.code
        await super().__call__(scope, receive, send)


class Declined(Exception):
    """A request that is refused before anything is looked up."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.decisive.code)
        self.refused = refused


class Problems:
    """Writes problem documents whose types are absolute addresses of this service."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def of_fault(
        self, code: str, detail: str | None = None, errors: Sequence[Mapping[str, str]] = ()
    ) -> dict[str, Any]:
        """A problem that the request makes by itself, whatever is stored."""
        fault = fault_of(code)
        body = self._body(code, fault.status, fault.title, detail or fault.title.en)
        if errors:
            body["errors"] = [_in_both(error) for error in errors]
        return body

    def of_refusal(self, refused: Refused) -> dict[str, Any]:
        """A reasoned no, with every guard that failed and what is possible instead."""
        decisive = refused.decisive
        kind, detail = decisive.kind, decisive.detail
        body = self._body(
            decisive.code, STATUS_OF_KIND[kind], TITLES_OF_KIND[kind], detail.en, detail.zh
        )
        if kind is Kind.INVALID:
            pointer = "".join(f"/{step}" for step in decisive.field)
            body["errors"] = [{"pointer": pointer, "detail": detail.en, "detail_zh": detail.zh}]
        if refused.state is not None:
            body["state"] = refused.state
            body["failed_guards"] = [
                {"code": refusal.code, "detail": refusal.detail._asdict()}
                for refusal in refused.refusals
            ]
            body["allowed_events"] = list(refused.allowed)
        return body

    def of_exception(self, error: BaseException) -> dict[str, Any]:
        """What a fault is told as; nothing of its inside is told."""
        if isinstance(error, Problem):
            return self.of_fault(error.code, error.detail, error.errors)
        if isinstance(error, Declined):
            return self.of_refusal(error.refused)
        return self.of_fault(code_of(error))

    def _body(
        self, code: str, status: int, title: Label, detail: str, zh: str | None = None
    ) -> dict[str, Any]:
        body = {
            "type": f"{self._origin}/problems/{code}",
            "title": title.en,
            "status": status,
            "detail": detail,
            "code": code,
            "detail_zh": zh or title.zh,
        }
        named = request_id.current.get()
        if status >= 500 and named is not None:  # the lines that tell more have it as well
            body["request_id"] = named
        return body


def code_of(error: BaseException) -> str:
    """The problem code of a fault."""
    match error:
        case DurabilityUnknown():
            return "durability-unknown"
        case Busy():
            return "busy"
        case ArchiveUnreadable():
            return "archive-unreadable"
        case Unavailable() | StoreFault():
            return "unavailable"
        case Skipped():
            return "skipped"
        case _:
            return "internal-error"


def fault_of(code: str) -> Fault:
    """Status and title of a code."""
    if code in FAULTS:
        return FAULTS[code]
    kind = REASONS[code].kind
    return Fault(STATUS_OF_KIND[kind], TITLES_OF_KIND[kind])


def headers_of(error: BaseException) -> Mapping[str, str]:
    """The header fields that belong to a fault's problem document."""
    return error.headers if isinstance(error, Problem) else {}


def answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem document as a response."""
    fixed = RETRY_AFTER.get(body["code"])
    usual = {} if fixed is None else {"Retry-After": fixed}
    return ProblemAnswer(body, {**usual, **(headers or {})})


def every_code() -> list[str]:
    """Every problem code that an answer may carry."""
    return sorted({*FAULTS, *REASONS})


def install(app: FastAPI, problems: Problems) -> None:
    """Let every exception of the application be answered as a problem."""

    async def invalid(_request: Request, error: Exception) -> Response:
        errors = field_errors(error.errors()) if isinstance(error, RequestValidationError) else []
        return answer(problems.of_fault("invalid-request", None, errors))

    async def refused_by_framework(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        response = answer(problems.of_fault(CODE_OF_STATUS.get(status, "internal-error")))
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        if status == 405:
            response.headers["Allow"] = ", ".join(_methods(request))
        return response

    async def fault(_request: Request, error: Exception) -> Response:
        return answer(problems.of_exception(error), headers_of(error))

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused_by_framework)
    for kind in (Problem, Declined, StoreFault, Busy, Exception):
        app.add_exception_handler(kind, fault)


def _methods(request: Request) -> list[str]:
    """What is possible at this address; the framework tells of one route only."""
    fitting = [
        route
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    ]
    return sorted({method for route in fitting for method in route.methods or ()})


def _in_both(error: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a field, also in Chinese where the sentence is known."""
    told = in_both(error["detail"])
    return dict(error) if told.zh == told.en else {**error, "detail_zh": told.zh}


def field_errors(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Validation errors as JSON Pointers (RFC 6901) with a sentence each; no input echoed. What a
    rule of ours says stands without the words that pydantic puts before it.
    """
    return [
        {
            "pointer": "".join(f"/{step}" for step in error["loc"]),
            "detail": str(error["msg"]).removeprefix("Value error, "),
        }
        for error in errors
    ]
