"""Whatever becomes of a procedure file: it is refused with reasons, or it runs without fault."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.properties.effort import CAMPAIGN, tried
from tests.unit.acting import DATA, RECORDER, THE_BUYER, THE_CLOCK, Case, accepted, officer
from tests.unit.journeys import SHIP_ALL, TO_LICENSED
from workflow.domain.payloads import shaped
from workflow.domain.procedure import ANYONE, Procedure
from workflow.domain.record import Decision
from workflow.machine import Engine
from workflow.procedures import ProcedureError, parse
from workflow.procedures.loader import PACKAGED
from workflow.procedures.source import read

Path = tuple[str | int, ...]

TEXT = (PACKAGED / "h200_import.yaml").read_bytes()
CONTENT: dict[str, Any] = read(TEXT, "h200_import.yaml").content


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every key and item of the file."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in inner:
        yield (*path, key)
        if isinstance(held, dict | list):
            yield from paths(held, (*path, key))


def at(content: Any, path: Path) -> Any:
    """The value at a path; KeyError or IndexError where an earlier change removed it."""
    for key in path:
        if not isinstance(content, dict | list):
            raise KeyError(key)
        content = content[key]  # type: ignore[index]
    return content


def loaded(content: Any) -> Procedure | None:
    """The procedure, or None when the file is refused with at least one reason and a line."""
    try:
        return parse(json.dumps(content, indent=1).encode(), "changed.yaml")
    except ProcedureError as error:
        told(error)
        return None


def told(error: ProcedureError) -> None:
    """A refusal gives reasons, each with a line."""
    assert error.problems
    assert all(problem.line >= 1 and problem.message for problem in error.problems)


PATHS = list(paths(CONTENT))
SCALARS = [path for path in PATHS if not isinstance(at(CONTENT, path), dict | list)]
WORDS = sorted({str(at(CONTENT, path)) for path in SCALARS} | {"any", "anyone", "buyer"})
EVENTS = sorted(CONTENT["events"])
RULES = [path for path in PATHS if path[0] in ("events", "states", "gates")]
anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(WORDS), st.just([]),
    st.just({}),
)  # fmt: skip


def test_any_key_or_item_may_be_removed_without_a_fault() -> None:
    """Every one of them in a campaign, else one of three."""
    for path in PATHS[:: 1 if CAMPAIGN else 3]:
        content = copy.deepcopy(CONTENT)
        del at(content, path[:-1])[path[-1]]
        loaded(content)


@given(st.sampled_from(SCALARS), anything)
@tried(150)
def test_any_value_may_be_replaced_without_a_fault(path: Path, value: Any) -> None:
    content = copy.deepcopy(CONTENT)
    at(content, path[:-1])[path[-1]] = value
    loaded(content)


@given(st.binary(max_size=40), st.integers(0, len(TEXT)), st.integers(0, 40))
@tried(100)
def test_any_bytes_may_be_replaced_without_a_fault(new: bytes, start: int, length: int) -> None:
    try:
        parse(TEXT[:start] + new + TEXT[start + length :], "changed.yaml")
    except ProcedureError as error:
        told(error)


@st.composite
def changed_rules(draw: st.DrawFn) -> dict[str, Any]:
    """The file with a few rules removed, exchanged, or given to other events and states."""
    content = copy.deepcopy(CONTENT)
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            one, other = draw(st.sampled_from(EVENTS)), draw(st.sampled_from(EVENTS))
            key = draw(st.sampled_from(["from", "to", "by", "guards", "when", "four_eyes"]))
            try:
                content["events"][one][key] = copy.deepcopy(CONTENT["events"][other][key])
            except KeyError:
                continue
        else:
            path = draw(st.sampled_from(RULES))
            try:
                del at(content, path[:-1])[path[-1]]
            except (KeyError, IndexError, TypeError):
                continue
    return content


def vary(values: dict[str, Any], case: Case, chance: random.Random) -> None:
    """Other names and choices each time, so that nothing is stuck for good."""
    others: dict[str, Any] = {
        "condition": f"c{chance.randint(1, 3)}",
        "deputy": f"officer-{chance.randint(1, 3)}",
        "blocks": [chance.choice(EVENTS)],
        "none": chance.random() < 0.5,
        "seq": int(chance.choice(list(case.snapshot["unconfirmed"]) or ["1"])),
    }
    values.update({name: other for name, other in others.items() if name in values})


def fit(procedure: Procedure, kind: str) -> bool:
    """Whether the event still takes the data that it takes in the shipped procedure."""
    spec = procedure.events.get(kind)
    return spec is not None and spec.payload == CONTENT["events"][kind].get("payload", "empty")


def walk(procedure: Procedure, chance: random.Random, steps: int = 400) -> Case:
    """Post events at random, for everybody who might, and between them the main line."""
    data = {CONTENT["events"][kind].get("payload", "empty"): DATA[kind] for kind in DATA}
    case = Case(Engine(procedure))
    accepted(case.create(THE_BUYER))
    held = tuple(procedure.authorities)
    people = [officer(*held, name=f"officer-{number}") for number in (1, 2, 3)]
    people += [THE_BUYER, THE_BUYER, THE_CLOCK]
    side = {name for name, state in procedure.states.items() if state.line == "side"}
    ahead = [*TO_LICENSED, SHIP_ALL]
    for _ in range(steps):
        if chance.random() < 0.002:
            case.now = "2027-01-01T00:00:00.000Z"
        if ahead and fit(procedure, ahead[0][1]) and chance.random() < 0.2:
            if isinstance(case.post(*ahead[0]), Decision) or chance.random() < 0.2:
                ahead.pop(0)
            continue
        spec = chance.choice(list(procedure.events.values()))
        if any(move.target in side for move in spec.moves) and chance.random() < 0.98:
            continue
        values = shaped(spec.payload, data.get(spec.payload, {}))
        vary(values, case, chance)
        case.post(
            RECORDER if chance.random() < 0.01 else chance.choice(people),
            spec.type,
            chance.choice([*(body for body in spec.by if body != ANYONE), None]),
            values,
        )
    return case


def test_the_walk_comes_to_the_end_of_the_shipped_procedure() -> None:
    procedure = loaded(CONTENT)
    assert procedure is not None
    assert "shipped" in {walk(procedure, random.Random(seed)).state for seed in range(10)}


@given(changed_rules(), st.integers(0, 2**32))
@settings(tried(40), suppress_health_check=[HealthCheck.filter_too_much])
def test_a_procedure_that_is_accepted_never_fails_while_it_runs(
    content: dict[str, Any], seed: int
) -> None:
    procedure = loaded(content)
    assume(procedure is not None)
    assert procedure is not None
    case = walk(procedure, random.Random(seed))
    event(f"ends in {case.state}")
