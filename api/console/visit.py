"""One visit of a page: who asks, what the address says, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from fastapi import Request, Response

from api.auth import PLACE
from api.console import forms
from api.console.addressing import unoffered
from api.console.languages import QUERY, translations
from api.console.naming import Names
from api.parts import Parts, parts_of
from api.problems import CODE, Problem, fault_of
from api.readers import reader_of
from workflow.domain.principal import Principal, Role
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.domain.refusals import Refused

if TYPE_CHECKING:
    from api.console.site import Console

HTML = "text/html"
DIGITS = 15
"""Of a number in an address."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "private, no-cache",
    # With `no-referrer` a browser would send its forms from nowhere (Fetch section 3.2).
    "Referrer-Policy": "same-origin",
    "Vary": "Authorization, Cookie, Accept-Language",
}
"""A page is made of what this service has, and nothing in it is a script or a style of its own."""


@dataclass(frozen=True)
class Visit:
    """A request for a page. Templates know it as `visit`."""

    request: Request
    language: str

    @property
    def console(self) -> "Console":
        """What all pages share."""
        return cast("Console", self.request.app.state.console)

    @property
    def parts(self) -> Parts:
        """The parts of the service."""
        return parts_of(self.request)

    @property
    def principal(self) -> Principal | None:
        """Who has signed in; None where nobody was let in, which is on pages that tell so."""
        return cast(Principal | None, self.request.scope.get(PLACE))

    @property
    def reader(self) -> Principal:
        """Who reads. Raises Declined (403)."""
        return reader_of(self.request)

    def is_a(self, *roles: str) -> bool:
        """Whether who asks has one of these roles."""
        who = self.principal
        return who is not None and any(Role(role) in who.acting for role in roles)

    @property
    def path(self) -> str:
        """The address without its query."""
        return str(self.request.scope["path"])

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address that say something, the last of each name; but for the
        language, which is kept elsewhere.
        """
        given = self.request.query_params.items()
        said = {name: value.strip() for name, value in given if name != QUERY}
        return {name: value for name, value in said.items() if value}

    def asked(self, name: str) -> str | None:
        """A parameter of the address."""
        return self.query.get(name)

    def posted(self, version: int) -> int | None:
        """The record that was just made, as the address says it; only one that there is."""
        text = self.query.get("posted", "")
        known = text.isascii() and text.isdecimal() and len(text) <= DIGITS
        return int(text) if known and 1 <= int(text) <= version else None

    def one_of(self, name: str, *offered: str) -> str | None:
        """A parameter that is one of these. Raises Problem (422)."""
        value = self.query.get(name)
        if value is not None and value not in offered:
            errors = [{"pointer": f"/query/{name}", "detail": "not one of those offered"}]
            raise Problem("invalid-request", unoffered(name).en, errors)
        return value

    def link(self, **changes: str | None) -> str:
        """This page with some parameters of its address changed; None takes one away."""
        wanted = {**self.query, **changes}
        kept = {name: value for name, value in wanted.items() if value is not None}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def names(self, procedure: Procedure) -> Names:
        """What a procedure calls its parts, in the language of the page."""
        return Names(procedure, self.language)

    def names_of(self, application: Document) -> Names:
        """What the procedure of an application calls its parts."""
        return self.names(self.parts.catalog.engine(application).procedure)

    def regimes(self) -> list[Names]:
        """The latest version of every procedure, and what it calls its parts."""
        latest = {one.name: one for one in self.parts.catalog.procedures()}
        return [self.names(one) for one in latest.values()]

    def say(self, message: str) -> str:
        """A text of ours that stands in a module; those in templates stand in `_()`."""
        return translations(self.language).gettext(message)

    async def form(self, limit: int = forms.LIMIT) -> forms.Form:
        """What was filled in, of at most `limit` bytes as sent. Raises Problem: 413, 415, 422."""
        return await forms.read(self.request, limit)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A template as an answer."""
        known = {"visit": self, **values}
        text = self.console.rendering.page(template, self.language, known)
        response = Response(text, status, HEADERS, HTML)
        response.headers["Content-Language"] = self.language
        kept = self.console.languages.kept(self.request.scope)
        if kept is not None:
            response.headers.append("Set-Cookie", kept)
        return response

    def refused(self, template: str, refused: Refused, **values: Any) -> Response:
        """A page that says why something was not done, with the status that says the same."""
        code = refused.decisive.code
        self.request.scope[CODE] = code
        return self.page(template, fault_of(code).status, refused=refused, **values)

    def see(self, path: str) -> Response:
        """Where to go after something was done (303), so that reloading does it no second time."""
        return Response(status_code=303, headers={"Location": path, "Cache-Control": "no-store"})

    def nothing(self) -> Problem:
        """What is not there, or not to be known of."""
        return Problem("not-found", "There is nothing here.")
