"""A line for every request, where the operator wants them."""

import logging
from time import perf_counter

from starlette.types import Message, Scope, Send

from api.auth import PLACE, address_of
from api.limits import LONGEST
from api.lines import REQUESTS, TOLD
from api.security_log import PATH_SHOWN, without_secrets
from workflow.domain.principal import Principal

logger = logging.getLogger(REQUESTS)


def over(scope: Scope, send: Send) -> Send:
    """The way out for an answer, which leaves a line when it is whole: who asked what, how it
    ended, and after how many milliseconds. No query, no body and no secret is in it.
    """
    begun, status = perf_counter(), 0

    async def told(message: Message) -> None:
        nonlocal status
        await send(message)
        if message["type"] == "http.response.start":
            status = message["status"]
        elif not message.get("more_body", False):
            logger.info("answered", extra={TOLD: _line(scope, status, perf_counter() - begun)})

    return told


def _line(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    who: Principal | None = scope.get(PLACE)
    return {
        "method": scope["method"],
        "path": without_secrets(scope["path"])[:PATH_SHOWN],
        "status": status,
        "ms": round(seconds * 1_000, 1),
        "principal": None if who is None else who.identity,
        "address": address_of(scope)[:LONGEST],
    }
