"""The life of an application, read from a long trail."""

import pytest

from api.console import life as module
from api.console.life import life_of
from tests.integration.events import event, note
from tests.unit.acting import RECORDER, officer
from workflow.queries import Queries
from workflow.service import Service

NOTES = 210


@pytest.fixture
async def noted(service: Service, application: str) -> str:
    """An application that was granted in principle, behind many notes."""
    await service.post(officer("ndrc"), application, event("grant_in_principle", "g"))
    for number in range(NOTES):
        await service.post(RECORDER, application, note(f"{number}", f"{number}"))
    return application


async def test_the_whole_of_a_trail_is_read_and_of_a_longer_one_both_ends(
    queries: Queries, noted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = NOTES + 2
    whole = await life_of(queries, noted, last)
    assert len(whole.records) == last
    assert whole.gap is None
    assert whole.states() == {"submitted", "in_principle"}
    assert len((await life_of(queries, noted, last - 1)).records) == last - 1
    monkeypatch.setattr(module, "LOOKED_AT", 5)
    monkeypatch.setattr(module, "FIRST", 3)
    ends = await life_of(queries, noted, last)
    assert [one["seq"] for one in ends.records] == [*range(last, last - 5, -1), 3, 2, 1]
    assert ends.gap == (4, last - 5)
    assert ends.states() == {"submitted", "in_principle"}
    assert (await life_of(queries, noted, 5)).gap is None
    assert (await life_of(queries, noted, 6)).gap is None
