"""The front door: whose requests are let in, and the two paths that everybody waits for.

Posting an event and polling an application go straight to their endpoints; all else goes through
the framework's middleware and router. The endpoints, their documentation and the problems that
they answer are the same either way (docs/decisions/0003-a-front-door-for-two-paths.md).
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from time import perf_counter
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from starlette.types import Message, Receive, Scope, Send

from api import request_id, request_lines
from api.console import ProblemPages
from api.gate import Gate, is_public
from api.headers import SecurityHeaders
from api.hosts import OwnHosts
from api.journal import Watch
from api.journal.watch import ROUTE, route_of
from api.limits import Pair
from api.metrics import Metering, Scrapers
from api.problems import Problem, Problems, answer, headers_of
from api.routes.applications import get_application
from api.routes.events import post_event
from api.security_log import SecurityLog
from api.settings import Settings
from api.sign_in import local_path
from api.waiting import HELD

APPLICATIONS = "/v1/applications/"
EVENTS = "/events"
POLLED = f"{APPLICATIONS}{{id}}"
POSTED = f"{POLLED}{EVENTS}"

Endpoint = Callable[[Request], Awaitable[Response]]

logger = logging.getLogger(__name__)


class Entrance:
    """The ASGI application that a server is given. Where requests are traced, the framework
    answers on the two paths as well: it names the spans for their routes.
    """

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._short = not settings.observing.traces
        self._lines = settings.observing.request_lines
        self._problems = Problems(settings.origin)
        self._hosts = OwnHosts(settings.names)
        self._log = settings.log.public
        self._scrapers = Scrapers(settings.metrics)
        metering: Metering = app.state.metering
        self._tally = metering.tally
        self._headers = SecurityHeaders(settings)
        self._pages = ProblemPages(app)
        self._watch = Watch(app, SecurityLog(settings.bounds))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn away what is not meant for this service and who does not say who they are; answer
        the rest.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = request_id.begin(scope["headers"])
        if self._lines:
            await request_lines.over(partial(self._answer, named), scope, receive, send)
        else:
            await self._answer(named, scope, receive, send)

    async def _answer(self, named: Pair, scope: Scope, receive: Receive, send: Send) -> None:
        begun = perf_counter()
        refusal = self._hosts.refusal(scope["headers"])
        if refusal is not None:
            send = self._headers.guard(self._counted(scope, send, begun), (named,))
            await answer(self._problems.of_fault(refusal))(scope, receive, send)
            return
        try:
            told = await self._admitted(scope)
        except Exception as error:
            response = to_sign_in(scope, error) or self._answer_to(error)
            send = self._headers.guard(self._counted(scope, send, begun), (named,))
            send = self._pages.over(scope, send)
            await response(scope, receive, self._watch.over(scope, send))
            return
        endpoint = _awaited(scope) if self._short else None
        if endpoint is None:
            send = self._headers.guard(self._counted(scope, send, begun), (named, *told))
            send = self._pages.over(scope, send)
            await self._app(scope, receive, self._watch.over(scope, send))
            return
        send = self._headers.guard(send, (named, *told))
        scope["app"] = self._app
        response = await self._answered(endpoint, Request(scope, receive, send))
        route, status = POSTED if endpoint is post_event else POLLED, response.status_code
        took = perf_counter() - begun - scope.get(HELD, 0.0)
        self._tally.answered(scope["method"], route, status, took)
        if status >= 400:
            scope[ROUTE] = route
            send = self._watch.over(scope, send)
        await response(scope, receive, send)

    def _counted(self, scope: Scope, send: Send, begun: float) -> Send:
        """The way out for an answer, which is counted when it begins; `begun`: the request."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = perf_counter() - begun - scope.get(HELD, 0.0)
                self._tally.answered(scope["method"], route_of(scope), message["status"], took)
            await send(message)

        return counted

    async def _admitted(self, scope: Scope) -> Iterable[Pair]:
        """Let a request in; what its answer is to tell. Raises Problem."""
        gate: Gate = self._app.state.gate
        if is_public(scope["path"], self._log) or self._scrapers.lets_in(scope):
            gate.charge_address(scope)
            return ()
        return await gate.admit(scope)

    async def _answered(self, endpoint: Endpoint, request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # the last resort, as the framework's own outermost layer is
            return self._answer_to(error)

    def _answer_to(self, error: Exception) -> Response:
        problem = self._problems.of_exception(error)
        if problem["code"] == "internal-error":
            logger.exception("a request failed", exc_info=error)
        return answer(problem, headers_of(error))


def to_sign_in(scope: Scope, error: Exception) -> Response | None:
    """Where a browser that wants a page is sent, instead of being told that it is nobody's."""
    if not (isinstance(error, Problem) and error.code == "unauthenticated"):
        return None
    accepted = [value for name, value in scope["headers"] if name == b"accept"]
    if scope["method"] != "GET" or not any(b"text/html" in value for value in accepted):
        return None
    asked: str = scope["query_string"].decode("latin-1")
    wanted = f"{scope['path']}?{asked}" if asked else scope["path"]
    query = urlencode({"next": local_path(wanted)})
    return Response(status_code=303, headers={"Location": f"/sign-in?{query}"})


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
