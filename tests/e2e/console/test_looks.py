"""Every page of the console as it looks: with much and with nothing on it, with what was wrong, and
with what was done.
"""

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Route as PageRoute
from starlette.routing import Match, Route

from api.console import Console
from tests.e2e.commands import PATIENCE
from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk
from tests.e2e.console.looks import Look, looked_at
from tests.e2e.http.journey import new_key
from tests.unit.console.test_problem_pages import told
from tests.unit.versions import second_text

OPERATOR = "../operator"
"""Its key lies above those of the others."""

APPLICATION = "/applications/{application}"
EMPTY: dict[str, str] = {}
TRIED = {"dry_run": "1"}
NOTE = {"data.text": "Looked at " + "again and " * 20}
KEY = {"wanted.name": "looked.at", "wanted.organisation": "o" * 64, "wanted.roles": "recorder"}

LOOKS: dict[str, tuple[Look, ...]] = {
    "auditor": (
        Look("/"),
        Look("/board"),
        Look("/pools"),
        Look("/pools/joint-2026-01"),
        Look("/?q=nobody", called="buyers-none"),
        Look("/?as_of=2026-01-25", called="buyers-past"),
        Look("/audit"),
        Look("/audit?actor=nobody", called="audit-none"),
        Look("/audit?actor=nobody", filled=EMPTY, called="audit-checked"),
        Look("/statistics?by=effective_at"),
        Look("/procedures"),
        Look("/procedures/h200-import/1"),
        Look("/procedures/simulation", called="trial"),
        Look("/procedures/simulation", 422, EMPTY, "trial-of-nothing"),
        Look("/procedures/simulation", 200, {"text": second_text()}, "trial-done", dear=True),
        Look("/no-such-page", 404),
        Look("/operations", 403, called="operations-refused"),
        Look("/?as_of=yesterday", 422, called="buyers-refused"),
    ),
    "ndrc": (
        Look(APPLICATION, called="application"),
        Look(f"{APPLICATION}?as_of=2026-01-25", called="application-past"),
        Look(f"{APPLICATION}/trail/5", called="record"),
        Look(f"{APPLICATION}/trail?check=now", called="trail"),
        Look(f"{APPLICATION}/events/note", called="note"),
        Look(f"{APPLICATION}/events/note", 422, EMPTY, "note-empty"),
        Look(f"{APPLICATION}/events/note", 200, NOTE | TRIED, "note-tried"),
        Look(f"{APPLICATION}/events/propose_condition", called="condition"),
        Look(f"{APPLICATION}/events/set_conditions", 409, EMPTY, "conditions-refused"),
        Look(f"{APPLICATION}/events/correct", called="correction-choice"),
        Look(f"{APPLICATION}/events/correct?seq=3", called="correction"),
        Look(f"{APPLICATION}/events/correct?seq=3", 422, EMPTY, "correction-empty"),
    ),
    "buyer": (
        Look("/applications/new", called="opening"),
        Look("/applications/new", 422, EMPTY, "opening-empty"),
    ),
    OPERATOR: (
        Look("/operations"),
        Look("/operations/webhooks"),
        Look("/operations/webhooks/{webhook}", called="webhook"),
        Look("/operations/webhooks/{webhook}", 200, {"deed": "ping"}, "webhook-tested"),
        Look("/operations/timers?within=year"),
        Look("/operations/journal"),
        Look("/operations/keys"),
        Look("/operations/keys/new"),
        Look("/operations/keys/new", 422, EMPTY, "keys-new-empty"),
        Look("/operations/keys/new", 201, KEY, "keys-made"),
        Look("/operations/keys/{key}", called="key"),
        Look("/operations/keys/{key}/rotate", called="key-rotation"),
        Look("/operations/keys/{key}/rotate", 200, EMPTY, "key-rotated"),
        Look("/operations/keys/{key}/revoke", called="key-revocation"),
        Look("/operations/keys/{key}/revoke", 200, EMPTY, "key-revoked"),
    ),
}
"""Who looks at what. What is in braces is found in the demonstration."""

OUTSIDE = (Look("/sign-in"), Look("/sign-in", 401, {"key": "wrong"}, "sign-in-refused"))
"""What is there for those who have not signed in."""

FAILED = (Look("/failed/internal-error", 500), Look("/failed/busy", 503))

NO_PAGES = {
    "/live",
    "/sign-in/oidc",
    "/sign-in/callback",
    "/sign-in/link/{token}",
    "/applications/{id}/live",
    "/applications/{id}/diagram",
    "/applications/{id}/trail.{form}",
    "/audit/records.{form}",
    "/operations/journal/entries.{form}",
    "/statistics/chart.svg",
    "/static/{digest}/{name}",
}
"""Streams, pictures and files, and ways in, which lead to a page or show that for signing in."""

RECEIVER = {"url": "https://an-office-with-a-very-long-name.receiver.invalid/hook/" + "x" * 80}


@pytest.fixture
def known(demonstration: Demonstration) -> Iterator[dict[str, str]]:
    """What the addresses leave open: an application, a webhook that leads nowhere, a key."""
    operator = (demonstration.folder / "operator.key").read_text().strip()
    headers = {"Authorization": f"Bearer {operator}"}
    url = demonstration.service.url
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE) as client:
        rights = {"name": "l" * 64, "organisation": "o" * 64, "roles": ["recorder"]}
        yield {
            "application": demonstration.overview()["deepseek"]["application"],
            "webhook": client.post("/v1/webhooks", json=RECEIVER).json()["id"],
            "key": client.post(
                "/v1/keys", json=rights, headers={"Idempotency-Key": new_key("looks")}
            ).json()["id"],
        }


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("who", LOOKS)
async def test_a_page_keeps_nobody_out(
    desk: Desk, known: dict[str, str], who: str, language: str
) -> None:
    looks = [look._replace(address=look.address.format(**known)) for look in LOOKS[who]]
    await looked_at(desk, await desk.sit(who, language), looks, language)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_nobody_is_kept_out_before_they_sign_in(desk: Desk, language: str) -> None:
    """Nor where the service fails, which it is not made to do here: its pages are put before the
    browser as it would answer them.
    """
    page = await desk.open(language)

    async def failed(route: PageRoute) -> None:
        code = route.request.url.rpartition("/")[2]
        start, body = await told(code, accept="text/html", accept_language=language)
        await route.fulfill(status=start["status"], body=body, content_type="text/html")

    await page.route("**/failed/*", failed)
    await looked_at(desk, page, [*OUTSIDE, *FAILED], language)


def test_every_page_is_looked_at() -> None:
    routes = list(Console("http://localhost").routes())
    looks = [look for some in (*LOOKS.values(), OUTSIDE) for look in some]
    shown = {_route(routes, look.address, "GET") for look in looks}
    answered = {_route(routes, look.address, "POST") for look in looks if look.filled is not None}
    got = {route.path for route in routes if "GET" in (route.methods or ())}
    posted = {route.path for route in routes if "POST" in (route.methods or ())}
    assert got - shown == NO_PAGES
    assert posted - answered == {"/sign-out"}, "which leads to the page for signing in"


def _route(routes: list[Route], address: str, method: str) -> str | None:
    """The path of the route that answers there; None where there is no page."""
    scope = {"type": "http", "path": address.partition("?")[0], "method": method}
    return next((one.path for one in routes if one.matches(scope)[0] is Match.FULL), None)
