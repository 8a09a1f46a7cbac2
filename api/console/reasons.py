"""Why something does not fit, in both languages: what the checks of a shape, and what this
service's own rules for a request, say in English.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from api.console.addressing import PARAMETERS, unoffered
from api.console.fields import Field
from api.faults import FAULTS
from api.problems import Problem
from workflow.domain.procedure import Label

WHOLE = Label(
    "write a whole number in figures, of at most 9,007,199,254,740,991",
    "请填写整数数字，不超过 9,007,199,254,740,991",
)
CHOICE = Label("choose one of those offered", "请从所列选项中选择")
UNFIT = Label("it is not written as it must be", "与要求的写法不符")

TYPES: Mapping[str, Label] = {
    "missing": Label("it must be filled in", "必须填写"),
    "extra_forbidden": Label("there is no such field", "没有这一项"),
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "bool_type": Label("choose yes or no", "请选择“是”或“否”"),
    "literal_error": CHOICE,
    "enum": CHOICE,
    "greater_than_equal": Label("it must be at least {ge}", "不得小于 {ge}"),
    "less_than_equal": Label("it may be at most {le}", "不得大于 {le}"),
    "string_too_short": Label(
        "it must have at least {min_length} characters", "至少 {min_length} 字"
    ),
    "string_too_long": Label("it may have at most {max_length} characters", "至多 {max_length} 字"),
    "too_short": Label("name at least {min_length}", "至少填写 {min_length} 项"),
    "too_long": Label("name at most {max_length}", "至多填写 {max_length} 项"),
    "string_pattern_mismatch": UNFIT,
}
"""By the type of pydantic's error, with what it says of the limit."""

IDENTIFIERS = Label(
    "use letters A to Z, digits, full stops, underscores and hyphens alone",
    "只能使用英文字母、数字、句点、下划线和连字符",
)
PATTERNS: Mapping[str, Label] = {"^[A-Za-z0-9._-]+$": IDENTIFIERS}

RULES = (
    (r"must not be blank", "不得为空白"),
    (r"must be written in one language at least", "至少用一种语言填写"),
    (r"must be a time with its zone, such as (\S+)", "须为时间，例如 2026-01-28 00:00"),
    (r"is not a time that the calendar has", "日历中没有这一时间"),
    (r"lies at the edge of the calendar", "超出日历范围"),
    (r"must be an http or https address in ASCII, with no user in it", "须为 http 或 https 地址"),
    (r"(Invalid isoformat string|day is out|month must|year 0 is).*", "日历中没有这一天"),
    (r"No procedure knows this event\.", "没有程序包含这一事项"),
    (r"The form cannot be read\.", "无法读取表单。"),
    (r"A text holds NUL, .*", "文本中含有空字符（NUL），请重新填写。"),
    (r"The time cannot be read\.", "无法识别所填的时间。"),
    (r"The time has not come yet\.", "所选时间尚未到来。"),
    (r"The day cannot be read\.", "无法识别所填的日期。"),
    (r"There is no such time\.", "没有这一时间选项。"),
    *((re.escape(told.en), told.zh) for told in map(unoffered, PARAMETERS)),
    (r"A field stands there more than once\.", "字段重复出现。"),
    (r"A parameter stands there more than once\.", "参数重复出现。"),
    (r"Begin at a page of this service\.", "请从本服务的页面开始。"),
    (r"No identity provider is configured\.", "未配置身份提供方。"),
    (r"Only GET is possible here\.", "此处只接受 GET 请求。"),
    (r"There is nothing here\.", "此处没有内容。"),
    (r"There is no such file\.", "没有这一文件。"),
    (r"The log cannot be checked here\.", "无法在此核验日志。"),
    (r"The cursor is not one of this list\.", "该分页位置不属于此列表。"),
    (
        r"A key is 1 to 255 printable ASCII characters\.",
        "表单的防重复标记缺失或无效，请重新打开表单。",
    ),
    (r"An event of this stream is called by the number of its record\.", "该位置无效。"),
    (r"The place is not one of this stream\.", "该位置不属于此数据流。"),
)
"""What our own rules say, and the same in Chinese."""


def in_chinese(english: str) -> str | None:
    """A sentence of our own in Chinese; None for one that is not known."""
    for pattern, chinese in RULES:
        found = re.fullmatch(pattern, english)
        if found:
            return chinese.format(*found.groups())
    return None


def errors_of(problem: Problem) -> dict[str, Label]:
    """What is wrong, by the name of the field: a JSON Pointer is one with other strokes."""
    cause = problem.__cause__
    known: list[Any] = [{}] * len(problem.errors)
    if isinstance(cause, ValidationError) and cause.error_count() == len(known):
        known = list(cause.errors(include_url=False, include_input=False))
    return {
        one["pointer"].strip("/").replace("/", "."): _reason(one["detail"], error)
        for one, error in zip(problem.errors, known, strict=True)
    }


def at_fields(errors: Mapping[str, Label], shown: Iterable[Field]) -> dict[str, Label]:
    """What is wrong with an object as a whole, such as that it is missing, told at those of its
    fields that have to be filled in.
    """
    required = [field.name for field in shown if field.required]
    found: dict[str, Label] = {}
    for name, reason in errors.items():
        within = [one for one in required if one.startswith(f"{name}.")]
        found |= dict.fromkeys(within or [name], reason)
    return found


def trouble_of(
    problem: Problem, errors: Mapping[str, Label], shown: Iterable[Field]
) -> list[Label]:
    """What is wrong with a form and has no field at which it could be told."""
    names = {field.name for field in shown}
    found = [reason for name, reason in errors.items() if name not in names]
    if problem.errors:
        return found
    title = FAULTS[problem.code].title
    return [Label(problem.detail, in_chinese(problem.detail) or title.zh)]


def _reason(detail: str, error: Mapping[str, Any]) -> Label:
    limits = error.get("ctx", {})
    label = PATTERNS.get(limits.get("pattern", "")) or TYPES.get(error.get("type", ""))
    if label is None:
        return Label(detail, in_chinese(detail) or UNFIT.zh)
    told = {name: f"{one:,}" if type(one) is int else one for name, one in limits.items()}
    return Label(label.en.format(**told), label.zh.format(**told))
