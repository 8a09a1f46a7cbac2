"""The engine and a reference model that shares no code with it never differ."""

import ast
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, seed, settings
from hypothesis import strategies as st

from tests.properties import (
    acts,
    exporting,
    history,
    licensing,
    lives,
    objections,
    postings,
    reference,
    shapes,
    table,
)
from tests.properties.effort import tried
from tests.properties.people import THE_BUYER
from tests.properties.postings import MAIN_LINE
from tests.properties.runs import Run, drawn_run, instant
from workflow.domain.application import Snapshot, confirmed_state, standing
from workflow.domain.holds import in_force
from workflow.domain.ledger import drawn, versions
from workflow.domain.predicates import waiting_on
from workflow.machine import Engine

View = dict[str, Any]
TERM = ("value", "precedent", "status", "claimed", "consent")


def shown_by_engine(run: Run) -> View:
    """What the engine's snapshot says."""
    snapshot: Snapshot = run.case.snapshot
    terms: Mapping[str, Mapping[str, Any]] = snapshot["conditions"]
    allocation = snapshot["allocation"]
    votes = snapshot["votes"]["approve"].items()
    return {
        "version": run.case.document.version,
        "recorded_at": run.case.document.recorded_at,
        "state": snapshot["state"],
        "entered_at": snapshot["entered_at"],
        "standing": standing(snapshot),
        "confirmed_state": confirmed_state(snapshot),
        "unconfirmed": sorted(int(seq) for seq in snapshot["unconfirmed"]),
        "approvals": {body: vote["seq"] for body, vote in votes},
        "order": snapshot["order"],
        "conditions": {
            name: (term["authority"], *(term[key] for key in TERM)) for name, term in terms.items()
        },
        "proposal": snapshot["proposal"],
        "licences": sorted(versions(snapshot), key=lambda one: one["version"]),
        "drawn": drawn(snapshot),
        "entered_by": snapshot["entered_by"],
        "deputies": {body: one["deputy"] for body, one in snapshot["recusals"].items()},
        "queries": {
            name: (one["authority"], one["answer"]) for name, one in snapshot["queries"].items()
        },
        "holds": {
            name: (one["authority"], one["blocks"], True)
            for name, one in in_force(snapshot).items()
        },
        "requests": {
            kind: {name: value for name, value in one.items() if name != "effective_at"}
            for kind, one in snapshot["requests"].items()
        },
        "extensions": sorted(one["working_days"] for one in snapshot["extensions"].values()),
        "gates": snapshot["gates"],
        "links": [
            name
            for one in snapshot["links"].values()
            for name in (*one["earlier"], one["application"])
        ],
        "pool": snapshot["pool"],
        "allocation": allocation and (allocation["units"], allocation["status"]),
        "notes": sorted(int(seq) for seq in snapshot["notes"]),
        "awaited": waiting_on(run.case.engine.procedure, snapshot),
        "acted": set(snapshot["acted"]),
    }


def shown_by_reference(run: Run) -> View:
    """What the history says."""
    model = run.model
    numbered = enumerate(model.entries, 1)
    return {
        "version": len(model.entries),
        "recorded_at": instant(model.entries[-1].recorded),
        "state": model.shown_state(),
        "entered_at": instant(model.entered),
        "standing": model.standing(),
        "confirmed_state": model.confirmed_state(),
        "unconfirmed": [number for number, entry in numbered if entry.confirmed is False],
        "approvals": model.votes(),
        "order": model.order(),
        "conditions": {
            name: (term["owner"], *(term[key] for key in TERM))
            for name, term in model.conditions().items()
        },
        "proposal": model.proposal(),
        "licences": model.licences(),
        "drawn": sum(one["shipped"] + one["balance"] for one in model.licences()),
        "entered_by": model.entered_by,
        "deputies": model.deputies(),
        "queries": model.queries(),
        "holds": {name: hold for name, hold in model.holds().items() if hold[2]},
        "requests": {
            kind: asked
            for kind in ("withdrawal", "amendment", "appeal")
            if (asked := model.asked(kind))
        },
        "extensions": sorted(
            made[-1].data["working_days"]
            for here in objections.DEADLINES
            if (made := [one for one in model.all("extend_deadline") if one.before in here])
        ),
        "gates": {"export": model.gate()},
        "links": model.links(),
        "pool": model.pool(),
        "allocation": model.allocation(),
        "notes": model.notes(),
        "awaited": model.awaited(),
        "acted": model.acted(),
    }


@tried(200)
@given(data=st.data())
def test_engine_and_reference_agree(engine: Engine, data: st.DataObject) -> None:
    run = drawn_run(data, engine)
    for number, (told, expected) in enumerate(run.answers):
        assert told == expected, f"answer {number}"
    if run.model.entries:
        note(f"in {run.model.state} after {len(run.model.entries)} records")
        assert shown_by_engine(run) == shown_by_reference(run)


def test_the_main_line_is_accepted_by_both(engine: Engine) -> None:
    run = Run(engine)
    created = acts.Posted("create", "buyer", {"pool": None}, postings.OFFICIAL)
    run.begin((THE_BUYER, created))
    for step in MAIN_LINE:
        run.take(step)
        assert run.answers[-1] == ((201, frozenset()), (201, frozenset()))
        assert shown_by_engine(run) == shown_by_reference(run)
    assert run.model.state == "licensed"


def test_random_runs_go_far(engine: Engine) -> None:
    """The comparison is worth something only where the runs go; the rarest end takes a few hundred
    of them.
    """
    reached: Counter[str] = Counter()

    @settings(tried(200), database=None)
    @given(data=st.data())
    def explore(data: st.DataObject) -> None:
        run = drawn_run(data, engine)
        states = {run.model.state, *(entry.before for entry in run.model.entries)}
        reached.update(state for state in states if state is not None)
        reached.update(code for _, (_, codes) in run.answers for code in codes)

    for number in range(5):
        seed(number)(explore)()
        if set(table.EVERYWHERE) <= reached.keys():
            break
    assert set(table.EVERYWHERE) <= reached.keys()
    assert len(reached.keys() - set(table.EVERYWHERE)) >= 25, "codes of refusals"


MODULES = [reference, objections, licensing, acts, history, shapes, table, lives, exporting]


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_shares_no_code_with_the_engine(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    own = {module.__name__ for module in MODULES}
    assert {name for name in imported if name.startswith(("workflow", "api", "tests"))} <= own
