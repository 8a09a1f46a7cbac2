"""What happens meanwhile: that there is something new, and nothing of it. A page that is open reads
no trail by that, so the journal of access has one entry for each page that was asked for, and none
for its waiting.
"""

from fastapi import Response

from api import feed_cursors
from api.bodies import header
from api.console.routing import page
from api.console.visit import Visit
from api.event_stream import EventStream
from api.routes import streams
from api.sources import Feed, Trail
from workflow.domain.record import Document
from workflow.trails import Wanted

NOTHING = b"{}"
EVERYTHING = Wanted()


async def everything(visit: Visit) -> Response:
    """A sign for each record of an application that whoever reads may see."""
    parts = visit.parts
    seal = await feed_cursors.stream_seal(parts.store)
    place = await streams.place_of(parts, seal, _after(visit))
    feed = Feed(parts, seal, place, EVERYTHING, _sign)
    return EventStream(visit.request, feed, parts.lasting, visit.reader)


async def application(visit: Visit) -> Response:
    """A sign for each record of one."""
    parts, identifier = visit.parts, visit.request.path_params["id"]
    stored = await parts.queries.application(visit.reader, identifier)
    if stored is None:
        raise visit.nothing()
    last = streams.seq_of(_after(visit))
    after = Document.decode(stored).version if last is None else last
    trail = Trail(parts, identifier, after, _sign)
    return EventStream(visit.request, trail, parts.lasting, visit.reader)


async def place(visit: Visit) -> str:
    """What is called new from now on. A page asks before it reads anything, so that no record is
    missed between its making and the opening of its stream.
    """
    seal = await feed_cursors.stream_seal(visit.parts.store)
    now = await visit.parts.following.place(None)
    return feed_cursors.Track(seal, now.positions).cursor.decode()


ROUTES = (page("/live", everything), page("/applications/{id}/live", application))


def _after(visit: Visit) -> str | None:
    """Behind which sign to go on; what the browser says itself goes before the address."""
    return header(visit.request, b"last-event-id") or visit.asked("after")


def _sign(_record: bytes) -> bytes:
    return NOTHING
