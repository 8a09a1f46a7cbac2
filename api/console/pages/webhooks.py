"""Webhooks: who is told of events, what became of each message, and one more try."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from fastapi import Response

from api import answers, bodies
from api.console import forms
from api.console.forms import Form
from api.console.operating import operator_of, spoken
from api.console.routing import page
from api.console.visit import Visit
from api.journal.watch import ROUTE
from api.schemas.webhooks import DeliveryStatus
from api.webhooks.showing import delivery_body, tallied_body, webhook_body
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.domain.webhook import ACTIVE, DISABLED
from workflow.service import now
from workflow.webhooks import Delivery

WEBHOOKS, DELIVERIES = 20, 50
"""On a page."""

STATUSES: tuple[DeliveryStatus, ...] = ("pending", "delivered", "dead")
ADDRESS = "/v1/webhooks/{id}"

AFTERWARDS = {"enable": ACTIVE, "disable": DISABLED}
"""The state of a webhook after something was done to it."""

Outcome = Refused | object


async def list_all(visit: Visit) -> Response:
    """Every webhook, the newest first, and how it stands with what was sent."""
    operator = operator_of(visit)
    before = answers.position_of(visit.asked("cursor"))
    found = await visit.parts.webhooks.page(operator, WEBHOOKS, before)
    webhooks = await asyncio.gather(*(_body(visit, *item) for item in found.items))
    following = answers.position_cursor(found.next)
    return visit.page("webhooks.html", webhooks=webhooks, following=following, at=now())


async def show(visit: Visit) -> Response:
    """One webhook, and its messages."""
    return await _shown(visit)


async def post(visit: Visit) -> Response:
    """Send a message again, try the webhook out, or let it rest or go on."""
    operator_of(visit)
    form = await visit.form()
    deed = DEEDS.get(form.get("deed"))
    if deed is None:
        raise visit.nothing()
    route, act = deed
    visit.request.scope[ROUTE] = f"{ADDRESS}{route}"
    outcome = await act(visit, form)
    if isinstance(outcome, Refused):
        return await _shown(visit, outcome)
    message = outcome.id if isinstance(outcome, Delivery) else None
    return visit.see(visit.link(did=form.get("deed"), message=message, cursor=None))


ROUTES = (page("/operations/webhooks", list_all), page("/operations/webhooks/{id}", show, post))


async def _shown(visit: Visit, refused: Refused | None = None) -> Response:
    operator, identifier = operator_of(visit), _id(visit)
    webhooks = visit.parts.webhooks
    document = await webhooks.seen(operator, identifier)
    if isinstance(document, Refused):
        raise visit.nothing()
    status = cast(DeliveryStatus | None, visit.one_of("status", *STATUSES))
    before = answers.position_of(visit.asked("cursor"))
    found = await webhooks.deliveries(operator, identifier, status, DELIVERIES, before)
    if isinstance(found, Refused):
        raise visit.nothing()
    values: dict[str, Any] = {
        "webhook": await _body(visit, identifier, document),
        "deliveries": [delivery_body(identifier, one) for one in found.items],
        "awaited": awaited(found.items),
        "following": answers.position_cursor(found.next),
        "statuses": STATUSES,
        "spoken": spoken(visit),
        "key": forms.new_key(),
        "at": now(),
    }
    if refused is not None:
        return visit.refused("webhook.html", refused, did=None, message=None, **values)
    did, message = await _done(visit, document)
    return visit.page("webhook.html", refused=None, did=did, message=message, **values)


def awaited(messages: Iterable[Delivery]) -> dict[str, str]:
    """What each of these messages waits for, by id: the earliest of the same application that is
    still to be delivered, of those that are here.
    """
    queues: dict[str, list[Delivery]] = {}
    for one in messages:
        if one.status == "pending" and not one.is_ping:
            queues.setdefault(one.application, []).append(one)
    firsts = {name: min(queue, key=lambda one: one.seq).id for name, queue in queues.items()}
    waiting = (one for queue in queues.values() for one in queue)
    return {one.id: first for one in waiting if (first := firsts[one.application]) != one.id}


async def _done(visit: Visit, document: Document) -> tuple[str | None, Delivery | None]:
    """What was done a moment ago, or the message that was sent, as the address has it; only what
    the webhook says, too, as anybody can make an address.
    """
    did, name = visit.one_of("did", *DEEDS), visit.asked("message")
    if did in AFTERWARDS:
        agrees = document.snapshot["state"] == AFTERWARDS[did]
        return did if agrees else None, None
    if did is None or name is None:
        return None, None
    (known,) = await visit.parts.store.webhooks.known(_id(visit), [name])
    return None, None if known is None else Delivery.read(known)


async def _body(visit: Visit, identifier: str, document: Document) -> dict[str, Any]:
    tallied = await visit.parts.webhooks.standing(identifier)
    return webhook_body(identifier, document) | {"tallied": tallied_body(tallied)}


async def _resend(visit: Visit, form: Form) -> Outcome:
    webhooks = visit.parts.webhooks
    return await webhooks.resend(visit.reader, _id(visit), form.get("delivery"))


async def _ping(visit: Visit, form: Form) -> Outcome:
    del form
    return await visit.parts.webhooks.ping(visit.reader, _id(visit))


async def _enable(visit: Visit, form: Form) -> Outcome:
    return await _change(visit, form, enabled=True)


async def _disable(visit: Visit, form: Form) -> Outcome:
    return await _change(visit, form, enabled=False)


async def _change(visit: Visit, form: Form, *, enabled: bool) -> Outcome:
    fields = {"enabled": enabled}
    webhooks, print_of = visit.parts.webhooks, bodies.fingerprint(fields)
    return await webhooks.change(visit.reader, _id(visit), fields, form.key, print_of)


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["id"])


DEEDS: dict[str, tuple[str, Callable[[Visit, Form], Awaitable[Outcome]]]] = {
    "resend": ("/deliveries/{delivery}:resend", _resend),
    "ping": (":ping", _ping),
    "enable": ("", _enable),
    "disable": ("", _disable),
}
"""What a button does, and the address of the interface that does the same."""
