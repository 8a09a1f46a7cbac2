"""Browsers at work: each signed in as somebody, in a language, on a screen."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

Scheme = Literal["light", "dark"]


@dataclass
class Desk:
    """Opens browsers, and keeps what their pages said on the console."""

    browser: Browser
    url: str
    keys: Path
    pictures: Path
    said: list[str] = field(default_factory=list)
    _open: list[BrowserContext] = field(default_factory=list)

    async def sit(  # every one is a way in which people differ
        self,
        name: str,
        language: str = "en",
        width: int = 1440,
        scheme: Scheme = "light",
        scripts: bool = True,
    ) -> Page:
        """A page of a browser in which the holder of one of the demonstration's keys has signed
        in.
        """
        context = await self.browser.new_context(
            base_url=self.url,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        self._open.append(context)
        page = await context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        await page.goto("/sign-in")
        await page.fill("#key", (self.keys / f"{name}.key").read_text().strip())
        await page.click("main button")
        await page.wait_for_url("**/")
        return page

    async def picture(self, page: Page, name: str) -> None:
        """Keep how a page looks, from its top to its end."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    async def close(self) -> None:
        """Everybody goes home."""
        for context in self._open:
            await context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.text} ({message.location})")


async def barriers(page: Page) -> list[dict[str, Any]]:
    """What axe finds on a page that keeps somebody out; with a word of where."""
    found = await Axe().run(page)
    return [
        {"rule": one["id"], "where": [node["html"] for node in one["nodes"]][:3]}
        for one in found.response["violations"]
    ]


async def wider_than_screen(page: Page) -> int:
    """CSS pixels by which a page has to be moved sideways."""
    measured = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(await page.evaluate(measured))
