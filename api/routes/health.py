"""Whether the service lives, and whether it can take events."""

from fastapi import APIRouter, Request, Response

from api import answers, bodies, documentation
from api.parts import parts_of
from api.problems import Problem, fault_of
from api.schemas import HealthOut, ReadyOut

UNREAD = "archive-unreadable: old records cannot be read in the log; standard error says why"
"""A finding that does not stop events. What it says is for everybody: no name, no path."""

BEHIND = "log-behind: what was accepted 30 s ago is in no checkpoint; standard error says more"
"""Another one."""

router = APIRouter(tags=["health"])


@router.get(
    "/healthz",
    operation_id="getHealth",
    summary="Is it alive",
    **documentation.operation(None, {200: HealthOut}, problems=(422,), public=True),
)
async def get_health(request: Request) -> Response:
    """The process answers."""
    bodies.no_query(request)
    return answers.written({"status": "alive"})


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Can it take events",
    **documentation.operation(None, {200: ReadyOut}, problems=(422, 503), public=True),
)
async def get_readiness(request: Request) -> Response:
    """The store answers, and what is accepted comes into the log; whether what is acknowledged is
    durable, whether the log keeps up, and old records can be read.
    """
    bodies.no_query(request)
    parts = parts_of(request)
    if parts.log.finding() is not None:
        raise Problem("log-stopped", fault_of("log-stopped").title.en)
    await parts.store.read("application/readyz")
    found = ((UNREAD, parts.store.archive.unreadable), (BEHIND, parts.lag.behind))
    body = {
        "status": "ready",
        "durability": parts.settings.durability,
        "findings": [*parts.findings, *(finding for finding, holds in found if holds)],
    }
    return answers.written(body)
