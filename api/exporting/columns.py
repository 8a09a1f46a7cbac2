"""What of a record stands in which column of a table."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import orjson

from workflow.domain.procedure import Label

Language = Literal["en", "zh"]
Value = str | int | None
Record = Mapping[str, Any]


class Column(NamedTuple):
    """A column: its head in both languages, its width in characters, and what stands in it."""

    head: Label
    width: int
    value: Callable[[Record], Value]


def _plain(field: str) -> Callable[[Record], Value]:
    return lambda record: record[field]


def _of_evidence(field: str) -> Callable[[Record], Value]:
    """One piece is its text; of several, the texts in their order, a dash where there is none."""

    def value(record: Record) -> Value:
        told = [piece.get(field) for piece in record["evidence"]]
        return "; ".join(text or "–" for text in told) if any(told) else None

    return value


def _data(record: Record) -> Value:
    return orjson.dumps(record["data"], option=orjson.OPT_SORT_KEYS).decode()


COLUMNS = (
    Column(Label("Recorded at", "记录时间"), 25, _plain("recorded_at")),
    Column(Label("Effective at", "生效时间"), 25, _plain("effective_at")),
    Column(Label("Subject", "对象"), 40, _plain("subject")),
    Column(Label("Record", "序号"), 8, _plain("seq")),
    Column(Label("Event", "事项"), 20, _plain("type")),
    Column(Label("Authority", "机构"), 12, _plain("authority")),
    Column(Label("Principal", "操作人"), 16, _plain("principal")),
    Column(Label("Organisation", "所属单位"), 18, _plain("organisation")),
    Column(Label("Role", "角色"), 10, _plain("role")),
    Column(Label("State before", "原状态"), 18, _plain("from")),
    Column(Label("State after", "新状态"), 18, _plain("to")),
    Column(Label("Standing", "确认情况"), 11, _plain("standing")),
    Column(Label("Grade of evidence", "证据等级"), 20, _of_evidence("grade")),
    Column(Label("Publisher", "发布者"), 20, _of_evidence("publisher")),
    Column(Label("Title of source", "来源标题"), 40, _of_evidence("title")),
    Column(Label("Cites", "援引"), 24, _of_evidence("attribution")),
    Column(Label("Published at", "发布时间"), 25, _of_evidence("published_at")),
    Column(Label("Address of source", "来源网址"), 40, _of_evidence("url")),
    Column(Label("Hash of source (SHA-256)", "来源哈希 (SHA-256)"), 66, _of_evidence("sha256")),
    Column(Label("Reason", "理由"), 40, _plain("reason")),
    Column(Label("Data (JSON)", "数据 (JSON)"), 40, _data),
    Column(Label("Hash (SHA-256)", "哈希 (SHA-256)"), 66, _plain("hash")),
)


def heads(language: Language) -> list[str]:
    """The row above all others."""
    return [getattr(column.head, language) for column in COLUMNS]


def row(text: bytes) -> list[Value]:
    """A record as stored, in a row."""
    record = orjson.loads(text)
    return [column.value(record) for column in COLUMNS]
