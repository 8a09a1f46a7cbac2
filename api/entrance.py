"""The front door: whose requests are let in, and the two paths that everybody waits for.

Posting an event and polling an application go straight to their endpoints; all else goes through
the framework's middleware and router. The endpoints, their documentation and the problems that
they answer are the same either way (docs/decisions/0003-a-front-door-for-two-paths.md).
"""

import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from api.hosts import OwnHosts
from api.problems import Problems, answer
from api.routes.applications import get_application
from api.routes.events import post_event

APPLICATIONS = "/v1/applications/"
EVENTS = "/events"

Endpoint = Callable[[Request], Awaitable[Response]]

logger = logging.getLogger(__name__)


class Entrance:
    """The ASGI application that a server is given."""

    def __init__(self, app: FastAPI, problems: Problems) -> None:
        self._app = app
        self._problems = problems
        self._hosts = OwnHosts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn away what is not meant for this service, and answer the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._hosts.refusal(scope["headers"])
        if refusal is not None:
            await answer(self._problems.of_fault(refusal))(scope, receive, send)
            return
        endpoint = _awaited(scope)
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        response = await self._answered(endpoint, Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answered(self, endpoint: Endpoint, request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # the last resort, as the framework's own outermost layer is
            problem = self._problems.of_exception(error)
            if problem["code"] == "internal-error":
                logger.exception("a request failed")
            return answer(problem)


def _awaited(scope: Scope) -> Endpoint | None:
    """The endpoint of a request on one of the two paths, whose `id` is then in the scope."""
    path: str = scope["path"]
    if not path.startswith(APPLICATIONS):
        return None
    rest = path[len(APPLICATIONS) :]
    if scope["method"] == "POST" and rest.endswith(EVENTS):
        endpoint, identifier = post_event, rest[: -len(EVENTS)]
    elif scope["method"] == "GET":
        endpoint, identifier = get_application, rest
    else:
        return None
    if not identifier or "/" in identifier:
        return None
    scope["path_params"] = {"id": identifier}
    return endpoint
