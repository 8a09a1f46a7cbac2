"""As of and known at: what the four rules of order mean for an application."""

from typing import Any

import orjson
import pytest

from tests.unit.acting import RECORDER, THE_BUYER, Case, accepted, carry, officer
from tests.unit.correcting import Recalling
from tests.unit.journeys import GRANT, TO_LICENSED
from tests.unit.versions import both
from workflow.domain import history
from workflow.domain.history import Moment

CUSTOMS, MIIT, MOFCOM, NDRC = (
    officer("customs"),
    officer("miit"),
    officer("mofcom"),
    officer("ndrc"),
)
EVER = "2099-01-01T00:00:00.000Z"


def day(number: int) -> str:
    return f"2026-02-{number:02}T00:00:00.000Z"


@pytest.fixture
def case() -> Recalling:
    """Submitted and recorded on the first of February; time stands on the twentieth."""
    made = Recalling(both())
    made.now = day(1)
    accepted(made.create())
    made.now = day(20)
    return made


def then(case: Case, as_of: str | None, known_at: str | None = None) -> dict[str, Any] | None:
    found = history.at([orjson.loads(text) for text in case.trail], Moment(as_of, known_at))
    return None if found is None else dict(found.snapshot)


def state(case: Case, as_of: str | None, known_at: str | None = None) -> str | None:
    found = then(case, as_of, known_at)
    return None if found is None else str(found["state"])


def test_before_it_took_effect_or_was_known_there_is_nothing(case: Recalling) -> None:
    early = "2026-01-31T00:00:00.000Z"
    assert then(case, early) is then(case, None, early) is then(case, day(2), early) is None
    assert state(case, day(1)) == state(case, None, day(1)) == "submitted"


def test_an_act_is_true_from_its_effect_and_known_from_its_record(case: Recalling) -> None:
    accepted(case.post(*GRANT, at=day(5)))
    assert [state(case, day(4)), state(case, day(5))] == ["submitted", "in_principle"]
    assert [state(case, None, day(19)), state(case, None, day(20))] == ["submitted", "in_principle"]
    assert [state(case, day(5), day(19)), state(case, day(4), day(20))] == ["submitted"] * 2
    assert state(case, day(5), day(20)) == "in_principle"


def test_a_quorum_stands_from_its_latest_vote_whichever_was_posted_last(case: Recalling) -> None:
    accepted(case.post(*GRANT, at=day(2)))
    accepted(case.post(MIIT, "approve", at=day(9)))
    accepted(case.post(MOFCOM, "approve", at=day(6)))
    between = then(case, day(7))
    assert between is not None
    assert (between["state"], between["votes"]["approve"].keys()) == ("in_principle", {"mofcom"})
    assert [state(case, day(8)), state(case, day(9))] == ["in_principle", "ministry_approved"]


def test_who_is_later_in_effect_has_the_last_word(case: Recalling) -> None:
    accepted(case.post(*GRANT, at=day(2)))
    for units, at in ((50, day(9)), (60, day(5))):
        data = {"units": units, "agent": None}
        accepted(case.post(THE_BUYER, "declare_order", None, data, at=at))
    orders = {at: then(case, day(at)) for at in (4, 5, 9)}
    assert [one and one["order"] and one["order"]["units"] for one in orders.values()] == [
        None,
        60,
        50,
    ]
    assert case.snapshot["order"] == {"units": 60, "agent": None}


def test_a_condition_is_fixed_once_it_is_proposed(case: Recalling) -> None:
    accepted(case.post(*GRANT, at=day(2)))
    accepted(case.post(NDRC, "propose_condition", at=day(9)))
    accepted(case.post(NDRC, "fix_condition", at=day(5)))
    before, after = then(case, day(8)), then(case, day(9))
    assert before is not None
    assert after is not None
    assert before["conditions"] == {}
    assert after["conditions"]["c1"]["status"] == "fixed"


def test_a_confirmation_dated_before_its_report_confirms_it(case: Recalling) -> None:
    accepted(case.post(RECORDER, "grant_in_principle", "ndrc", at=day(9)))
    accepted(case.post(NDRC, "confirm", None, {"seq": 2}, at=day(3)))
    for at in (day(4), day(9), EVER):
        found = then(case, at)
        assert found is not None
        assert found["unconfirmed"] == {}


@pytest.fixture
def shipping(case: Recalling) -> Recalling:
    """Licensed on the second; shipped on the ninth and, as was learned later, on the fifth."""
    for step in TO_LICENSED:
        accepted(case.post(*step, at=day(2)))
    for name, units, at in (("s1", 100, 9), ("s2", 200, 5)):
        data = {"shipment": name, "units": units}
        accepted(case.post(CUSTOMS, "record_shipment", None, data, at=day(at)))
    return case


def ledger(case: Recalling, as_of: str, known_at: str | None = None) -> tuple[Any, ...]:
    found = then(case, as_of, known_at)
    assert found is not None
    licence = found["licence"]
    return licence["shipments"], licence["shipped"], licence["balance"]


def test_the_ledger_adds_up_at_every_time(shipping: Recalling) -> None:
    assert ledger(shipping, day(4)) == ({}, 0, 1_000)
    assert ledger(shipping, day(5)) == ({"s2": 200}, 200, 800)
    assert ledger(shipping, day(9)) == ({"s1": 100, "s2": 200}, 300, 700)


def test_a_reversal_dated_before_its_shipment_reverses_it(shipping: Recalling) -> None:
    named = {"shipment": "s1"}
    accepted(shipping.post(CUSTOMS, "reverse_shipment", None, named, at=day(3)))
    assert ledger(shipping, EVER) == ({"s2": 200}, 200, 800)


def test_a_licence_is_reissued_after_its_shipments(shipping: Recalling) -> None:
    accepted(shipping.post(officer("mofcom", name="c"), "reissue_licence", at=day(6)))
    for at in (day(6), day(8)):
        found = then(shipping, at)
        assert found is not None
        assert (found["licence"]["version"], found["earlier_licences"]) == (1, {})
    after = then(shipping, day(9))
    assert after is not None
    assert (after["licence"]["version"], after["licence"]["units"]) == (2, 700)
    assert after["earlier_licences"]["1"]["shipped"] == 300


def test_a_correction_applies_from_when_it_was_known(shipping: Recalling) -> None:
    shipping.now = day(22)
    event = {"type": "record_shipment", "data": {"shipment": "s2", "units": 20}}
    pieces = shipping.decisions[-1].record["evidence"]
    accepted(shipping.correct(CUSTOMS, 14, {**event, "evidence": pieces}))
    assert ledger(shipping, day(5)) == ({"s2": 20}, 20, 980)
    assert ledger(shipping, day(9)) == ({"s1": 100, "s2": 20}, 120, 880)
    assert ledger(shipping, day(5), day(21)) == ({"s2": 200}, 200, 800)
    accepted(shipping.correct(CUSTOMS, 14, {**event, "evidence": pieces, "effective_at": day(7)}))
    assert ledger(shipping, day(5)) == ({}, 0, 1_000)
    assert ledger(shipping, day(7)) == ({"s2": 20}, 20, 980)
    accepted(shipping.correct(CUSTOMS, 14, None))
    assert ledger(shipping, day(9)) == ({"s1": 100}, 100, 900)


def test_the_document_ends_with_the_last_record_that_counts(case: Recalling) -> None:
    carry(case, GRANT)
    records = [orjson.loads(text) for text in case.trail]
    found = history.at(records, Moment(day(19), None))
    assert found is not None
    named = (found.version, found.head, found.recorded_at)
    assert named == (1, records[0]["hash"], records[0]["recorded_at"])


def test_what_finds_nothing_to_change_changes_nothing() -> None:
    """As a trail that nobody wrote might say."""
    fields = {"effective_at": day(1), "recorded_at": day(1), "data": {}, "hash": "0"}
    changes: list[dict[str, Any]] = [
        {"set": {"/a": {}, "/n": 1}},
        {"set": {"/b/c": 1, "/n/c": 2}, "unset": ["/z", "/a/b", "/b/c/d"]},
    ]
    records = [{**fields, "seq": seq, "changes": one} for seq, one in enumerate(changes, 1)]
    for moment in (Moment(None, None), Moment(day(1), None)):
        found = history.at(records, moment)
        assert found is not None
        assert found.snapshot == {"a": {}, "n": 1}
