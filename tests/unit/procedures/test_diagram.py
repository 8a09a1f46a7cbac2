"""The Mermaid diagram of a procedure."""

from pathlib import Path

import pytest

from workflow.domain.predicates import MOVE_FACTS
from workflow.procedures import load, load_packaged, mermaid, parse
from workflow.procedures.diagram import WHEN, Language

PERMIT = Path(__file__).with_name("permit.yaml")


def test_the_whole_diagram_of_a_small_procedure() -> None:
    assert mermaid(load(PERMIT), current="granted").splitlines() == [
        "stateDiagram-v2",
        "    direction TB",
        '    state "Asked" as asked',
        '    state "Agreed" as agreed',
        '    state "Granted" as granted',
        '    state "Closed" as closed',
        "    [*] --> asked: Ask",
        "    asked --> agreed: Agree (Office + Bureau)",
        "    agreed --> granted: Grant",
        "    granted --> closed: Ship (nothing left to ship)",
        "    asked --> closed: Close",
        "    closed --> [*]",
        "    classDef side stroke-dasharray: 4 4",
        "    class closed side",
        "    classDef current stroke-width:4px,font-weight:bold",
        "    class granted current",
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_state_and_every_move_of_the_shipped_procedures_is_drawn(lang: Language) -> None:
    for procedure in load_packaged().values():
        drawn = mermaid(procedure, lang)
        for state in procedure.live_states.values():
            assert f'    state "{getattr(state.label, lang)}" as {state.id}\n' in drawn
        moves = {
            f"    {source} --> {move.target}: {getattr(spec.label, lang)}"
            for spec in procedure.events.values()
            for move in spec.moves
            if move.target
            for source in move.sources
        }
        arrows = [line.split(" (")[0] for line in drawn.splitlines() if " --> " in line]
        assert moves <= set(arrows)
        assert len(arrows) == len(moves) + 1 + sum(s.final for s in procedure.live_states.values())
        assert "current" not in drawn
        reserved = procedure.states.keys() - procedure.live_states.keys()
        assert not any(f" {name}" in drawn for name in reserved)


def test_signs_that_mean_something_to_mermaid_are_escaped() -> None:
    text = PERMIT.read_text(encoding="utf-8").replace(
        "{en: Close, zh: 结案}", """{en: 'Close; "x": <b>#{}', zh: 结案}"""
    )
    drawn = mermaid(parse(text.encode(), "permit.yaml"))
    label = "Close#59; #34;x#34;#58; #60;b#62;#35;#123;#125;"
    assert f"    asked --> closed: {label}\n" in drawn


def test_every_predicate_of_a_move_has_words() -> None:
    assert WHEN.keys() == MOVE_FACTS.keys() - {"quorum_reached"}
