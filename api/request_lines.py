"""A line for every request, where the operator wants them."""

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import PLACE, address_of
from api.limits import LONGEST
from api.lines import REQUESTS, TOLD
from api.security_log import PATH_SHOWN, without_secrets
from workflow.domain.principal import Principal

EVENTS = "lines.events"
"""Where in its scope a stream says how many events it has told."""

logger = logging.getLogger(REQUESTS)


async def over(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let a request be answered, which leaves a line when that is over: who asked what, how it
    ended, and after how many milliseconds; of a stream, how many events it told. `cut short` was
    what its reader did not take to the end. No query, no body and no secret is in it.
    """
    begun, status, whole = perf_counter(), 0, False

    async def told(message: Message) -> None:
        nonlocal status, whole
        await send(message)
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            whole = not message.get("more_body", False)

    try:
        await app(scope, receive, told)
    finally:
        line = _line(scope, status, perf_counter() - begun)
        logger.info("answered" if whole else "cut short", extra={TOLD: line})


def _line(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    who: Principal | None = scope.get(PLACE)
    events = {"events": scope[EVENTS]} if EVENTS in scope else {}
    return {
        "method": scope["method"],
        "path": without_secrets(scope["path"])[:PATH_SHOWN],
        "status": status,
        "ms": round(seconds * 1_000, 1),
        **events,
        "principal": None if who is None else who.identity,
        "address": address_of(scope)[:LONGEST],
    }
