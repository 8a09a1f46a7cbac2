"""The pages of whoever runs the service, in a browser."""

import pytest

from tests.e2e.console.browsing import Desk

OPERATOR = "../operator"
"""Its key lies above those of the others."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
