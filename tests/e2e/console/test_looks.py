"""Every page of the console as it looks."""

import pytest

from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk
from tests.e2e.console.looks import looked_at

PAGES = (
    "/",
    "/board",
    "/pools",
    "/pools/joint-2026-01",
    "/?q=nobody",
    "/?as_of=2026-01-25",
    "/audit",
    "/procedures/h200-import/1",
    "/statistics?by=effective_at",
)
OF_APPLICATION = (
    "",
    "/trail/5",
    "/trail?check=now",
    "/events/note",
    "/events/propose_condition",
    "/events/correct?seq=3",
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_pages_keep_nobody_out(desk: Desk, language: str) -> None:
    await looked_at(desk, await desk.sit("auditor", language), PAGES, language)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_pages_of_an_application_keep_nobody_out(
    desk: Desk, demonstration: Demonstration, language: str
) -> None:
    identifier = demonstration.overview()["deepseek"]["application"]
    paths = [f"/applications/{identifier}{rest}" for rest in OF_APPLICATION]
    await looked_at(desk, await desk.sit("ndrc", language), paths, language)
