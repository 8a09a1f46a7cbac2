"""The journal of access: who tried, read, exported and changed what, beside the trails."""

from collections.abc import AsyncIterator

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse

from api import answers
from api.console.routing import page
from api.console.searching import day
from api.console.visit import Visit
from api.journal import Filter, What, table, whole
from api.journal import page as page_of
from api.readers import decline
from workflow.domain import access, clock

ENTRIES = 100
"""On a page; it may have fewer, as some thousand are looked at for each."""

FORMS = {"csv": "text/csv", "jsonl": "application/jsonl"}
TERMS = ("what", "actor", "since", "until")

PLACES = {
    "application": "/applications/{}",
    "credential": "/operations/keys/{}",
    "pool": "/pools/{}",
    "webhook": "/operations/webhooks/{}",
}
"""Where what an entry was about is shown."""


async def show(visit: Visit) -> Response:
    """The entries that are asked for, the newest first."""
    decline(access.may_see_journal(visit.reader))
    journal, after = visit.parts.journal, answers.place_of(visit.asked("cursor"))
    found = await page_of(journal, _wanted(visit), ENTRIES, after, newest=True)
    return visit.page(
        "journal.html",
        entries=found.entries,
        following=answers.place_cursor(found.next),
        narrowed=any(map(visit.asked, TERMS)),
        kinds=tuple(What),
        forms=tuple(FORMS),
        places=PLACES,
        kept=journal.store.kept,
    )


async def export(visit: Visit) -> Response:
    """All entries that are asked for, as a file."""
    decline(access.may_see_journal(visit.reader))
    form = visit.request.path_params["form"]
    if form not in FORMS:
        raise visit.nothing()
    entries = whole(visit.parts.journal, _wanted(visit), newest=True)
    lines = table.lines(entries) if form == "csv" else _lines(entries)
    headers = answers.PRIVATE | {"Content-Disposition": f'attachment; filename="journal.{form}"'}
    return StreamingResponse(lines, 200, headers, FORMS[form])


ROUTES = (
    page("/operations/journal", show, reads="/v1/journal"),
    page("/operations/journal/entries.{form}", export, reads="/v1/journal"),
)


def _wanted(visit: Visit) -> Filter:
    """The filter in the address; the last day is included. Raises Problem (422)."""
    since = day(visit, "since", clock.beginning_of)
    until = day(visit, "until", clock.end_of)
    return Filter(
        what=visit.one_of("what", *What),
        actor=visit.asked("actor"),
        since=None if since is None else clock.milliseconds(since),
        until=None if until is None else clock.milliseconds(until) + 1,
    )


async def _lines(entries: AsyncIterator[dict[str, object]]) -> AsyncIterator[bytes]:
    async for entry in entries:
        yield orjson.dumps(entry) + b"\n"
