"""Reads the table of expected answers; of the engine it knows the parts of a procedure alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workflow.domain.procedure import Procedure

TABLE = Path(__file__).with_name("table.txt")

CODES = {
    "T": (6, "transition-not-allowed"),
    "N": (6, "not-its-turn"),
    "E": (6, "extension-too-long"),
    "X": (6, "condition-of-another"),
    "D": (6, "decision-of-another"),
    "H": (6, "held"),
    "L": (6, "hold-of-another"),
    "V": (6, "still-valid"),
    "M": (6, "no-migration"),
    "B": (6, "others-awaited"),
    "P": (6, "beyond-validity"),
    "U": (6, "beyond-uses"),
    "S": (6, "uses-exhausted"),
    "Z": (6, "outside-validity"),
    "W": (3, "wrong-authority"),
    "O": (3, "not-your-application"),
    "R": (3, "role-may-not"),
    "C": (3, "recorder-never-confirms"),
    "A": (1, "authority-required"),
}
"""Mark of a refusal -> its kind (1: 422, 3: 403, 6: 409) and code."""


@dataclass(frozen=True)
class Cell:
    """One expected answer."""

    event: str
    target: str | None
    situation: str | None
    state: str
    actor: str
    mark: str

    def __str__(self) -> str:
        return f"{self.event} ({self.situation}) in {self.state} by {self.actor}: {self.mark}"

    @property
    def expected(self) -> tuple[int, str] | str:
        """The state that an accepted event leads to, or the kind and code of the refusal."""
        if self.mark == "+":
            return self.state
        if self.mark == ">":
            assert self.target is not None, f"{self}: no arrow"
            return self.target
        return CODES[self.mark]


def read(text: str) -> list[Cell]:
    """Every cell, in the order of the table."""
    cells: list[Cell] = []
    event, actors = "", [""]
    target: str | None = None
    situation: str | None = None
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if line.startswith("event "):
            head, _, told = line.removeprefix("event ").partition(" | ")
            event, _, to = head.partition(" -> ")
            target, situation = to or None, told or None
            actors = []
        elif not actors:
            actors = words
        else:
            state, *marks = words
            cells += [
                Cell(event, target, situation, state, actor, mark)
                for actor, mark in zip(actors, marks, strict=True)
            ]
    return cells


BEFORE_CREATION = "-"
"""In the place of a state, where there is no application yet."""


def check_every_cell_is_there(
    cells: Sequence[Cell], procedure: Procedure, others: Iterable[str]
) -> None:
    """Every event in every live state by everybody, once: the authorities, a recorder of each
    body's acts, and the others.
    """
    bodies = (*procedure.authorities, "buyer", "-")
    actors = {*procedure.authorities, *(f"r:{body}" for body in bodies), *others}
    blocks = {(cell.event, cell.situation) for cell in cells}
    creation = procedure.creation.type
    assert {event for event, _ in blocks} == {*procedure.events, creation}
    wanted = {
        (event, situation, state, actor)
        for event, situation in blocks
        for state in ([BEFORE_CREATION] if event == creation else procedure.live_states)
        for actor in actors
    }
    found = [(cell.event, cell.situation, cell.state, cell.actor) for cell in cells]
    assert len(found) == len(set(found))
    assert set(found) == wanted
