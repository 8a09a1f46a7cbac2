"""A page as it looks, in a language: nobody is kept out, and nothing sticks out."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from playwright.async_api import Page, Response

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
the screens take turns, from page to page and from language to language, and so do the languages in
which axe examines a page, and those in which answers to forms and problems are shown.
"""

SEND = """(values) => {
  const form = document.querySelector("main form[method=post]");
  for (const [name, value] of Object.entries(values)) {
    const field = form.querySelector(`[name="${name}"]:not(button):not([type=checkbox])`);
    const more = () => Object.assign(document.createElement("input"), { name, type: "hidden" });
    (field ?? form.appendChild(more())).value = value;
  }
  form.submit();
}"""
"""Fills a form in and sends it, whatever it lacks."""


class Look(NamedTuple):
    """An address to look at, and the status of what is shown there. `filled`: the page is that
    which answers to its form, so filled in.
    """

    address: str
    status: int = 200
    filled: Mapping[str, str] | None = None
    called: str = ""
    dear: bool = False
    """Whether it takes so long that it is shown only to somebody who wants the pictures."""


async def looked_at(desk: Desk, page: Page, looks: Sequence[Look], language: str) -> None:
    """Look at some pages as whoever has signed in there."""
    other = int(language == "zh")
    for number, look in enumerate(look for look in looks if EVERY or not look.dear):
        once = look.filled is not None or look.status >= 400
        if once and not EVERY and (number + other) % 2:
            continue
        answer = await _shown(page, look)
        assert answer.status == look.status, (look, answer.status)
        assert await page.get_attribute("html", "lang") == {"en": "en", "zh": "zh-CN"}[language]
        for width, scheme in SCREENS if EVERY else SCREENS[(number + other) % 4 :][:1]:
            name = f"{_name(look)}-{language}-{width}-{scheme}"
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size({"width": width, "height": 900})
            await desk.picture(page, name)
            if EVERY or (number + number // 4 + other) % 2 == 0:
                found = await barriers(page)
                assert not found, (name, found)
            assert await wider_than_screen(page) <= 0, name


async def _shown(page: Page, look: Look) -> Response:
    answer = await page.goto(look.address)
    if look.filled is not None:
        async with page.expect_navigation() as sent:
            await page.evaluate(SEND, dict(look.filled))
        answer = await sent.value
    assert answer is not None
    return answer


def _name(look: Look) -> str:
    """Of the picture: what the page is called, else its path."""
    return look.called or look.address.partition("?")[0].strip("/").replace("/", "-") or "buyers"
