"""An application: how far it has come, what may happen next, and everything that did."""

from typing import Any, NamedTuple, cast

import orjson
from fastapi import Response

from api import answers, overview
from api.console import past, timeline
from api.console.life import Life, life_of
from api.console.naming import Names
from api.console.obstacles import obstacles, reports, ways
from api.console.routing import page
from api.console.steps import steps_of
from api.console.visit import Visit
from api.console.workdays import running
from api.problems import Declined
from api.views import application_body
from workflow.domain.application import NOTES_KEPT, Snapshot
from workflow.domain.history import Moment
from workflow.domain.predicates import waiting_on
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.service import now
from workflow.trails import TrailFilter

PAST: dict[str, Any] = {"outlook": None, "mine": [], "reports": None, "obstacles": []}
"""What may happen next, said of the past: nothing."""

SHOWN = 20
"""Records on a page of the timeline."""


class Seen(NamedTuple):
    """An application that the visitor sees, as it is or was, and what its parts are called."""

    id: str
    document: Document
    names: Names


async def seen(visit: Visit) -> Seen:
    """The application in the address. Raises Problem (404)."""
    identifier = visit.request.path_params["id"]
    stored = await visit.parts.queries.application(visit.reader, identifier)
    if stored is None:
        raise visit.nothing()
    document = Document.decode(stored)
    return Seen(identifier, document, visit.names_of(document))


async def lived(visit: Visit, on: Seen, moment: Moment | None) -> tuple[Seen, Life] | None:
    """The application as it is, or as it was at a moment, and its life until then; None where
    there was nothing yet. Raises Declined (409) where its trail is too long to say.
    """
    queries, last = visit.parts.queries, on.document.version
    if moment is None:
        return on, await life_of(queries, on.id, last)
    found = await queries.at(f"application/{on.id}", moment)
    if isinstance(found, Refused):
        raise Declined(found)
    if found is None:
        return None
    if moment.as_of is None:
        last = found.version
    return on._replace(document=found), await life_of(queries, on.id, last, moment)


async def show(visit: Visit) -> Response:
    """The application, as it is or as it was."""
    on = await seen(visit)
    moment = past.moment_of(visit)
    found = await lived(visit, on, moment)
    if found is None:
        return await _before(visit, on, moment)
    (identifier, document, names), life = found
    snapshot = cast(Snapshot, document.snapshot)
    (row,) = await visit.parts.queries.lines([(identifier, document)])
    at = now() if moment is None else moment.as_of or moment.known_at or now()
    body = application_body(identifier, document, names.procedure)
    entries, following = await _entries(visit, found[0], life, moment)
    unsure = min(body["unconfirmed"], default=None)
    return visit.page(
        "application.html",
        application=body,
        names=names,
        line=overview.line(row, visit.parts.catalog, at),
        moment=moment,
        changed_at=body["updated_at"] if moment is None else life.changed_at,
        records=body["version"] if moment is None else len(life.records),
        **(PAST if moment else await _outlook(visit, found[0])),
        steps=steps_of(names.procedure, body, life.states(), life.states(unsure)),
        picture=visit.link(cursor=None, posted=None).replace(
            identifier, f"{identifier}/diagram", 1
        ),
        limit=running(names.procedure, snapshot),
        notes_kept=NOTES_KEPT,
        life=life,
        entries=entries,
        following=following,
    )


async def _entries(
    visit: Visit, on: Seen, life: Life, moment: Moment | None
) -> tuple[list[timeline.Record], str | None]:
    """A page of the timeline, and where the next one begins."""
    after = answers.seq_of(visit.asked("cursor"))
    if moment is None:
        subject = f"application/{on.id}"
        trail = await visit.parts.queries.trail(subject, TrailFilter(), SHOWN, after, newest=True)
        texts, following = trail.records, trail.next
    else:
        left = [
            text
            for text, record in zip(life.texts, life.records, strict=True)
            if after is None or record["seq"] < after
        ]
        texts = left[:SHOWN]
        following = orjson.loads(texts[-1])["seq"] if len(left) > SHOWN else None
    corrections = on.document.snapshot["corrections"]
    return timeline.entries(texts, on.names, corrections), answers.seq_cursor(following)


async def _outlook(visit: Visit, on: Seen) -> dict[str, Any]:
    """What the visitor may do and enter, and what stands in the way of it and of everybody."""
    found = await visit.parts.queries.prospects(visit.reader, on.id, now())
    if found is None:
        return PAST
    procedure, snapshot = on.names.procedure, found.document.snapshot
    mine, reported = ways(procedure, visit.reader, snapshot["buyer"], found.own)
    awaited = waiting_on(procedure, cast(Snapshot, snapshot))
    return {
        "outlook": found.own,
        "mine": mine,
        "reports": reports(procedure, snapshot["state"], awaited, reported),
        "obstacles": obstacles(procedure, snapshot["state"], found.others),
    }


async def _before(visit: Visit, on: Seen, moment: Moment | None) -> Response:
    """That nothing was known then, and since when something is."""
    first = await visit.parts.queries.record(f"application/{on.id}", 1)
    record = orjson.loads(first or b"{}")
    return visit.page("application/before.html", on=on, moment=moment, record=record)


ROUTES = (page("/applications/{id}", show, reads="/v1/applications/{id}/trail"),)
