"""Forms from schemas: every shape that an event's data may have can be filled in."""

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

import pytest
from pydantic import BaseModel

from api.console.choices import needed_of, offered, schema_of
from api.console.fields import Field, as_typed, fields_of, read, typed
from api.console.forms import Form
from api.console.naming import Names, coded, named
from api.console.words import WORDS
from api.schemas import ApplicationIn
from api.schemas.requests import BuyerIn
from workflow.domain.application import Snapshot
from workflow.domain.payloads import CONDITION_VALUES, PAYLOADS
from workflow.domain.sent import EvidenceIn
from workflow.procedures import load_packaged

SHAPES: dict[str, type[BaseModel]] = {
    **PAYLOADS,
    **CONDITION_VALUES,
    "evidence": EvidenceIn,
    "creation": ApplicationIn,
}
BY_HAND = {"correction"}
"""Its event in an event has a form of its own."""


def fields(name: str) -> list[Field]:
    return fields_of(SHAPES[name].model_json_schema(), "data")


def sent(**values: str | list[str]) -> Form:
    """What a browser sends of these values, whose names have dots for double strokes."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Form(parse_qs(urlencode(named, doseq=True), keep_blank_values=True))


def every_field() -> Iterator[tuple[str, Field]]:
    for name in sorted(set(SHAPES) - BY_HAND):
        for field in fields(name):
            yield name, field


@pytest.mark.parametrize(
    ("name", "field"), list(every_field()), ids=lambda one: getattr(one, "name", one)
)
def test_every_field_has_a_name_in_both_languages(name: str, field: Field) -> None:
    assert name
    assert all(WORDS[word].en and WORDS[word].zh for word in field.path)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", CONDITION_VALUES)
def test_no_two_fields_of_a_form_are_called_the_same(kind: str, language: str) -> None:
    names = Names(load_packaged()["h200-import", 1], language)
    spec = names.procedure.events["propose_condition"]
    snapshot = cast(Snapshot, {"conditions": {}, "licence": None})
    asked = fields_of(schema_of(spec, kind), "data", offered(spec, snapshot, names, language, kind))
    words = {word for field in asked for word in field.path}
    assert len({named(word, language) for word in words}) == len(words)
    for field in asked:
        if field.kind == "choice" and language == "zh":
            assert all(coded(name, "zh") != code for code, name in field.offered), field.name


@pytest.mark.parametrize(
    ("shape", "filled", "expected"),
    [
        (
            "order",
            {"data__units": "50,000", "data__agent": " A & B "},
            {"units": 50_000, "agent": "A & B"},
        ),
        ("order", {"data__units": "many"}, {"units": "many"}),
        ("order", {"data__units": "1.5", "data__agent": ""}, {"units": "1.5"}),
        ("order", {"data__units": "9" * 5_000}, {"units": "9" * 5_000}),
        ("order", {"data__units": "9007199254740992"}, {"units": "9007199254740992"}),
        ("order", {"data__units": "9007199254740991"}, {"units": 9_007_199_254_740_991}),
        ("answer", {"data__accept": "false"}, {"accept": False}),
        ("conditions_setting", {}, {}),
        ("conditions_setting", {"data__none": "true"}, {"none": True}),
        (
            "end_use",
            {"data__excluded": "military\r\n\r\n state "},
            {"excluded": ["military", "state"]},
        ),
        (
            "hold",
            {"data__hold": "h1", "data__blocks": ["a", "b"]},
            {"hold": "h1", "blocks": ["a", "b"]},
        ),
        (
            "condition_proposal",
            {"data__condition": "c1", "data__kind": "other", "data__text__en": "A term"},
            {"condition": "c1", "kind": "other", "text": {"en": "A term"}},
        ),
        (
            "evidence",
            {"data__published_at": "2026-01-30T00:00"},
            {"published_at": "2026-01-30T00:00:00+08:00"},
        ),
        ("evidence", {"data__published_at": "now"}, {"published_at": "now"}),
    ],
)
def test_what_is_filled_in_is_read(
    shape: str, filled: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert read(fields(shape), sent(**filled), "data") == expected


def test_a_record_is_shown_as_its_form_would_be_sent() -> None:
    """Else it would look changed: a box that is not ticked is not sent."""
    asked = fields("condition_proposal")
    shown = typed({"condition": "c1", "precedent": False}, asked, "data")
    unchanged = Form({name: [text] for name, text in shown.items()})
    assert read(asked, unchanged, "data") == {"condition": "c1"}
    assert typed({"accept": False}, fields("answer"), "data") == {"data.accept": "false"}


def test_what_a_field_takes_follows_from_its_schema() -> None:
    kinds = {field.name: (field.kind, field.required) for field in fields("evidence")}
    assert kinds["data.grade"] == ("choice", True)
    assert kinds["data.published_at"] == ("time", True)
    assert kinds["data.url"] == ("url", False)
    note = {field.name: field.kind for field in fields("note")}
    assert note == {"data.text": "prose", "data.topic": "text"}
    assert [
        (field.name, field.required) for field in fields_of(BuyerIn.model_json_schema(), "b")
    ] == [
        ("b.name.en", True),
        ("b.name.zh", True),
    ]


def test_what_can_be_chosen_is_offered() -> None:
    schema = PAYLOADS["condition_named"].model_json_schema()
    (field,) = fields_of(schema, "data", {"data.condition": [("c1", "Share")]})
    assert (field.kind, field.offered) == ("choice", (("c1", "Share"),))


def test_a_time_is_typed_in_the_zone_of_the_console() -> None:
    assert as_typed("2026-01-29T16:00:00.000Z") == "2026-01-30T00:00"
    assert as_typed("2026-01-29T16:00:05.120Z") == "2026-01-30T00:00:05.120"


@pytest.mark.parametrize("name", ["order", "condition_proposal", "hold", "answer", "evidence"])
def test_what_is_shown_in_fields_is_read_from_them_again(name: str) -> None:
    values: dict[str, dict[str, Any]] = {
        "order": {"units": 50_000, "agent": "A & B"},
        "condition_proposal": {"condition": "c1", "kind": "other", "text": {"en": "A", "zh": "甲"}},
        "hold": {"hold": "h1", "blocks": ["a", "b"]},
        "answer": {"accept": False},
        "evidence": {"grade": "press_report", "published_at": "2026-01-30T00:00:05.120000+08:00"},
    }
    shown = typed(values[name], fields(name), "data")
    form = Form({field: [text] for field, text in shown.items()})
    assert read(fields(name), form, "data") == values[name]


def test_what_a_condition_left_open_may_not_be_left_out() -> None:
    spec = load_packaged()["h200-import", 1].events["fix_condition"]
    value = {"basis_points": None, "counted_by": "units"}
    snapshot = {"conditions": {"c": {"kind": "domestic_share", "value": value}}}
    needed = needed_of(spec, cast(Snapshot, snapshot), {"condition": "c"})
    assert needed == ["basis_points"]
    found = fields_of(schema_of(spec, "domestic_share", needed), "data")
    required = {field.name: field.required for field in found}
    assert required["data.value.basis_points"]
    assert not required["data.value.counted_by"]
    assert not needed_of(spec, cast(Snapshot, snapshot), {})
