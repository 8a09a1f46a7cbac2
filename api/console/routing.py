"""From an address to the page that answers there."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.routing import Route

from api.console.visit import Visit
from api.journal.watch import ROUTE

Show = Callable[[Visit], Awaitable[Response]]


def page(
    path: str,
    show: Show,
    post: Show | None = None,
    *,
    reads: str | None = None,
    posts: str | None = None,
) -> Route:
    """A page that is shown (GET, HEAD) and, where it has a form, takes it at the same address.

    `reads` and `posts`: the addresses of the interface that tell and do the same, such as
    `/v1/trail`. The journal of access then notes the visit as it notes a request there.
    """

    async def answer(request: Request) -> Response:
        posted = request.method == "POST" and post is not None
        same = posts if posted else reads
        if same is not None:
            request.scope[ROUTE] = same
        visit = Visit(request, request.app.state.console.languages.of(request.scope))
        return await (post if posted and post is not None else show)(visit)

    return Route(path, answer, methods=["GET", "POST"] if post else ["GET"], name=show.__name__)
