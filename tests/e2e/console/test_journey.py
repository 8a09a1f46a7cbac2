"""One application from its submission to its shipment, through the pages alone: each of those
whose turn it is signs in, follows a link and fills in a form.
"""

from dataclasses import dataclass

import httpx
import pytest
from playwright.async_api import Page

from tests.e2e.conftest import Demonstration
from tests.e2e.console.browsing import Desk, wider_than_screen

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOURCE = {
    "evidence.0.grade": "official_notice",
    "evidence.0.title": "N" * 200,
    "evidence.0.publisher": "The authority",
    "evidence.0.published_at": "2026-02-02T09:00",
}
STATEMENT = SOURCE | {"evidence.0.grade": "company_statement"}

CONDITION, LICENCE = "c" * 64, "L" * 64
"""As long as they may be."""

LIFE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ndrc", "grant_in_principle", {}),
    ("buyer", "declare_order", {"data.units": "1,000", "data.agent": "Agent & Co."}),
    ("miit", "approve", {}),
    ("mofcom", "approve", {}),
    ("ndrc", "propose_condition", {"data.kind": "reporting"}),
    ("ndrc", "fix_condition", {"data.condition": CONDITION}),
    ("ndrc", "set_conditions", {}),
    ("buyer", "accept_conditions", {}),
    (
        "mofcom",
        "propose_licence",
        {"data.units": "1000", "data.valid_from": "2020-01-01", "data.valid_until": "2099-12-31"},
    ),
    ("mofcom-2", "issue_licence", {"data.licence": LICENCE}),
    ("bis", "clear_export", {"data.reference": "BIS-1"}),
    ("customs", "record_shipment", {"data.shipment": "s" * 64, "data.units": "400"}),
    ("customs", "record_shipment", {"data.shipment": "s2", "data.units": "600"}),
)
SECOND_PAGE = {
    "propose_condition": {
        "data.condition": CONDITION,
        "data.value.every_days": "30",
        "data.text.zh": "每三十天报告一次",  # in one language alone
    },
    "fix_condition": {"data.value.every_days": "30"},
}
"""What is asked for once the kind of the condition is known."""

SHIPPED = {"en": "Shipped", "zh": "已完成进口"}


@dataclass
class Office:
    """Everybody at one browser in turn: a process for each of them would take longer than all of
    their acts.
    """

    desk: Desk
    page: Page
    application: str = ""
    who: str = ""

    async def of(self, who: str) -> Page:
        """The browser, taken over by somebody."""
        if who != self.who:
            await self.desk.sign_in(self.page, who)
            self.who = who
        return self.page

    async def act(self, who: str, kind: str, filled: dict[str, str]) -> None:
        """Follow the link that the application's page offers, fill its form in, and post it."""
        page = await self.of(who)
        await page.goto(self.application)
        await page.click(f'a.act[href*="/events/{kind}"]')
        await fill(page, filled)
        if kind in SECOND_PAGE:
            await page.click("main form.fields button")
            await fill(page, SECOND_PAGE[kind])
        await fill(page, STATEMENT if who == "buyer" else SOURCE)
        await page.click("main form.fields .buttons button")
        await page.wait_for_url("**?posted=*")
        assert await page.locator(".notice.done").count() == 1


async def fill(page: Page, values: dict[str, str]) -> None:
    """Type into the fields of a form, or choose."""
    for name, value in values.items():
        found = page.locator(f'[name="{name}"]')
        await found.wait_for(state="attached")
        folded = page.locator("details:not([open])").filter(has=found)
        if await folded.count():
            await folded.locator("summary").click()
        if await found.evaluate("one => one.tagName") == "SELECT":
            await found.select_option(value)
        else:
            await found.fill(value)


@pytest.fixture
def second_officer(demonstration: Demonstration) -> None:
    """Another officer of MOFCOM, since a licence takes four eyes."""
    operator = (demonstration.folder / "operator.key").read_text().strip()
    body = {"name": "second", "organisation": "mofcom", "roles": ["officer"]}
    headers = {"Authorization": f"Bearer {operator}", "Idempotency-Key": "second-officer"}
    url = f"{demonstration.service.url}/v1/keys"
    made = httpx.post(url, json=body | {"authorities": ["mofcom"]}, headers=headers).json()
    if made["key"] is not None:
        (demonstration.folder / "keys" / "mofcom-2.key").write_text(made["key"])


@pytest.mark.usefixtures("second_officer")
@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("zh", False)])
async def test_from_submission_to_shipment(desk: Desk, language: str, scripts: bool) -> None:
    office = Office(desk, await desk.open(language, scripts=scripts))
    buyer = await office.of("buyer")
    await buyer.goto("/")
    await buyer.click('a[href="/applications/new"]')
    await fill(
        buyer,
        {
            "application.procedure": "h200-import",
            "application.buyer": "deepseek",
            "application.goods.item": "NVIDIA H200",
            "application.reference": f"journey-{language}",
        }
        | STATEMENT,
    )
    await buyer.click("main form.fields .buttons button")
    await buyer.wait_for_url("**?posted=1")
    office.application = buyer.url.partition("?")[0]
    for who, kind, filled in LIFE:
        await office.act(who, kind, filled)
    auditor = await office.of("auditor")
    await auditor.goto(office.application)
    for width in (360, 1440):
        await auditor.set_viewport_size({"width": width, "height": 900})
        assert await wider_than_screen(auditor) <= 0, width
    await desk.picture(auditor, "shipped")
    assert await auditor.locator(".steps [aria-current]").inner_text()
    assert SHIPPED[language] in await auditor.locator(".steps [aria-current]").inner_text()
    assert await auditor.locator(".timeline > li").count() == len(LIFE) + 1
    await auditor.click(".timeline li:first-child h3 a")
    assert await auditor.locator(".changes tbody tr").count() > 0
