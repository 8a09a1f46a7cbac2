"""What leaves the service is seen once, on its way out, and written down where it belongs.

No route has to think of it: what a request was about follows from its method and its route, who
asked from what the gate (or a sign-in) left in its scope, and how it ended from the answer.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from fastapi import FastAPI
from starlette.types import Message, Scope, Send

from api.auth import PLACE, address_of
from api.journal.entries import Entry, What
from api.journal.writing import Journal
from api.limits import LONGEST
from api.problems import CODE
from api.security_log import SecurityLog, credential_named
from workflow.domain.principal import ALONE, Principal
from workflow.domain.refusals import REASONS

ROUTE, EVENT, REHEARSED = "journal.route", "journal.event", "journal.rehearsed"
"""Where in its scope a request says what the framework does not: its route where it took the
short way, the type of the event that it posts, and that it is a question only.
"""

SIGNING = frozenset({"/sign-in", "/sign-in/callback", "/sign-in/oidc", "/sign-out"})
LINK = "/sign-in/link/"
"""Where people sign in and out: plain pages, whose templates the framework does not tell."""

SHOWN = (b"application/json", b"text/html")
BUNDLES = "/log/tile/entries/"

SEARCH = "/v1/trail"

READS = frozenset(
    {
        SEARCH,
        "/v1/stream",
        "/v1/applications/{id}/stream",
        "/v1/applications/{id}/dossier",
        "/v1/keys/{id}/trail",
        "/v1/webhooks/{id}/trail",
        "/v1/pools/{id}/trail",
        "/v1/pools/{id}/trail/{seq}",
        "/v1/pools/{id}/trail/{seq}/proof",
        "/v1/pools/{id}/trail:verify",
        *(
            f"/v1/{kind}/{{id}}/trail{rest}"
            for kind in ("applications", "pools")
            for rest in ("", "/{seq}", "/{seq}/proof", ":verify")
        ),
    }
)
"""Where trails are read. In a form other than JSON or a page they are exported, whoever asks; the
reads of an auditor and of an operator are written down as well, and every search over all trails,
which in these two takes as much away as an export does.
"""

DONE: Mapping[tuple[str, str], What] = MappingProxyType(
    {
        ("POST", "/v1/keys"): What.KEY_MADE,
        ("POST", "/v1/keys/{id}:rotate"): What.KEY_ROTATED,
        ("DELETE", "/v1/keys/{id}"): What.KEY_REVOKED,
        ("POST", "/v1/webhooks"): What.WEBHOOK_MADE,
        ("PATCH", "/v1/webhooks/{id}"): What.WEBHOOK_CHANGED,
        ("POST", "/v1/webhooks/{id}:rotate"): What.WEBHOOK_ROTATED,
        ("DELETE", "/v1/webhooks/{id}"): What.WEBHOOK_REMOVED,
        ("GET", "/v1/journal"): What.JOURNAL_READ,
        ("POST", "/sign-in"): What.SIGNED_IN,
        ("GET", f"{LINK}{{token}}"): What.SIGNED_IN,
        ("GET", "/sign-in/callback"): What.SIGNED_IN,
        ("POST", "/sign-out"): What.SIGNED_OUT,
        # A form of a page, which knows no other method.
        ("POST", "/v1/keys/{id}"): What.KEY_REVOKED,
        ("POST", "/v1/webhooks/{id}"): What.WEBHOOK_CHANGED,
    }
)
"""What is written down when it was done, beside reading."""

KINDS = {
    "applications": "application",
    "buyers": "buyer",
    "keys": "credential",
    "pools": "pool",
    "webhooks": "webhook",
}
"""What an id in a route is the id of."""


class Watch:
    """Sees every answer that turns somebody away, and all that came through the framework."""

    def __init__(self, app: FastAPI, security: SecurityLog) -> None:
        self._app: Final = app
        self._security: Final = security

    def over(self, scope: Scope, send: Send) -> Send:
        """The way out for an answer, which is seen."""

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.see(scope, message["status"], message["headers"])
            await send(message)

        return watched

    def see(self, scope: Scope, status: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Write an answer down, if it is one to be written down."""
        self._security.note(scope, status)
        what = turned_away(scope, status) if status >= 400 else done(scope, status, headers)
        if what is not None:
            journal: Journal = self._app.state.journal
            journal.note(entry_of(scope, what, status, headers))


def turned_away(scope: Scope, status: int) -> What | None:
    """What an answer of 400 and above is an attempt at. What cannot be read is none, nor is what
    the rules say to a rehearsal; but to ask for what one may not know of is one in any form.
    """
    code: str | None = scope.get(CODE)
    if status == 429:
        return What.THROTTLED
    if scope["path"].startswith("/sign-in"):
        return What.SIGN_IN_REFUSED if status in (401, 403) else None
    if status == 401:
        return What.UNAUTHENTICATED
    if REHEARSED in scope and status != 404:
        return None
    return What.REFUSED if status == 403 or code in REASONS else None


def done(scope: Scope, status: int, headers: Iterable[tuple[bytes, bytes]]) -> What | None:
    """What somebody did whom nobody stopped."""
    who: Principal | None = scope.get(PLACE)
    route = route_of(scope)
    if who is None or route is None:
        return None
    if scope["path"].startswith(BUNDLES):
        return What.DOWNLOADED
    if route not in READS:
        what = DONE.get((scope["method"], route))
        return None if what is None or b"idempotency-replayed" in dict(headers) else what
    media_type = dict(headers).get(b"content-type", SHOWN[0]).partition(b";")[0]
    if media_type not in SHOWN and not route.endswith("/proof"):  # which is nothing but hashes
        return What.EXPORTED
    return What.READ if route == SEARCH or not who.roles.isdisjoint(ALONE) else None


def entry_of(
    scope: Scope, what: What, status: int, headers: Iterable[tuple[bytes, bytes]] = ()
) -> Entry:
    """The entry of a request with this outcome."""
    who: Principal | None = scope.get(PLACE)
    shown = None if who is not None else _header(scope, b"authorization")
    route, named = route_of(scope), scope.get("path_params", {})
    seq = named.get("seq")
    return Entry(
        what=what,
        who=who,
        named=credential_named(shown) if shown else None,
        address=address_of(scope)[:LONGEST],
        agent=_header(scope, b"user-agent"),
        method=scope["method"],
        route=route,
        subject=_subject(route, named.get("id"), headers),
        seq=int(seq) if seq and seq.isdecimal() and len(seq) <= 16 else None,
        event=scope.get(EVENT),
        status=status,
        code=scope.get(CODE),
    )


def attempt(scope: Scope, application: str, event: str, status: int, code: str) -> Entry:
    """The entry of one item of a batch that was refused."""
    whole = entry_of(scope, What.REFUSED, status)
    return whole._replace(subject=f"application/{application}", event=event, code=code)


def route_of(scope: Scope) -> str | None:
    """The template of the address; None where nothing answers there, or nobody was let in."""
    short: str | None = scope.get(ROUTE)
    if short is not None:
        return short
    route, path = scope.get("route"), scope["path"]
    if route is not None:
        return str(route.path_format)
    if path.startswith(LINK):
        return f"{LINK}{{token}}"
    return path if path in SIGNING else None


def _subject(
    route: str | None, identifier: str | None, headers: Iterable[tuple[bytes, bytes]]
) -> str | None:
    """What has the trail that tells more; the id of what was made is in its address."""
    kind = KINDS.get(route.split("/", 3)[2]) if route and route.startswith("/v1/") else None
    if kind is None:
        return None
    if identifier is None:
        address = dict(headers).get(b"location", b"").decode("latin-1")
        identifier = address.rpartition("/")[2]
    return f"{kind}/{identifier}" if identifier else None


def _header(scope: Scope, name: bytes) -> str | None:
    found = next((value for key, value in scope["headers"] if key == name), None)
    return None if found is None else found.decode("latin-1")
