"""Whether the service lives, and whether it can take events."""

from typing import cast

from fastapi import APIRouter, Request, Response

from api import answers, bodies, documentation
from api.parts import parts_of
from api.problems import Problem, fault_of
from api.readiness import UNSAFE, Readiness
from api.schemas import HealthOut, ReadyOut

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
    """The store answers and keeps what is acknowledged, and what is accepted comes into the log;
    with whatever does not stop events: whether the log and the timers keep up, and old records can
    be read.
    """
    bodies.no_query(request)
    parts, readiness = parts_of(request), cast(Readiness, request.app.state.readiness)
    if parts.log.finding() is not None:
        raise Problem("log-stopped", fault_of("log-stopped").title.en)
    await parts.store.read("application/readyz")
    durability = parts.settings.durability
    if readiness.server and durability == "strict":
        raise Problem(UNSAFE, fault_of(UNSAFE).title.en)
    findings = (f"{name}: {told}" for name, told in readiness.found().items())
    body = {
        "status": "ready",
        "durability": durability,
        "findings": [*readiness.server, *findings],
    }
    return answers.written(body)
