"""What the data of an event says, on paper: a line for each field, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from api.dossier.wording import Names, Text, both, coded, fit, same
from workflow.domain.procedure import Label

FIELDS: Mapping[str, Label] = MappingProxyType(
    {
        "accept": Label("granted", "是否同意"),
        "agent": Label("agent", "代理"),
        "answer": Label("answer", "答复"),
        "application": Label("application", "关联申请"),
        "basis_points": Label("share", "比例"),
        "blocks": Label("stops", "停止的事项"),
        "condition": Label("condition", "条件"),
        "counted_by": Label("counted by", "计算依据"),
        "deputy": Label("deputy", "代行人"),
        "every_days": Label("every so many days", "间隔天数"),
        "excluded": Label("excluded uses", "排除的用途"),
        "hold": Label("hold", "暂缓决定"),
        "kind": Label("kind", "类别"),
        "licence": Label("licence", "许可证"),
        "max_uses": Label("uses at the most", "最多使用次数"),
        "none": Label("there are none", "不附条件"),
        "pool": Label("pool", "联合额度"),
        "precedent": Label("precedent", "先决条件"),
        "query": Label("query", "询问编号"),
        "question": Label("question", "问题"),
        "reference": Label("reference", "文号"),
        "seq": Label("record", "记录"),
        "shipment": Label("shipment", "货运"),
        "text": Label("text", "内容"),
        "topic": Label("topic", "主题"),
        "units": Label("units", "数量"),
        "valid_from": Label("valid from", "有效期自"),
        "valid_until": Label("valid until", "有效期至"),
        "version": Label("version", "版本"),
        "working_days": Label("working days", "工作日"),
    }
)
"""What the fields of every payload are called."""

COUNTING = {"units": Label("units", "数量"), "value": Label("value", "金额")}
TOPICS = {
    "customs": Label("customs", "海关"),
    "no-comment": Label("no comment", "未置评"),
    "orders": Label("orders", "订单"),
    "scrutiny": Label("scrutiny", "审查"),
    "statement": Label("statement", "声明"),
    "us-export": Label("US export", "美国出口"),
}
"""What notes are often about; any other topic is called as whoever wrote it did."""
YES, NO = Label("yes", "是"), Label("no", "否")
NUMBERS = frozenset({"seq", "version"})
"""Numbers that are names and no quantities."""


def details(data: Mapping[str, Any], names: Names) -> list[list[Text]]:
    """A name and a value for each field that says anything; what has fields of its own is its
    fields. A correction is told as what it puts in a record's place, by whoever calls.
    """
    lines: list[list[Text]] = []
    for name, value in data.items():
        if isinstance(value, Mapping) and "en" not in value:
            lines += details(value, names)
        elif value is not None and value != []:
            lines.append([_called(name), _said(name, value, names)])
    return lines


def _called(name: str) -> Text:
    known = FIELDS.get(name)
    return same(name) if known is None else both(known)


def _said(name: str, value: Any, names: Names) -> Text:
    if isinstance(value, bool):
        return both(YES if value else NO)
    if isinstance(value, int):
        return same(_number(name, value))
    if isinstance(value, list):
        told = [names.event(one) if name == "blocks" else same(str(one)) for one in value]
        return {
            "en": fit(", ".join(one["en"] for one in told)),
            "zh": fit("、".join(one["zh"] for one in told)),
        }
    if isinstance(value, Mapping):
        return {
            "en": fit(value["en"] or value["zh"]),
            "zh": fit(value.get("zh") or value["en"]),
        }
    if name == "counted_by" and value in COUNTING:
        return both(COUNTING[value])
    if name == "topic" and value in TOPICS:
        return both(TOPICS[value])
    if name == "kind":
        return coded(value)
    return same(value if isinstance(value, str) else orjson.dumps(value).decode())


def _number(name: str, value: int) -> str:
    if name == "basis_points":
        return f"{value / 100:g} %"
    return str(value) if name in NUMBERS else f"{value:,}"
