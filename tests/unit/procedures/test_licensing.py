"""What the check finds in the terms that a file gives its licences, and on which line."""

import pytest

from tests.unit.automatic import FILE
from workflow.procedures import ProcedureError, load_packaged, parse

TERMS = "licence:\n  validity: {months: 6}\n  max_uses: 6\n"
LINE = FILE[: FILE.index(TERMS)].count("\n") + 1
GRANTING = FILE[: FILE.index("    effect: grant_licence")].count("\n") + 1
UNENDING = (
    GRANTING,
    "events.grant_licence.effect: the effect `grant_licence` needs a `licence` with its `validity`",
)


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ProcedureError) as caught:
        parse(text.encode(), "automatic_import.yaml")
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ("", [UNENDING]),
        ("licence:\n  max_uses: 6\n", [UNENDING]),
        (
            "licence: {}\n",
            [
                (
                    LINE,
                    "licence: says nothing; give a `validity` or `max_uses`, or leave it out",
                ),
                UNENDING,
            ],
        ),
        (
            "licence:\n  validity: {months: 6, days: 3}\n",
            [(LINE + 1, "licence.validity: needs either `months` or `days`")],
        ),
        (
            "licence:\n  validity: {}\n",
            [(LINE + 1, "licence.validity: needs either `months` or `days`")],
        ),
        (
            "licence:\n  validity: {months: 0}\n",
            [(LINE + 1, "licence.validity.months: must be greater than or equal to 1")],
        ),
        (
            "licence:\n  validity: {months: 6}\n  uses: 6\n",
            [(LINE + 2, "licence.uses: `uses` has no meaning here")],
        ),
    ],
)
def test_a_problem_is_told_with_its_line(terms: str, found: list[tuple[int, str]]) -> None:
    assert FILE.count(TERMS) == 1
    told = [(line, message) for line, message in problems(FILE.replace(TERMS, terms)) if message]
    moved = TERMS.count("\n") - terms.count("\n")
    assert told == [(line - moved if line > LINE + 3 else line, said) for line, said in found]


def test_terms_that_no_event_gives_are_told() -> None:
    shipped = FILE.replace("effect: grant_licence\n", "effect: declare_order\n").replace(
        "payload: licence_grant", "payload: order"
    )
    told = dict(problems(shipped))
    assert "no event has an effect that gives a licence its terms" in told[LINE]


def test_the_guard_comes_with_the_terms_and_nobody_writes_it() -> None:
    procedure = parse(FILE.encode(), "automatic_import.yaml")
    assert procedure.events["grant_licence"].guards[-1] == "within_terms"
    written = FILE.replace("[nobody_else_awaited,", "[within_terms, nobody_else_awaited,")
    assert "unknown guard `within_terms`" in problems(written)[0][1]
    for shipped in load_packaged().values():
        assert shipped.licence is None
        assert not any("within_terms" in spec.guards for spec in shipped.events.values())
