"""Whether the service lives, and whether it can take events."""

from fastapi import APIRouter, Request, Response

from api import answers, bodies, documentation
from api.parts import parts_of
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
    """The store answers; and whether what is acknowledged is durable."""
    bodies.no_query(request)
    parts = parts_of(request)
    await parts.store.read("application/readyz")
    body = {
        "status": "ready",
        "durability": parts.settings.durability,
        "findings": list(parts.findings),
    }
    return answers.written(body)
