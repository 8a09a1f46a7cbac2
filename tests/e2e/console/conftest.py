"""The console over HTTP, and in a browser."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.e2e.chromium import CHROMIUM, FLAGS
from tests.e2e.commands import PATIENCE, running
from tests.e2e.conftest import LAST_LINE, Demonstration
from tests.e2e.console.browsing import Desk


@dataclass(frozen=True, slots=True)
class Begun(Demonstration):
    """A demonstration of which the tests remember how it began, whatever they open in it since."""

    first: dict[str, dict[str, Any]]

    def overview(self) -> dict[str, dict[str, Any]]:
        """The overview by buyer, as it was at first."""
        return self.first


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One of the console's own, since its tests post."""
    folder = tmp_path_factory.mktemp("console")
    with running("demo", "--data", folder) as service:
        made = Demonstration(service, service.read_until(LAST_LINE), folder)
        yield Begun(made.service, made.printed, made.folder, made.overview())


@pytest.fixture(scope="session")
def pages(demonstration: Demonstration) -> Iterator[httpx.Client]:
    """Asks for pages of the demonstration as the auditor's browser does, without scripts."""
    headers = {"Accept": "text/html", "Accept-Language": "en", **demonstration.key("auditor")}
    url = demonstration.service.url
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests; skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        await made.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots are kept: $CLEARANCE_PICTURES, else a folder of this run."""
    named = os.environ.get("CLEARANCE_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    browser: Browser, demonstration: Demonstration, pictures: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Desk]:
    """Browsers of whoever works with the demonstration; none of their pages may say anything on
    its console.
    """
    place = pictures / re.sub(r"\W+", "-", request.node.name).strip("-")
    made = Desk(browser, demonstration.service.url, demonstration.folder / "keys", place)
    yield made
    await made.close()
    assert not made.said
