"""The pages of whoever runs the service, as they look."""

import httpx
import pytest

from tests.e2e.commands import PATIENCE
from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk, Scheme, barriers, wider_than_screen

OPERATOR = "../operator"
"""Its key lies above those of the others."""

SCREENS: dict[str, tuple[int, Scheme]] = {"en": (360, "dark"), "zh": (1440, "light")}
PAGES = ("", "/webhooks", "/timers?within=year", "/keys/new", "/keys/operator", "/journal")
RECEIVER = {"url": "https://an-office-with-a-very-long-name.receiver.invalid/hook/" + "x" * 80}

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def webhook(demonstration: Demonstration) -> str:
    """A webhook to an address that leads nowhere, with a message."""
    key = (demonstration.folder / "operator.key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}"}
    url = demonstration.service.url
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE) as client:
        found = client.post("/v1/webhooks", json=RECEIVER).json()["id"]
        assert client.post(f"/v1/webhooks/{found}:ping").status_code == 202
    return str(found)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_page_of_operations_keeps_nobody_out(
    desk: Desk, webhook: str, language: str
) -> None:
    width, scheme = SCREENS[language]
    page = await desk.sit(OPERATOR, language, width, scheme)
    for rest in (*PAGES, f"/webhooks/{webhook}"):
        assert await page.goto(f"/operations{rest}")
        name = rest.partition("?")[0].strip("/").replace("/", "-")
        await desk.picture(page, f"operations-{name}-{language}-{width}-{scheme}")
        assert not await barriers(page), rest
        assert await wider_than_screen(page) <= 0, rest


async def test_a_key_is_copied(desk: Desk) -> None:
    page = await desk.sit(OPERATOR)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto("/operations/keys/new")
    await page.fill("#wanted-name", "copied")
    await page.fill("#wanted-organisation", "ops-desk")
    await page.check("text=recorder")
    await page.click("main form button")
    secret = await page.inner_text("#secret")
    await page.click("[data-copy=secret]")
    assert await page.evaluate("navigator.clipboard.readText()") == secret.strip()
