"""What does not fit is told in the language of the page, with the limit that it passes."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from api import bodies
from api.console.addressing import PARAMETERS, unoffered
from api.console.fields import fields_of
from api.console.reasons import errors_of, in_chinese, trouble_of
from api.problems import Problem
from api.schemas import ApplicationIn
from workflow.domain.payloads import PAYLOADS
from workflow.domain.sent import EventIn, EvidenceIn


def problem_of(shape: type[BaseModel], value: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as raised:
        bodies.shaped(shape, value)
    return raised.value


@pytest.mark.parametrize(
    ("shape", "value", "field", "en", "zh"),
    [
        (EventIn, {}, "type", "it must be filled in", "必须填写"),
        (PAYLOADS["order"], {"units": "many"}, "units", "write a whole number", "请填写整数"),
        (PAYLOADS["order"], {"units": 0}, "units", "it must be at least 1", "不得小于 1"),
        (PAYLOADS["note"], {"text": " "}, "text", "must not be blank", "不得为空白"),
        (PAYLOADS["note"], {"text": "x" * 4_001}, "text", "at most 4,000 ", "至多 4,000 字"),
        (PAYLOADS["hold"], {"hold": "a b"}, "hold", "use letters A to Z", "只能使用英文字母"),
        (PAYLOADS["condition_proposal"], {"text": {}}, "text", "in one language", "至少用一种语言"),
        (EvidenceIn, {"grade": "rumour"}, "grade", "choose one of those", "请从所列选项"),
        (EvidenceIn, {"published_at": "now"}, "published_at", "must be a time", "须为时间"),
        (EvidenceIn, {"url": "file:///x"}, "url", "it is not written as", "与要求的写法不符"),
        (
            PAYLOADS["licence_reissue"],
            {"valid_from": "2026-02-30"},
            "valid_from",
            "day is out",
            "日历中没有",
        ),
        (EventIn, {"effective_at": "2026-02-30T00:00:00Z"}, "effective_at", "is not a", "日历中没"),
    ],
)
def test_a_reason_is_told_in_both_languages(
    shape: type[BaseModel], value: dict[str, Any], field: str, en: str, zh: str
) -> None:
    reason = errors_of(problem_of(shape, value))[field]
    assert en in reason.en
    assert zh in reason.zh


def test_what_has_no_field_is_told_above_them() -> None:
    problem = problem_of(ApplicationIn, {"strange": 1})
    errors = errors_of(problem)
    shown = fields_of(ApplicationIn.model_json_schema(), "x")
    shown = [field._replace(name=field.name.removeprefix("x.")) for field in shown]
    (stray,) = trouble_of(problem, {"strange": errors["strange"]}, shown)
    assert stray.zh == "没有这一项"
    (whole,) = trouble_of(Problem("invalid-idempotency-key", "No sense."), {}, ())
    assert whole == ("No sense.", "幂等键无效")


def calls() -> Iterator[ast.Call]:
    for path in sorted(Path("api/console").glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def details() -> Iterator[str]:
    """What the pages say in English where something is asked that cannot be."""
    for call in calls():
        if getattr(call.func, "id", "") == "Problem" and not isinstance(
            call.args[1], ast.Attribute
        ):
            yield said(call.args[1])
    yield from (unoffered(name).en for name in PARAMETERS)


def said(node: ast.expr) -> str:
    """A text in a module, with something in the place of what it names."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "order" for one in parts)


@pytest.mark.parametrize("detail", sorted(set(details())))
def test_a_problem_of_a_page_is_told_in_chinese(detail: str) -> None:
    assert in_chinese(detail)


def test_what_is_chosen_in_an_address_has_a_name() -> None:
    chosen = (call.args[0] for call in calls() if getattr(call.func, "attr", "") == "one_of")
    names = {name.value for name in chosen if isinstance(name, ast.Constant)}
    assert names == set(PARAMETERS)
    assert in_chinese(unoffered("by").en) == "网址中“排序”一项的内容不在可选范围之内。"
