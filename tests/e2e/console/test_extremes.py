"""Names as long as they may be, without a blank at which a line could end, and lists that go on."""

import httpx
import pytest

from tests.e2e.commands import PATIENCE
from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk, wider_than_screen
from tests.e2e.http.journey import new_key

BUYER = "b" * 64
RECORDS = 300
"""More than a page of any list holds."""
PAGES = {
    f"/?q={BUYER}": ("tbody tr", 1),
    "/board": ('.card a[href="/applications/{application}"]', 1),
    "/applications/{application}": (".timeline > li", 20),
    "/applications/{application}/trail/1": (".changes", 1),
    "/applications/{application}/trail?check=now": (".badge.good", 1),
    "/applications/{application}/events/correct": ("option", 200),
    "/applications/{application}/events/correct?seq=1": ("form", 1),
    "/audit?application={application}": ("tbody tr", 50),
    "/operations/journal": ("table", 1),
    "/operations/timers?within=year": ("h1", 1),
}
"""Where they are shown, and how many of what a page has: of a list, as many as stand on a page."""


@pytest.fixture(scope="module")
def application(demonstration: Demonstration) -> str:
    """An application of which everything is long: its buyer, its goods, its source, its trail.
    Written as the recorder, who may enter whatever others are reported to have done.
    """
    url, headers = demonstration.service.url, demonstration.key("recorder")
    name = {"en": "W" * 200, "zh": "名" * 200}
    source = {
        "grade": "press_report",
        "title": "T" * 200,
        "publisher": "P" * 200,
        "attribution": "A" * 200,
        "published_at": "2026-01-30T00:00:00+08:00",
    }
    case = {
        "procedure": "h200-import",
        "buyer": BUYER,
        "reference": "R" * 200,
        "goods": {"item": "I" * 200},
        "evidence": [source],
    }
    note = {"type": "note", "data": {"text": "N" * 600, "topic": "t" * 64}}
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE) as client:
        assert client.put(f"/v1/buyers/{BUYER}", json={"name": name}).is_success
        keyed = {"Idempotency-Key": new_key("extremes")}
        opened = client.post("/v1/applications", json=case, headers=keyed)
        assert opened.status_code == 201, opened.text
        identifier = opened.headers["Location"].rpartition("/")[2]
        batch = [
            {"application": identifier, "idempotency_key": f"{number}", "event": note}
            for number in range(RECORDS)
        ]
        told = client.post("/v1/events:batch", json=batch).json()["items"]
        assert {one["status"] for one in told} == {201}, told[:3]
    return identifier


@pytest.mark.asyncio(loop_scope="session")
async def test_long_names_and_long_lists_stay_on_the_screen(desk: Desk, application: str) -> None:
    page = await desk.sit("recorder", "en", 360)
    for path, (what, number) in PAGES.items():
        if path.startswith("/operations"):
            await desk.sign_in(page, "../operator")
        answer = await page.goto(path.format(application=application))
        assert answer is not None
        assert answer.ok, path
        assert len(await answer.body()) < 150_000, path
        found = page.locator("main").locator(what.format(application=application))
        assert await found.count() == number, path
        for width in (360, 1440):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await wider_than_screen(page) <= 0, (path, width)


PRINTED = (718, 1_000)
"""What a sheet of A4 leaves between its margins, in CSS pixels."""
CUT = """() => [...document.querySelectorAll(".scroll, .hash, code, pre, td, th")].filter((one) =>
  one.checkVisibility() && one.clientWidth && one.scrollWidth > one.clientWidth + 1
).map((one) => one.outerHTML.slice(0, 200))"""
FOR_A_SCREEN = ".top nav, .pages, .live, .slider, button, .filters, .skip"


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_printed_is_whole_and_has_nothing_to_press(
    desk: Desk, application: str
) -> None:
    page = await desk.sit("auditor", "zh", PRINTED[0])
    await page.emulate_media(media="print")
    for path in (
        f"/?q={BUYER}",
        f"/applications/{application}",
        f"/applications/{application}/trail?check=now",
        f"/audit?application={application}",
    ):
        await page.goto(path)
        assert await page.evaluate(CUT) == [], path
        assert await wider_than_screen(page) <= 0, path
        assert await page.locator(f":is({FOR_A_SCREEN}):visible").count() == 0, path
        heads = page.locator("main table.rows thead")
        assert await heads.count() == await heads.locator("visible=true").count(), path
        await desk.picture(page, "printed-" + path.strip("/").partition("?")[0].replace("/", "-"))
