"""The metrics, as Prometheus reads them."""

from typing import cast

from fastapi import APIRouter, Request, Response

from api import answers, bodies, documentation
from api.auth import PLACE
from api.metrics import PATH, Metering
from api.readers import decline, reader_of
from workflow.domain import access

PLAIN, OPEN = "text/plain", "application/openmetrics-text"

router = APIRouter(tags=["health"])


@router.get(
    PATH,
    operation_id="getMetrics",
    summary="Read the metrics",
    **documentation.operation(
        None, {}, problems=(403, 422), texts={200: (PLAIN, OPEN)}, public=None
    ),
)
async def get_metrics(request: Request) -> Response:
    """What all processes on one data folder have counted, and how things stand, in the text format
    of Prometheus; as OpenMetrics for whoever accepts that. For operators and auditors, unless the
    operator lets others read it.
    """
    bodies.no_query(request)
    if PLACE in request.scope:  # else the front door knows why
        decline(access.may_see_metrics(reader_of(request)))
    metering = cast(Metering, request.app.state.metering)
    text, media_type = await metering.text(request.headers.get("accept", ""))
    return Response(text, media_type=media_type, headers=dict(answers.PRIVATE))
