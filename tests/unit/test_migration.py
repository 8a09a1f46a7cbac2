"""A way to a later version: which files say one that fits, and which applications can go it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.acting import OPERATOR, RECORDER, accepted, carry, decisive, told
from tests.unit.correcting import Recalling, sound
from tests.unit.journeys import TO_LICENSED, TO_MINISTRY_APPROVED
from tests.unit.versions import FIRST, second, second_text
from workflow.catalog import Catalog
from workflow.domain.migration import licensed_states, mapped
from workflow.domain.procedure import EventSpec, Label, Move, Origin, Procedure
from workflow.procedures import ProcedureError, load_all, load_packaged, parse
from workflow.procedures.loader import PACKAGED

ONE = load_packaged()["h200-import", 1]


def later(**changes: Any) -> Procedure:
    """A second version that is the first one with changes."""
    given = {"version": 2, "migrates_from": Origin(1, {}), **changes}
    return replace(ONE, **given)


def under(procedure: Procedure) -> Recalling:
    """Just submitted under the first version, with another to migrate to."""
    case = Recalling(Catalog([*load_packaged().values(), procedure]))
    accepted(case.create())
    return case


def problems(*texts: str, folder: Path) -> list[str]:
    for other in PACKAGED.glob("*.yaml"):
        (folder / other.name).write_bytes(other.read_bytes())
    for number, text in enumerate(texts):
        (folder / f"later_{number}.yaml").write_text(text, encoding="utf-8")
    try:
        load_all(folder)
    except ProcedureError as error:
        return [problem.message for problem in error.problems]
    return []


def test_versions_are_loaded_side_by_side(tmp_path: Path) -> None:
    third = second_text(3, "migrates_from: {version: 2}")
    assert problems(second_text(), third, folder=tmp_path) == []


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        (
            "migrates_from: {version: 9}",
            "migrates_from.version: version 2 can follow an earlier version only",
        ),
        (
            "migrates_from: {version: 1, states: {ndrc_conditioned: conditoned}}",
            "migrates_from.states.ndrc_conditioned: unknown state `conditoned`; did you mean "
            "`conditioned`?",
        ),
        (
            "migrates_from: {version: 1}",
            "migrates_from: no state is given for `ndrc_conditioned` of version 1",
        ),
        (
            "migrates_from: {version: 1, states: {ndrc_conditioned: conditioned, gone: shipped}}",
            "migrates_from: unknown state `gone`",
        ),
    ],
)
def test_a_way_that_does_not_fit_is_found(origin: str, told: str, tmp_path: Path) -> None:
    text = second_text().replace(
        "migrates_from: {version: 1, states: {ndrc_conditioned: conditioned}}", origin
    )
    assert problems(text, folder=tmp_path) == [told]


def test_a_way_from_a_version_that_is_not_there_is_found(tmp_path: Path) -> None:
    told = problems(second_text(3, "migrates_from: {version: 2}"), folder=tmp_path)
    assert told == ["migrates_from: there is no version 2 of `h200-import`"]


def test_the_way_is_part_of_the_digest() -> None:
    bare = parse(second_text().replace("migrates_from", "# migrates_from").encode(), "x")
    assert bare.migrates_from is None
    assert bare.digest != second().digest
    assert parse(FIRST.encode(), "x").digest == ONE.digest


def test_states_keep_their_names_unless_they_are_mapped() -> None:
    assert mapped(second(), 1, "ndrc_conditioned") == "conditioned"
    assert mapped(second(), 1, "shipped") == "shipped"
    assert mapped(second(), 1, "nowhere") is mapped(second(), 3, "shipped") is None
    assert mapped(ONE, 1, "shipped") is None


def test_what_is_only_reported_must_be_confirmable_there() -> None:
    events = {kind: spec for kind, spec in ONE.events.items() if kind != "grant_in_principle"}
    case = under(later(events=events))
    carry(case, (RECORDER, "grant_in_principle", "ndrc"))
    refused = case.migrate(OPERATOR, 2)
    assert decisive(refused) == (6, "migration-loses")
    assert told(refused).parameters == {"what": "grant_in_principle", "state": "in_principle"}


def test_a_licence_is_held_there_just_when_one_is_held_here() -> None:
    states = {"in_principle": "licensed", "licensed": "in_principle"}
    lawless = later(migrates_from=Origin(1, states))
    for steps, what in ((TO_LICENSED, "a licence"), (TO_LICENSED[:1], "no licence")):
        case = carry(under(lawless), *steps)
        assert isinstance(case, Recalling)
        refused = case.migrate(OPERATOR, 2)
        assert decisive(refused) == (6, "migration-loses")
        assert told(refused).parameters["what"] == what


def test_licensed_states_are_those_that_need_a_licence() -> None:
    assert licensed_states(ONE) == {
        *("licensed", "suspended", "shipped", "expired", "revoked"),
        "lapsed",  # reserved: nothing leads there at all
    }


def test_a_vote_and_a_gate_of_the_later_version_are_begun() -> None:
    gates = {"security": Label("Security", "安全")}
    approve: EventSpec = ONE.events["approve"]
    again = replace(approve, type="approve_again", moves=(Move(("submitted",), None, None),))
    case = under(later(gates=gates, events={**ONE.events, "approve_again": again}))
    carry(case, *TO_MINISTRY_APPROVED)
    votes = case.snapshot["votes"]["approve"]
    accepted(case.migrate(OPERATOR, 2))
    assert case.snapshot["votes"] == {"approve": votes, "approve_again": {}}
    assert case.snapshot["gates"] == {"security": "shut"}
    sound(case)
