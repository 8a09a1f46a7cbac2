"""The way into the console for people, and out of it; no part of the interface."""

from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.routing import Route

from api import bodies
from api.auth import PLACE
from api.console.languages import QUERY, asked
from api.console.visit import Visit
from api.faults import RETRY_AFTER
from api.problems import CODE, Problem, fault_of
from api.sign_in import Begun, SignIn, from_elsewhere, local_path, same_origin
from workflow.domain.procedure import Label

if TYPE_CHECKING:
    from api.console.site import Console

PATH = "/sign-in"
FORM = "application/x-www-form-urlencoded"
FORM_LIMIT = 4 * 1024
"""Bytes of a form."""

REFUSED = "sign-in-refused"
TOLD = frozenset({REFUSED, "invalid-token", "no-role", "identity-provider-unavailable"})
"""What goes wrong with a sign-in, and is told on the page."""

SPENT = Label(
    "This link was used, or has expired. Sign in with a key.",
    "此链接已使用或已过期，请使用密钥登录。",
)
UNKNOWN = Label(
    "This key is not accepted. It may be mistyped, revoked or expired.",
    "此密钥未被接受：可能输入有误、已撤销或已过期。",
)
"""Why somebody was not let in, as far as a stranger may know."""

FORWARD = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


async def show(request: Request) -> Response:
    """The page."""
    return _page(request, request.query_params.get("next", ""))


async def by_key(request: Request) -> Response:
    """Sign in with the key in the form."""
    sign_in = _sign_in(request)
    _check_origin(request, sign_in)
    bodies.check_media_type(request, FORM)
    form = _form(await bodies.read_bytes(request, FORM_LIMIT))
    wanted = form.get("next", "")
    try:
        begun = await sign_in.with_key(
            form.get("key", "").strip(), request.scope["headers"], _address(request)
        )
    except Problem as problem:
        return _told(request, problem, wanted, UNKNOWN)
    return _forward(local_path(wanted), _let_in(request, begun))


async def by_link(request: Request) -> Response:
    """Sign in with a link, which then is used up. It works from no other site, or a stranger
    could sign somebody in as himself.
    """
    _check_get(request)
    if from_elsewhere(request.scope["headers"]):
        raise _cross_site()
    secret = request.path_params["token"]
    try:
        begun = await _sign_in(request).with_link(
            secret, request.scope["headers"], _address(request)
        )
    except Problem as problem:
        return _told(request, problem, why=SPENT)
    return _forward(local_path(""), _let_in(request, begun))


async def to_provider(request: Request) -> Response:
    """Go to the identity provider, where there is one."""
    sign_in = _sign_in(request)
    if sign_in.flow is None:
        raise Problem("not-found", "No identity provider is configured.")
    address, cookie = sign_in.begin_flow(sign_in.flow, request.query_params.get("next", ""))
    return _forward(address, cookie)


async def from_provider(request: Request) -> Response:
    """Come back from the identity provider."""
    _check_get(request)
    sign_in = _sign_in(request)
    given = request.query_params.multi_items()
    query = dict(given)
    try:
        if len(query) != len(given):
            raise Problem(REFUSED, "A parameter stands there more than once.")
        begun, wanted = await sign_in.with_code(query, request.scope["headers"], _address(request))
    except Problem as problem:
        response = _told(request, problem)
        response.headers.append("Set-Cookie", sign_in.attempt.gone())
        return response
    return _forward(wanted, _let_in(request, begun), sign_in.attempt.gone())


async def sign_out(request: Request) -> Response:
    """End the session, if there is one."""
    sign_in = _sign_in(request)
    _check_origin(request, sign_in)
    principal = await sign_in.principal_of(request.scope["headers"])
    if principal is not None:
        request.scope[PLACE] = principal
    return _forward(PATH, await sign_in.sign_out(request.scope["headers"]))


ROUTES = (
    Route(PATH, show, methods=["GET"]),
    Route(PATH, by_key, methods=["POST"]),
    Route(f"{PATH}/oidc", to_provider, methods=["GET"]),
    Route(f"{PATH}/callback", from_provider, methods=["GET"]),
    Route(f"{PATH}/link/{{token}}", by_link, methods=["GET"]),
    Route("/sign-out", sign_out, methods=["POST"]),
)


def _sign_in(request: Request) -> SignIn:
    return cast(SignIn, request.app.state.sign_in)


def _let_in(request: Request, begun: Begun) -> str:
    """Set-Cookie for somebody who has signed in, and who it is for whoever watches."""
    request.scope[PLACE] = begun.principal
    return begun.cookie


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _check_get(request: Request) -> None:
    """HEAD must change nothing, and these do."""
    if request.method != "GET":
        allowed = {"Allow": "GET"}
        raise Problem("method-not-allowed", "Only GET is possible here.", headers=allowed)


def _check_origin(request: Request, sign_in: SignIn) -> None:
    if not same_origin(request.scope["headers"], sign_in.site):
        raise _cross_site()


def _cross_site() -> Problem:
    return Problem("cross-site-request", "Begin at a page of this service.")


def _form(body: bytes) -> dict[str, str]:
    """The fields of a form, each once. Raises Problem (422)."""
    try:
        pairs = parse_qsl(body.decode("ascii"), True, True, errors="strict", max_num_fields=8)
    except ValueError as error:
        raise Problem("invalid-request", "The form cannot be read.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem("invalid-request", "A field stands there more than once.")
    return fields


def _page(
    request: Request, wanted: str, code: str | None = None, why: Label | None = None
) -> Response:
    """The page is that of its own address, wherever somebody came from who could not be let in:
    what leads on from there, such as the other language, does not try the same again.
    """
    chosen, wanted = asked(request.scope), local_path(wanted)
    query = {"next": wanted} | ({} if chosen is None else {QUERY: chosen})
    scope = {**request.scope, "path": PATH, "query_string": urlencode(query).encode()}
    console: Console = request.app.state.console
    visit = Visit(Request(scope), console.languages.of(scope))
    fault = None if code is None else fault_of(code)
    response = visit.page(
        "sign_in.html",
        200 if fault is None else fault.status,
        wanted=wanted,
        elsewhere=_sign_in(request).flow is not None,
        trouble=None if fault is None else why or fault.title,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(
    request: Request, problem: Problem, wanted: str = "", why: Label | None = None
) -> Response:
    """The page, with what went wrong; `why`: what a refusal means here. Raises the problem where
    that is for programs.
    """
    if problem.code not in TOLD:
        raise problem
    request.scope[CODE] = problem.code
    response = _page(request, wanted, problem.code, why if problem.code == REFUSED else None)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 section 15.5.2
    if problem.code in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[problem.code]
    return response


def _forward(address: str, *cookies: str) -> Response:
    """See other, with these cookies set."""
    response = Response(status_code=303, headers={**FORWARD, "Location": address})
    for cookie in cookies:
        response.headers.append("Set-Cookie", cookie)
    return response
