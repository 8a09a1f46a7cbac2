"""What happened to an application since a form about it was opened."""

from typing import Any

import orjson

from api.console.pages.application import Seen
from api.console.visit import Visit
from workflow.domain.refusals import Refused
from workflow.trails import TrailFilter

SHOWN = 5
"""Records that are named at the most, the latest."""

DIGITS = 15


async def since(visit: Visit, on: Seen, tag: str, refused: Refused) -> list[dict[str, Any]]:
    """The latest records behind the version that a form names by its entity tag, the earliest
    first; none where that is not why it was refused.
    """
    version = tag.strip('"').partition(".")[0]
    known = version.isascii() and version.isdecimal() and len(version) <= DIGITS
    if refused.decisive.code != "stale" or not known:
        return []
    subject = f"application/{on.id}"
    found = await visit.parts.queries.trail(subject, TrailFilter(), SHOWN, None, newest=True)
    records = sorted(map(orjson.loads, found.records), key=lambda record: int(record["seq"]))
    return [record for record in records if record["seq"] > int(version)]
