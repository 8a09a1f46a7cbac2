"""The JSON Schema for editors says what the parser says."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from workflow.procedures import ProcedureError, parse
from workflow.procedures.loader import PACKAGED
from workflow.procedures.schema import SCHEMA_FILE, schema, written
from workflow.procedures.source import read

SHIPPED = sorted(PACKAGED.glob("*.yaml"))
VALIDATOR = Draft202012Validator(schema())


def content() -> dict[str, Any]:
    content: dict[str, Any] = read(SHIPPED[0].read_bytes(), "x.yaml").content
    return content


def test_the_file_is_what_the_parser_generates() -> None:
    told = "procedure.schema.json is out of date: run `python -m workflow.procedures.schema`"
    assert SCHEMA_FILE.read_text(encoding="utf-8") == written(), told


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_shipped_procedures_name_the_schema_and_satisfy_it() -> None:
    for path in SHIPPED:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={SCHEMA_FILE.name}"
        VALIDATOR.validate(read(path.read_bytes(), path.name).content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("events", "approve", "guards"), ["no_such_guard"]),
        (("events", "approve", "effect"), "no_such_effect"),
        (("events", "approve", "payload"), "no_such_payload"),
        (("events", "approve", "evidence", "accept"), "rumour"),
        (("events", "approve", "by"), []),
        (("events", "approve", "by"), ["miit", "miit"]),
        (("events", "approve", "moves"), [{"from": "in_principle"}]),
        (("events", "approve", "from"), None),
        (("events", "record_shipment", "when"), "no_such_predicate"),
        (("states", "submitted", "waiting_on"), [{"who": "miit", "until": "no_such_predicate"}]),
        (("states", "submitted", "label"), {"en": "Submitted"}),
        (("states", "submitted", "line"), "other"),
        (("states", "submitted", "colour"), "red"),
        (("states", "Submitted"), {"label": {"en": "Submitted", "zh": "已提交"}}),
        (("calendar",), "China"),
        (("version",), "1"),
    ],
)
def test_schema_and_parser_refuse_the_same(path: tuple[str, ...], value: object) -> None:
    broken = content()
    inner: Any = broken
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not VALIDATOR.is_valid(broken)
    with pytest.raises(ProcedureError):
        parse(json.dumps(broken).encode(), "broken.json")
