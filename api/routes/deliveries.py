"""What was sent for a webhook: listed, sent again, tried out; and what a receiver gets."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import answers, bodies, documentation
from api.auth import principal_of
from api.cloud_events import MEDIA_TYPE
from api.parts import Parts, parts_of
from api.problems import answer
from api.readers import Reader
from api.routes.buyers import PageQuery
from api.schemas import DeliveryListOut, DeliveryOut, PingOut, RecordEventOut
from api.schemas.webhooks import DeliveryStatus
from api.webhooks.showing import delivery_body
from workflow.domain.refusals import Refused
from workflow.webhooks import Delivery

router = APIRouter(tags=["webhooks"])

documentation.sends(
    "record",
    RecordEventOut,
    MEDIA_TYPE,
    operationId="deliverRecord",
    summary="A record, to the address of a webhook",
    description="Signed as the Standard Webhooks specification says; docs/webhooks.md shows how a "
    "receiver verifies it. 2xx takes it, 410 ends it all, anything else has it sent again.",
    tags=["webhooks"],
    responses={"2XX": {"description": "Taken."}, "410": {"description": "Send nothing more."}},
)
documentation.sends(
    "ping",
    PingOut,
    MEDIA_TYPE,
    operationId="deliverPing",
    summary="What a webhook is tried out with",
    description="Signed and sent as a record is; it tells of none.",
    tags=["webhooks"],
    responses={"2XX": {"description": "Taken."}},
)


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    status: DeliveryStatus | None = None


@router.post(
    "/v1/webhooks/{id}:ping",
    status_code=202,
    operation_id="pingWebhook",
    summary="Try a webhook out",
    **documentation.operation(
        None, {202: DeliveryOut}, problems=(403, 404, 409, 422, 503), parameters=("id",)
    ),
)
async def ping_webhook(request: Request) -> Response:
    """Send a message that tells of no record; its delivery shows what became of it."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    return _sent(parts, identifier, await parts.webhooks.ping(principal_of(request), identifier))


@router.get(
    "/v1/webhooks/{id}/deliveries",
    operation_id="listDeliveries",
    summary="List what was sent",
    **documentation.operation(
        None, {200: DeliveryListOut}, problems=(403, 404, 422, 503), parameters=("id",)
    ),
)
async def list_deliveries(
    request: Request, reader: Reader, query: Annotated[DeliveriesQuery, Query()]
) -> Response:
    """The messages of a webhook, the newest first, and what became of each."""
    parts, identifier = parts_of(request), request.path_params["id"]
    before = answers.position_of(query.cursor)
    found = await parts.webhooks.deliveries(reader, identifier, query.status, query.limit, before)
    if isinstance(found, Refused):
        return answer(parts.problems.of_refusal(found))
    items = [delivery_body(identifier, delivery) for delivery in found.items]
    return answers.page(request, items, answers.position_cursor(found.next))


@router.post(
    "/v1/webhooks/{id}/deliveries/{delivery}:resend",
    status_code=202,
    operation_id="resendDelivery",
    summary="Send a message again",
    **documentation.operation(
        None,
        {202: DeliveryOut},
        problems=(403, 404, 409, 422, 503),
        parameters=("id", "delivery"),
    ),
)
async def resend_delivery(request: Request) -> Response:
    """Send a message again, under the id that it had: at once, or after what waits before it."""
    parts, identifier = parts_of(request), request.path_params["id"]
    bodies.no_query(request)
    delivery = request.path_params["delivery"]
    outcome = await parts.webhooks.resend(principal_of(request), identifier, delivery)
    return _sent(parts, identifier, outcome)


def _sent(parts: Parts, webhook: str, outcome: Delivery | Refused) -> Response:
    if isinstance(outcome, Refused):
        return answer(parts.problems.of_refusal(outcome))
    return answers.written(delivery_body(webhook, outcome), None, 202)
