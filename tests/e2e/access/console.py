"""The sign-in pages behind a real server, and a browser's part in them."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from api import problems
from api.code_flow import CodeFlow, CodeFlowSettings
from api.console.pages import sign_in as pages
from api.console.site import Console as Site
from api.limits import Attempts
from api.problems import Problems
from api.sessions import Sessions
from api.settings import Bounds
from api.sign_in import SignIn
from api.tokens import TokenClaims, Tokens
from tests.e2e.access.provider import CLIENT, CLIENT_SECRET
from workflow.domain.principal import Principal, Role

KEY = "clr_k0_" + "s" * 43
OFFICER = Principal("li", "miit", frozenset({Role.OFFICER}), frozenset({"miit"}), "k0")
FROM_TOKEN = "t0"  # the credential of whoever comes from the provider


class People:
    """Whom this service knows: the bearer of KEY, and everybody whom the provider sends."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        self.admitted: list[TokenClaims] = []

    async def principal_of_key(self, key: str) -> Principal | None:
        return await self.principal_of_session("k0", "") if key == KEY else None

    async def principal_of_session(self, identifier: str, mark: str) -> Principal | None:
        if identifier in self.revoked:
            return None
        return Principal(OFFICER.name, OFFICER.organisation, OFFICER.roles, credential=identifier)

    async def admit_token(self, claims: TokenClaims) -> Principal | None:
        self.admitted.append(claims)
        return await self.principal_of_session(FROM_TOKEN, "")


class Console:
    """The running pages, and one browser that visits them."""

    def __init__(
        self, url: str, people: People, sign_in: SignIn, browser: httpx.AsyncClient
    ) -> None:
        self.url = url
        self.people = people
        self.sign_in = sign_in
        self.browser = browser

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=_spelt(headers))

    async def post(
        self, path: str, form: Mapping[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """A form sent from a page of the service, unless a header field says otherwise."""
        fields = {"Sec-Fetch-Site": "same-origin", **_spelt(headers)}
        return await self.browser.post(path, data=dict(form or {}), headers=fields)

    def cookie(self, name: str = "clearance-session") -> str | None:
        return self.browser.cookies.get(name)

    async def whose(self, cookie: str | None) -> str | None:
        """The credential of whoever shows this cookie."""
        field = (b"cookie", f"clearance-session={cookie}".encode())
        principal = await self.sign_in.principal_of([field])
        return None if principal is None else principal.credential

    async def to_provider(self, path: str = "/sign-in/oidc") -> str:
        """The address to which the provider sends the browser back."""
        there = await self.get(path)
        assert there.status_code == 303
        async with httpx.AsyncClient(verify=False) as elsewhere:  # noqa: S501  # it is plain http
            back = await elsewhere.get(there.headers["Location"])
        assert back.status_code == 302
        return str(back.headers["Location"])


@asynccontextmanager
async def serving(sessions: Sessions, tokens: Tokens) -> AsyncIterator[Console]:
    """The pages on a free port."""
    app = FastAPI(routes=list(pages.ROUTES), telemetry={"tracing": False})
    config = uvicorn.Config(app, port=0, log_level=logging.ERROR, lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    issuer = tokens.settings.issuer
    settings = CodeFlowSettings(CLIENT, f"{issuer}/authorize", f"{issuer}/token", CLIENT_SECRET)
    people = People()
    flow = CodeFlow(settings, tokens, url)
    sign_in = SignIn(url, sessions, people, Attempts(Bounds(attempts=5), lambda: 0.0), flow)
    app.state.sign_in, app.state.console = sign_in, Site(url)
    problems.install(app, Problems(url))
    try:
        async with httpx.AsyncClient(base_url=url, verify=False) as browser:  # noqa: S501
            yield Console(url, people, sign_in, browser)
    finally:
        for one in server.servers:  # its own way to end takes a tenth of a second at least
            one.close()


def _spelt(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
