"""The picture of an application's procedure: where it stands, where it was, where it may go."""

import asyncio

from fastapi import Response

from api.console import past
from api.console.pages.application import lived, seen
from api.console.routing import page
from api.console.visit import Visit
from api.routes.procedures import HARMLESS, NEGOTIATED, SVG
from workflow.procedures import svg
from workflow.procedures.diagram import Language


async def show(visit: Visit) -> Response:
    """The picture in the language of the page, of the moment in the address. Raises Problem (404)
    where there was nothing then.
    """
    found = await lived(visit, await seen(visit), past.moment_of(visit))
    if found is None:
        raise visit.nothing()
    on, life = found
    state = on.document.snapshot["state"]
    language: Language = "zh" if visit.language == "zh" else "en"
    picture = await asyncio.to_thread(svg, on.names.procedure, language, state, life.states())
    return Response(picture, 200, NEGOTIATED | HARMLESS, SVG)


ROUTES = (page("/applications/{id}/diagram", show),)
