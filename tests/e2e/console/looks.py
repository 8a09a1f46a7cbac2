"""A page as it looks, in a language: nobody is kept out, and nothing sticks out."""

import os
from collections.abc import Sequence

from playwright.async_api import Page

from tests.e2e.console.browsing import Desk, Scheme, barriers, wider_than_screen

SCREENS: tuple[tuple[int, Scheme], ...] = (
    (360, "light"),
    (1440, "dark"),
    (360, "dark"),
    (1440, "light"),
)
"""A telephone and a desk, in CSS pixels, by day and by night."""

EVERY = "CLEARANCE_PICTURES" in os.environ
"""Whether every page is looked at on every screen, for somebody who wants the pictures. Otherwise
the screens take turns, from page to page and from language to language.
"""


async def looked_at(desk: Desk, page: Page, paths: Sequence[str], language: str) -> None:
    """Look at some pages as whoever has signed in there."""
    for turn, path in enumerate(paths, start=int(language == "zh")):
        screens = SCREENS if EVERY else SCREENS[turn % 4 :][:1]
        for width, scheme in screens:
            name = f"{path.strip('/').replace('/', '-') or 'buyers'}-{language}-{width}-{scheme}"
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.goto(path), path
            await desk.picture(page, name)
            found = await barriers(page)
            assert not found, (name, found)
            assert await wider_than_screen(page) <= 0, name
