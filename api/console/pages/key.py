"""One credential: what it grants, what became of it; another secret for it, or its end."""

from typing import Any

import orjson
from fastapi import Response

from api import answers, bodies
from api.console import forms
from api.console.operating import operator_of, spoken
from api.console.pages.keys import credential, shown
from api.console.routing import page
from api.console.visit import Visit
from api.problems import Problem
from workflow.domain.refusals import Refused
from workflow.trails import TrailFilter

RECORDS = 50
"""Records of its trail on a page, the newest first."""

HOUR = 3_600
OVERLAPS = (0, HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR)
"""Seconds for which an old secret may stay good, as they are offered."""


async def show(visit: Visit) -> Response:
    """The credential, with its trail."""
    one = await _seen(visit)
    after = answers.seq_of(visit.asked("cursor"))
    subject = f"credential/{one['id']}"
    found = await visit.parts.queries.trail(subject, TrailFilter(), RECORDS, after, newest=True)
    return visit.page(
        "key.html",
        credential=one,
        records=[orjson.loads(text) for text in found.records],
        following=answers.seq_cursor(found.next),
        bodies=spoken(visit).bodies,
        own=one["id"] == visit.reader.credential,
    )


async def ask_rotation(visit: Visit) -> Response:
    """Ask for how long the old secret shall stay good."""
    return await _asked(visit, "key_rotation.html")


async def rotate(visit: Visit) -> Response:
    """Give the key a new secret, and show it this once."""
    operator = operator_of(visit)
    form, identifier = await visit.form(), _id(visit)
    offered = {str(seconds): seconds for seconds in OVERLAPS}
    if form.get("overlap") not in offered:
        raise Problem("invalid-request", "There is no such time.")
    overlap = offered[form.get("overlap")]
    print_of = bodies.fingerprint({"overlap_seconds": overlap})
    credentials = visit.parts.credentials
    outcome = await credentials.rotate(operator, identifier, overlap, form.key, print_of)
    if isinstance(outcome, Refused):
        return await _asked(visit, "key_rotation.html", outcome)
    return shown(visit, outcome, 200)


async def ask_revocation(visit: Visit) -> Response:
    """Ask whether it shall end for good."""
    return await _asked(visit, "key_revocation.html")


async def revoke(visit: Visit) -> Response:
    """End the credential."""
    operator, identifier = operator_of(visit), _id(visit)
    await visit.form()
    outcome = await visit.parts.credentials.revoke(operator, identifier)
    if isinstance(outcome, Refused) and outcome.decisive.code != "credential-revoked":
        return await _asked(visit, "key_revocation.html", outcome)
    return visit.see(f"/operations/keys/{identifier}")


ROUTES = (
    page("/operations/keys/{id}", show, reads="/v1/keys/{id}/trail"),
    page("/operations/keys/{id}/rotate", ask_rotation, rotate, posts="/v1/keys/{id}:rotate"),
    page("/operations/keys/{id}/revoke", ask_revocation, revoke, posts="/v1/keys/{id}"),
)


async def _seen(visit: Visit) -> dict[str, object]:
    """The credential in the address. Raises Declined (403), Problem (404)."""
    operator_of(visit)
    identifier = _id(visit)
    document = await visit.parts.queries.document("credential", identifier)
    if document is None:
        raise visit.nothing()
    (used,) = await visit.parts.identities.last_used([identifier])
    return credential(identifier, document, used)


async def _asked(visit: Visit, template: str, refused: Refused | None = None) -> Response:
    values: dict[str, Any] = {
        "credential": await _seen(visit),
        "key": forms.new_key(),
        "overlaps": OVERLAPS,
    }
    if refused is not None:
        return visit.refused(template, refused, **values)
    return visit.page(template, refused=None, **values)


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["id"])
