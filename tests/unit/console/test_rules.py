"""The rules of a procedure in words: nothing of what a file may say is without any."""

from collections.abc import Iterator
from typing import Any

from api.console.provisos import DERIVED, FIELDS, GUARDS, MOVES, TOLD_BY_THE_EVENT, TURNS
from api.console.rules import Row, Rules, differences
from api.console.words import WORDS
from tests.unit.versions import both, second
from workflow.domain import rules
from workflow.domain.predicates import MOVE_FACTS, TURN_FACTS
from workflow.procedures import parse
from workflow.procedures.comparison import HEAD, PARTS, facts
from workflow.procedures.loader import PACKAGED

FIRST = (PACKAGED / "h200_import.yaml").read_text(encoding="utf-8")


def of(text: str, language: str = "en") -> Rules:
    return Rules(facts(parse(text.encode(), "candidate")), language)


def found(old: str, new: str, language: str = "en") -> list[Row]:
    """What differs where one text stands for another."""
    assert old in FIRST
    return list(
        differences(of(FIRST, language), of(FIRST.replace(old, new, 1), language), language)
    )


def test_a_name_with_a_comma_is_one_name_in_a_list() -> None:
    export = parse((PACKAGED / "us_export.yaml").read_bytes(), "export")
    rules = Rules(facts(export), "zh")
    states = ["denied", "returned_without_action"]
    assert rules.listed("states", states) == "已拒绝、“退回，未予处理”"
    assert rules.value("sources", states) == rules.listed("states", states)


def test_every_guard_and_every_fact_has_words() -> None:
    assert set(GUARDS) | TOLD_BY_THE_EVENT == set(rules.GUARDS)
    assert set(MOVES) == set(MOVE_FACTS)
    assert set(TURNS) == set(TURN_FACTS)


def fields(value: Any) -> Iterator[str]:
    """The names of fields, but for ids and the states that are mapped."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if name != "states" or not isinstance(inner, dict):
                yield from fields(inner)
    elif isinstance(value, list):
        for one in value:
            yield from fields(one)


def test_every_field_that_may_differ_has_a_name() -> None:
    told = {*HEAD}
    for procedure in both().procedures():
        known = facts(procedure)
        told |= set(fields([known[name] for name in HEAD]))
        told |= set(fields([list(known[part].values()) for part in PARTS]))
    told |= {"months", "days", "max_uses"}  # of a licence, which neither of them bounds
    assert told - DERIVED <= {*FIELDS, *WORDS}
    assert set(FIELDS) <= told


def test_a_change_is_told_in_words() -> None:
    (row,) = found("    reason: required\n", "")
    assert row == Row("changed", "events", "Refuse", "refuse", ("needs a reason",), "yes", "no")
    (row,) = found("guards: [its_turn]", "guards: [its_turn, gates_open]", "zh")
    assert (row.name, row.fields) == ("不予许可", ("须满足",))
    assert (row.before, row.after) == ("该机关在被等待之列", "该机关在被等待之列、各闸门均已开启")
    (row,) = found("working_days: 20", "working_days: 15")
    assert (row.part, row.name, row.before, row.after) == ("deadlines", "Decision", "20", "15")
    (row,) = found("en: Import of Nvidia H200", "en: Import of Nvidia H20")
    assert (row.part, row.fields) == ("procedure", ("title", "in English"))


def test_a_way_is_told_with_its_states_by_name() -> None:
    (row,) = found(
        "    from: suspended\n    to: licensed\n", "    from: suspended\n    to: expired\n"
    )
    assert row.fields == ("from where to where",)
    assert (row.before, row.after) == (
        "from Suspended, to Licensed",
        "from Suspended, to Expired",
    )


def test_what_has_the_same_name_is_told_by_its_code() -> None:
    first, later = (Rules(facts(one), "en") for one in (both().procedures()[0], second()))
    rows = {(row.kind, row.code): row for row in differences(first, later, "en")}
    assert rows["removed", "ndrc_conditioned"].before == "Conditions set by the NDRC"
    assert rows["added", "conditioned"].after == "Conditions set by the NDRC"
    declared = rows["changed", "declare_order"]
    assert declared.before.endswith("ministry_approved, ndrc_conditioned")
    assert declared.after.endswith("ministry_approved, conditioned")
    assert rows["changed", ""].after == "states ndrc_conditioned → conditioned, version 1"


def test_what_nobody_knows_is_called_by_its_code() -> None:
    bare = of(FIRST)
    assert (bare.state("nowhere"), bare.actor("nobody"), bare.guard("none")) == (
        "nowhere",
        "nobody",
        "none",
    )
    assert bare.actor("system:clock") == "the clock"
