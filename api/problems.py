"""The one place where refusals and faults become answers: RFC 9457 problem details."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from workflow.desk import Busy, Skipped
from workflow.domain.procedure import Label
from workflow.domain.refusals import REASONS, Kind, Refused
from workflow.store import DurabilityUnknown, StoreFault, Unavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {
    "busy": "1",
    "durability-unknown": "1",
    "unavailable": "2",
    "too-many-connections": "5",
    "identity-provider-unavailable": "5",
}
"""Seconds after which another try makes sense, where the problem itself does not tell."""

STATUS_OF_KIND = {
    Kind.INVALID: 422,
    Kind.UNKNOWN: 404,
    Kind.FORBIDDEN: 403,
    Kind.UNCONDITIONAL: 428,
    Kind.STALE: 412,
    Kind.CONFLICT: 409,
}


class Fault(NamedTuple):
    """A problem that no rule of a procedure makes."""

    status: int
    title: Label


FAULTS: dict[str, Fault] = {
    "malformed-json": Fault(400, Label("The body cannot be read", "无法读取请求正文")),
    "invalid-request": Fault(422, Label("The request is not valid", "请求无效")),
    "past-never-changes": Fault(
        400, Label("Nobody waits for what the past will say", "历史查询不支持等待")
    ),
    "idempotency-key-required": Fault(400, Label("Idempotency-Key is missing", "缺少幂等键")),
    "invalid-idempotency-key": Fault(400, Label("Idempotency-Key is not valid", "幂等键无效")),
    "unauthenticated": Fault(401, Label("A credential is needed", "须出示凭证")),
    "invalid-credential": Fault(401, Label("The credential is not good", "凭证无效")),
    "invalid-token": Fault(401, Label("The token is not accepted", "令牌未被接受")),
    "no-role": Fault(403, Label("The token gives no role here", "令牌未赋予任何角色")),
    "sign-in-refused": Fault(401, Label("The sign-in was not accepted", "登录未被接受")),
    "cross-site-request": Fault(403, Label("The request comes from elsewhere", "请求来自其他站点")),
    "identity-provider-unavailable": Fault(
        503, Label("The identity provider does not answer", "身份提供方没有应答")
    ),
    "foreign-host": Fault(421, Label("The Host header names another service", "主机名不符")),
    "not-found": Fault(404, Label("There is nothing here", "此处没有内容")),
    "method-not-allowed": Fault(405, Label("This method is not possible here", "不支持该方法")),
    "not-acceptable": Fault(406, Label("None of these formats is offered", "无法提供所需格式")),
    "body-too-large": Fault(413, Label("The body is too large", "请求正文过大")),
    "unsupported-media-type": Fault(415, Label("The body must be JSON", "请求正文须为 JSON")),
    "request-timeout": Fault(408, Label("The request did not arrive in time", "请求未及时送达")),
    "malformed-request": Fault(400, Label("This is not HTTP", "请求不符合 HTTP 规范")),
    "rate-limited": Fault(429, Label("These are too many requests", "请求过于频繁")),
    "too-many-attempts": Fault(
        429, Label("Too many credentials from this address were wrong", "凭证错误次数过多")
    ),
    "too-many-connections": Fault(503, Label("Too many connections are open", "连接数过多")),
    "headers-too-large": Fault(431, Label("The header fields are too large", "请求头过大")),
    "skipped": Fault(
        424,
        Label(
            "An earlier item of the application has no outcome; send this one after it",
            "前项尚无结果",
        ),
    ),
    "internal-error": Fault(500, Label("Something went wrong here", "服务内部出错")),
    "unavailable": Fault(
        503, Label("The store is not reachable; nothing happened", "存储不可用，未作任何更改")
    ),
    "busy": Fault(503, Label("The wait was too long; nothing happened", "等待过久，未作任何更改")),
    "durability-unknown": Fault(
        503,
        Label(
            "It is not known whether the event was recorded; send it again with the same key",
            "尚不知事件是否已记录，请用同一幂等键重发",
        ),
    ),
}

TITLES_OF_KIND = {
    Kind.INVALID: Label("The request is not valid", "请求无效"),
    Kind.UNKNOWN: Label("There is nothing of that name", "没有所指对象"),
    Kind.FORBIDDEN: Label("You may not do this", "无权进行此操作"),
    Kind.UNCONDITIONAL: Label("A precondition is required", "须附前提条件"),
    Kind.STALE: Label("The precondition failed", "前提条件不成立"),
    Kind.CONFLICT: Label("The rules do not allow this now", "当前规则不允许"),
}

CODE_OF_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


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
            body["errors"] = list(errors)
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
            body["errors"] = [{"pointer": pointer, "detail": detail.en}]
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
        return {
            "type": f"{self._origin}/problems/{code}",
            "title": title.en,
            "status": status,
            "detail": detail,
            "code": code,
            "detail_zh": zh or title.zh,
        }


def code_of(error: BaseException) -> str:
    """The problem code of a fault."""
    match error:
        case DurabilityUnknown():
            return "durability-unknown"
        case Busy():
            return "busy"
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
    return Response(orjson.dumps(body), body["status"], {**usual, **(headers or {})}, MEDIA_TYPE)


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
