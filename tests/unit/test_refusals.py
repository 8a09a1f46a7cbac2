"""Refusals: every code can be produced, has its sentence in both languages, and is told with
just the parameters that the sentence needs."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import api
import workflow
from workflow.domain.procedure import Label
from workflow.domain.refusals import REASONS, Kind, Refusal, Refused


class Construction(NamedTuple):
    """A place in the source where a refusal is made."""

    place: str
    code: str
    parameters: frozenset[str]


def constructions() -> Iterator[Construction]:
    """Every `Refusal(...)` in the source, with the names of its parameters."""
    for package in (workflow, api):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                text = path.read_text(encoding="utf-8")
                if "Refusal(" in text:
                    yield from of_module(path, text)


def of_module(path: Path, text: str) -> Iterator[Construction]:
    tree = ast.parse(text)
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        named = {
            target.id: node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(scope):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refusal":
                place = f"{path.name}:{call.lineno}"
                code, *more = call.args
                assert isinstance(code, ast.Constant), f"{place}: the code is not a literal"
                if more and isinstance(more[0], ast.Name) and more[0].id not in named:
                    continue  # of an inner scope, which comes on its own
                yield Construction(place, str(code.value), keys(more[0] if more else None, named))


def keys(node: ast.expr | None, named: dict[str, ast.expr]) -> frozenset[str]:
    if isinstance(node, ast.Name):
        node = named[node.id]
    if node is None:
        return frozenset()
    assert isinstance(node, ast.Dict), ast.dump(node)
    return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))


FOUND = sorted(set(constructions()))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_code_can_be_produced_and_no_other() -> None:
    produced = {found.code for found in FOUND}
    assert produced == REASONS.keys()


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.place} {found.code}")
def test_a_refusal_brings_what_its_sentence_needs(found: Construction) -> None:
    detail = REASONS[found.code].detail
    assert fields(detail.en) <= found.parameters
    assert fields(detail.zh) <= found.parameters


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_code_is_told_in_both_languages(code: str) -> None:
    reason = REASONS[code]
    assert code == code.lower().strip("-")
    assert code.replace("-", "").isalpha()
    assert reason.detail.en.endswith((".", "}"))
    assert any("\u4e00" <= char <= "\u9fff" for char in reason.detail.zh) or code == "invalid-event"
    named = fields(reason.detail.en)
    assert fields(reason.detail.zh) == named
    refusal = Refusal(code, dict.fromkeys(named, "X"))
    assert refusal.kind is reason.kind
    assert refusal.detail.en == reason.detail.en.format(**dict.fromkeys(named, "X"))
    assert "{" not in refusal.detail.en + refusal.detail.zh


def test_the_words_of_a_parameter_are_not_a_sentence_to_fill() -> None:
    refusal = Refusal("unknown-event", {"type": "{state} {0}"})
    assert refusal.detail.en == "The procedure knows no event “{state} {0}”."


def test_a_parameter_in_both_languages_is_told_in_each() -> None:
    refusal = Refusal("webhook-address-refused", {"reason": Label("it is", "是")})
    assert refusal.detail == ("Nothing is sent to this address: it is.", "不向该地址发送：是。")


def test_the_gravest_kind_decides_and_among_equals_the_first() -> None:
    conflict, other = Refusal("gate-shut", {"gate": "export"}), Refusal("nothing-to-accept")
    forbidden, invalid = Refusal("own-organisation"), Refusal("reason-required")
    assert Refused((conflict, other)).decisive is conflict
    assert Refused((other, conflict)).decisive is other
    assert Refused((conflict, forbidden)).decisive is forbidden
    assert Refused((conflict, forbidden, invalid)).decisive is invalid


def test_kinds_decide_in_the_order_of_checks() -> None:
    """422, 404, 403, 428, 412, 409."""
    assert [kind.name for kind in sorted(Kind)] == [
        "INVALID",
        "UNKNOWN",
        "FORBIDDEN",
        "UNCONDITIONAL",
        "STALE",
        "CONFLICT",
    ]


def test_roles_are_called_by_their_names_in_chinese() -> None:
    alone = Refusal("roles-unfit", {"alone": "auditor, operator"}).detail
    assert alone.en.endswith("and auditor, operator stand alone.")
    assert alone.zh == "凭证至少须有一种角色，且审计员、运维人员不得与其他角色并存。"
    assert "“买方”" in Refusal("role-may-not", {"role": "buyer"}).detail.zh
    assert "“管理”" in Refusal("scope-missing", {"scope": "manage"}).detail.zh
