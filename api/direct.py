"""Routes whose endpoint takes the request alone and returns a response.

Such an endpoint reads what it needs itself, so nothing has to be solved, validated or cleaned
up around it; on the path of an event that is a third of the framework's time
(docs/decisions/0003-direct-routes.md). The route is described like any other.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send


class DirectRoute(APIRoute):
    """Calls its endpoint with the request and sends what it returns."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        super().__init__(path, endpoint, **described)
        if self.dependant.request_param_name and not _asks_for_more(self):
            self.app = _directly(endpoint)


def _asks_for_more(route: APIRoute) -> bool:
    dependant = route.dependant
    return bool(
        dependant.path_params
        or dependant.query_params
        or dependant.header_params
        or dependant.cookie_params
        or dependant.body_params
        or dependant.dependencies
    )


def _directly(endpoint: Callable[[Request], Awaitable[Response]]) -> Any:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return app
