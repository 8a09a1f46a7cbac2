"""Browsers at work: each signed in as somebody, in a language, on a screen."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

Scheme = Literal["light", "dark"]

ANSWERED = "Failed to load resource: the server responded with a status of"

LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")


@dataclass
class Desk:
    """Opens browsers, and keeps what their pages said on the console."""

    browser: Browser
    url: str
    keys: Path
    pictures: Path
    said: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
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
        in, and which has gone nowhere yet.
        """
        page = await self.open(language, width, scheme, scripts)
        await self.sign_in(page, name)
        return page

    async def open(
        self,
        language: str = "en",
        width: int = 1440,
        scheme: Scheme = "light",
        scripts: bool = True,
    ) -> Page:
        """A page of a browser in which nobody has signed in."""
        context = await self.browser.new_context(
            base_url=self.url,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        self._open.append(context)
        page = await context.new_page()
        page.on("request", self._asking)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def key(self, name: str) -> str:
        """One of the demonstration's keys."""
        return (self.keys / f"{name}.key").read_text().strip()

    async def sign_in(self, page: Page, name: str) -> None:
        """Take a browser over. It posts the form of the sign-in page as its script-less self
        would, without the time it takes to show that page.
        """
        answer = await page.context.request.post(
            "/sign-in",
            form={"key": self.key(name)},
            headers={"Origin": self.url},
            max_redirects=0,
        )
        assert answer.status == 303, name

    async def picture(self, page: Page, name: str) -> None:
        """Keep how a page looks, from its top to its end. As JPEG, which takes half the time."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        path = self.pictures / f"{name}.jpg"
        await page.screenshot(path=path, full_page=True, quality=80, type="jpeg")

    async def close(self) -> None:
        """Everybody goes home."""
        for context in self._open:
            await context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        place = message.location["url"].partition("#")[0]
        if message.text.startswith(ANSWERED) and place in self._asked:
            return  # that a page itself was answered with a problem is no fault of the page
        if message.type in ("error", "warning"):
            self.said.append(f"{message.text} ({message.location})")

    def _asking(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._asked.add(request.url)


async def barriers(page: Page) -> list[dict[str, Any]]:
    """What axe finds on a page that keeps somebody out; with a word of where."""
    await page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = await page.evaluate(LOOK)
    return found


async def wider_than_screen(page: Page) -> int:
    """CSS pixels by which a page has to be moved sideways."""
    measured = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(await page.evaluate(measured))
