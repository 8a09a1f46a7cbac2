"""The guide's automatic import licence, from a folder of one file: a service and its worker carry
an application through it, by a clock of the test's.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.events import NAME, creation, mark
from tests.integration.test_worker import Hand, House
from tests.unit.acting import BUYER, OFFICIAL, RECORDER, THE_BUYER, evidence
from tests.unit.automatic import ASK, CUSTOMS, FILE, GRANT, ORDER, TELL, ship
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain.act import Event
from workflow.domain.principal import Principal
from workflow.domain.refusals import Refused
from workflow.procedures import load_served
from workflow.store import Store

BEGUN = "2026-02-05T04:00:00.000Z"
LAST_MOMENT, OVERDUE = "2026-02-26T15:59:59.999Z", "2026-02-26T16:00:00.000Z"
"""Ten working days after 5 February 2026 end on the 26th: China works on Saturday the 14th, and
rests from the 15th to the 23rd.
"""

GRANTED = "2026-02-26T04:00:00.000Z"
LAST_DAY, OVER = "2026-08-25T15:59:59.999Z", "2026-08-25T16:00:00.000Z"
"""Six months from 26 February end with 25 August in Shanghai."""


WORDS: dict[str, dict[str, Any]] = {
    "declare_order": {"units": 1_000},
    "request_information": {"query": "q1", "question": "Where is the contract?"},
    "provide_information": {"query": "q1", "answer": "Here."},
}


class Office:
    """The service with one application, and whoever posts on it."""

    def __init__(self, house: House, catalog: Catalog) -> None:
        self.house, self.catalog = house, catalog
        self.posted, self.name = 0, ""

    async def post(self, who: Principal, kind: str, *rest: Any) -> Accepted | Refused:
        authority, data = (*rest, None, None)[:2]
        self.posted += 1
        payload, whole = self.catalog.shape(kind, data or WORDS[kind])
        grade, digest = evidence(OFFICIAL), mark(kind, whole)
        act = Event(kind, f"k{self.posted}", digest, authority, None, "why", grade, payload, whole)
        return await self.house.service.post(who, self.name, act)

    async def accepted(self, *step: Any) -> None:
        outcome = await self.post(*step)
        assert isinstance(outcome, Accepted), outcome

    async def refused(self, *step: Any) -> str:
        outcome = await self.post(*step)
        assert isinstance(outcome, Refused)
        return outcome.decisive.code

    async def licence(self) -> dict[str, Any]:
        document = await self.house.queries.document("application", self.name)
        assert document is not None
        found: dict[str, Any] = document.snapshot["licence"]
        return found


@pytest.fixture
async def office(store: Store, tmp_path: Path) -> AsyncIterator[Office]:
    (tmp_path / "automatic_import.yaml").write_text(FILE, encoding="utf-8")
    catalog = Catalog(load_served(tmp_path).values())
    house = House(store, Hand(BEGUN), catalog)
    made = Office(house, catalog)
    await house.service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    made.name, outcome = await house.service.create(THE_BUYER, "automatic-import", creation("one"))
    assert isinstance(outcome, Accepted)
    yield made
    await house.service.finish()


async def test_it_is_issued_after_the_documents_and_used_six_times(office: Office) -> None:
    await office.accepted(*ORDER)
    await office.accepted(*ASK)
    assert await office.refused(*GRANT) == "others-awaited"
    await office.accepted(*TELL)
    office.house.hand.now = GRANTED
    await office.accepted(*GRANT)
    licence = await office.licence()
    assert (licence["valid_from"], licence["valid_until"]) == ("2026-02-26", "2026-08-25")
    for number in range(6):
        await office.accepted(*ship(number))
    assert await office.refused(*ship(6)) == "uses-exhausted"
    await office.accepted(CUSTOMS, "reverse_shipment", None, {"shipment": "s5"})
    await office.accepted(*ship(7))
    assert await office.refused(*ship(8)) == "uses-exhausted"
    outlook = await office.house.queries.outlook(CUSTOMS, office.name, office.house.hand.now)
    assert outlook is not None
    told = dict(outlook[1].refused)["record_shipment"]
    assert [one.code for one in told] == ["uses-exhausted"]


async def test_it_is_over_after_six_months(office: Office) -> None:
    house = office.house
    await office.accepted(*ORDER)
    house.hand.now = GRANTED
    await office.accepted(*GRANT)
    await house.at(LAST_DAY)
    assert await house.state(office.name) == "licensed"
    await office.accepted(*ship(0))
    house.hand.now = OVER
    assert await office.refused(*ship(1)) == "outside-validity"  # whether or not a timer came
    assert await house.at(OVER) == 1
    assert await house.state(office.name) == "expired"
    assert await office.refused(*ship(1)) == "transition-not-allowed"
    licence = await office.licence()
    assert (licence["shipped"], licence["balance"], licence["lapsed"]) == (100, 0, 900)


async def test_the_office_is_overdue_after_ten_working_days(office: Office) -> None:
    house = office.house
    await house.at(LAST_MOMENT)
    assert await house.overdue() == []
    await house.at(OVERDUE)
    assert await house.overdue() == [office.name]
    assert await house.state(office.name) == "applied"


async def test_its_clock_stands_while_documents_are_awaited(office: Office) -> None:
    house = office.house
    await office.accepted(*ORDER)
    await office.accepted(*ASK)
    await house.at(OVERDUE)
    assert await house.overdue() == []
    house.hand.now = "2026-02-27T04:00:00.000Z"
    await office.accepted(*TELL)
    await house.at("2026-03-12T15:59:59.999Z")  # 28 February, a Saturday, is worked as well
    assert await house.overdue() == []
    await house.at("2026-03-12T16:00:00.000Z")
    assert await house.overdue() == [office.name]
