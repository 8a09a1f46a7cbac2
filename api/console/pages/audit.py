"""Audit: the records of all trails, searched and taken along, and how it stands with the log."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response

from api import answers, exporting, log_checks, trail_cursors
from api.console import searching
from api.console.log_standing import standing
from api.console.pages import live
from api.console.routing import page
from api.console.visit import Visit
from api.exporting import beginning
from api.problems import Problem
from api.readers import decline
from api.routes.records import NAME
from workflow.domain import access
from workflow.domain.record import Document
from workflow.trails import ForeignPlace

RECORDS = 50
"""Records on a page; it may have fewer, as a search looks at some thousand at a time."""

FORMS = {exporting.ENDINGS[one]: one for one in (exporting.JSONL, exporting.CSV, exporting.XLSX)}
"""Media types of what is taken along, by the endings of their names."""


async def show(visit: Visit) -> Response:
    """The records that are asked for, the newest first unless the address says otherwise."""
    queries, reader = visit.parts.queries, visit.reader
    after = await live.place(visit)
    search = await searching.search_of(visit)
    cursors = await trail_cursors.cursors_of(
        visit.parts.store, reader, search.wanted, search.newest
    )
    place = cursors.place(visit.asked("cursor"))
    try:
        found = await queries.search_trails(reader, search.wanted, RECORDS, place, search.newest)
    except ForeignPlace as error:
        raise answers.unknown_cursor() from error
    return visit.page(
        "audit.html",
        after=after,
        search=search,
        narrowed=any(map(visit.asked, searching.TERMS)),
        offered=searching.offered(visit),
        lines=await _lines(visit, found.records),
        following=cursors.of(found.next),
        forms=tuple(FORMS),
        log=await standing(visit.parts),
        origin=visit.parts.settings.origin,
        may_check=access.may_see_entries(reader) is None,
    )


async def check(visit: Visit) -> Response:
    """Begin a check of the whole log, and go back to where it was asked for."""
    decline(access.may_see_entries(visit.reader))
    try:
        await log_checks.begin(visit.parts.settings)
    except OSError as error:
        raise Problem("log-unreadable", "The log cannot be checked here.") from error
    return visit.see(f"{visit.link()}#log")


async def export(visit: Visit) -> Response:
    """All records that are asked for, as a file."""
    media_type, search = form_in(visit), await searching.search_of(visit)
    records = visit.parts.queries.all_trails(visit.reader, search.wanted, search.newest)
    return await beginning.begun(visit.request, records, media_type, NAME, language=visit.language)


def form_in(visit: Visit) -> str:
    """The media type that the address asks for by its ending. Raises Problem (404)."""
    media_type = FORMS.get(visit.request.path_params["form"])
    if media_type is None:
        raise visit.nothing()
    return media_type


ROUTES = (
    page("/audit", show, check, reads="/v1/trail"),
    page("/audit/records.{form}", export, reads="/v1/trail"),
)


async def _lines(visit: Visit, texts: Sequence[bytes]) -> list[dict[str, Any]]:
    """Records with their application's `id`, its buyer's `name`, what their procedure calls things
    (`names`), and by which record they were `corrected`, if by any.
    """
    records = [orjson.loads(text) for text in texts]
    applications = await _documents(visit, "application", map(_application, records))
    buyers = await _documents(
        visit, "buyer", (one.snapshot["buyer"] for one in applications.values())
    )
    lines = []
    for record in records:
        identifier = _application(record)
        snapshot = applications[identifier].snapshot
        buyer = buyers.get(snapshot["buyer"])
        corrected = snapshot["corrections"].get(str(record["seq"]))
        lines.append(
            record
            | {
                "application": identifier,
                "buyer": snapshot["buyer"],
                "name": _same(snapshot["buyer"]) if buyer is None else buyer.snapshot["name"],
                "names": searching.names_of(visit, record),
                "corrected_by": None if corrected == record["seq"] else corrected,
            }
        )
    return lines


async def _documents(visit: Visit, kind: str, names: Any) -> Mapping[str, Document]:
    """The documents of these subjects, each read once."""
    wanted = sorted(set(names))
    found = await asyncio.gather(*(visit.parts.queries.document(kind, one) for one in wanted))
    pairs = zip(wanted, found, strict=True)
    return {name: document for name, document in pairs if document is not None}


def _application(record: Mapping[str, Any]) -> str:
    return str(record["subject"]).removeprefix("application/")


def _same(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}
