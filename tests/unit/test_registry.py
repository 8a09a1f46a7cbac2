"""The registry: buyers under a name in both languages, each with a trail of its own."""

from dataclasses import replace

import pytest

from tests.unit.acting import (
    AUDITOR,
    NOW,
    OPERATOR,
    RECORDER,
    THE_BUYER,
    accepted,
    decisive,
    officer,
    person,
)
from workflow.domain.act import Event, Posting
from workflow.domain.buyer import register
from workflow.domain.principal import Principal, Role, Scope
from workflow.domain.record import GENESIS, NOTHING
from workflow.domain.trail import verify

NAME = {"en": "DeepSeek", "zh": "深度求索"}


def posting(name: dict[str, str], who: Principal = RECORDER, now: str = NOW) -> Posting:
    event = Event("register_buyer", "key", "f" * 64, None, None, None, (), "", {"name": name})
    return Posting("buyer/deepseek", who, event, now, "0" * 32)


def test_a_buyer_has_a_name_from_its_first_record() -> None:
    decision = accepted(register(NOTHING, posting(NAME)))
    assert decision.after.snapshot == {"name": NAME, "created_at": NOW}
    assert decision.record["prev"] == GENESIS
    assert decision.record["seq"] == 1
    for name in ("procedure", "from", "to", "standing", "authority"):
        assert decision.record[name] is None


def test_a_corrected_name_leaves_the_old_one_in_the_trail() -> None:
    first = accepted(register(NOTHING, posting({"en": "Deepseek", "zh": "深度"})))
    later = "2026-02-03T00:00:00.000Z"
    second = accepted(register(first.after, posting(NAME, OPERATOR, later)))
    assert second.after.snapshot == {"name": NAME, "created_at": NOW}
    assert second.record["recorded_at"] == later
    assert second.record["effective_at"] == later
    verdict = verify([first.text, second.text])
    assert verdict.ok
    assert verdict.snapshot == second.after.snapshot


def test_a_clock_that_runs_backwards_is_not_followed() -> None:
    first = accepted(register(NOTHING, posting(NAME)))
    second = accepted(register(first.after, posting(NAME, now="2026-02-02T03:00:00.000Z")))
    assert second.record["recorded_at"] == NOW


@pytest.mark.parametrize("who", [THE_BUYER, AUDITOR, officer("miit")])
def test_only_operators_and_recorders_register(who: Principal) -> None:
    refused = register(NOTHING, posting(NAME, who))
    assert decisive(refused) == (3, "role-may-not")


def test_the_record_says_in_which_role() -> None:
    both = Principal("both", "desk", frozenset({Role.RECORDER, Role.OPERATOR}))
    assert accepted(register(NOTHING, posting(NAME, both))).record["role"] == "operator"
    alone = person(Role.RECORDER)
    assert accepted(register(NOTHING, posting(NAME, alone))).record["role"] == "recorder"


def test_an_auditor_writes_nothing_whatever_else_it_is() -> None:
    every = Principal("all", "desk", frozenset(Role), frozenset({"miit"}))
    assert decisive(register(NOTHING, posting(NAME, every))) == (3, "role-may-not")


@pytest.mark.parametrize("who", [RECORDER, OPERATOR, AUDITOR])
def test_a_credential_without_the_scope_registers_nobody(who: Principal) -> None:
    held = replace(who, scopes=frozenset({Scope.READ, Scope.POST}))
    assert decisive(register(NOTHING, posting(NAME, held))) == (3, "scope-missing")
