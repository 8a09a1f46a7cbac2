"""From a file to its lines, and the key that each line always has."""

import json
from typing import Any

import pytest

from api.cli.import_file import Line, Unreadable, read

EVENT = {"application": "a", "event": {"type": "note"}}


def lines(*raws: dict[str, Any]) -> list[Line]:
    return read(b"\n".join(json.dumps(raw).encode() for raw in raws), as_csv=False)


def test_a_line_keeps_its_key_wherever_it_stands() -> None:
    other = {**EVENT, "application": "b"}
    first, second = lines(EVENT, other)
    moved, _, kept = lines(other, {**EVENT, "application": "c"}, EVENT)
    assert (moved.key, kept.key) == (second.key, first.key)
    assert first.key != second.key
    laid_out = json.dumps({"event": EVENT["event"], "application": "a"}, indent=None).encode()
    assert read(b"\n\n" + laid_out + b"\r\n", as_csv=False)[0].key == first.key


def test_the_same_line_again_has_another_key() -> None:
    keys = [line.key for line in lines(EVENT, EVENT, EVENT)]
    assert len(set(keys)) == 3
    assert keys[0] == lines(EVENT)[0].key
    assert all(key.isascii() and len(key) < 100 for key in keys)


def test_a_given_key_is_taken_as_it_is() -> None:
    given = {**EVENT, "idempotency_key": "mine"}
    assert lines(given)[0].key == "mine"
    assert "idempotency_key" not in lines(given)[0].body


def test_numbers_of_lines_count_empty_ones() -> None:
    content = b"\n" + json.dumps(EVENT).encode() + b"\n\n" + json.dumps(EVENT).encode()
    assert [line.number for line in read(content, as_csv=False)] == [2, 4]


def test_a_name_is_given_once_and_before_it_is_used() -> None:
    create = {"create": {}, "ref": "x"}
    use = {**EVENT, "application": "@x"}
    assert [line.creation for line in lines(create, use)] == [True, False]
    for wrong in ((use, create), (create, create), (create, {**use, "application": "@y"})):
        with pytest.raises(Unreadable, match=r"line [12]: .*ref"):
            lines(*wrong)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"application": "a"},
        {"event": {}},
        {"application": 1, "event": {}},
        {"application": "a", "event": []},
        {"application": "a", "event": {}, "colour": 1},
        {"create": 1},
        {"create": {}, "event": {}},
        {**EVENT, "idempotency_key": 5},
        {**EVENT, "if_match": []},
    ],
    ids=str,
)
def test_what_is_neither_is_refused_with_its_line(raw: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match=r"^line 2: \w"):
        lines(EVENT, raw)


def test_many_problems_are_counted() -> None:
    with pytest.raises(Unreadable, match=r"(?s)line 1: .*line 20: .*and 10 more$"):
        read(b"[\n" * 30, as_csv=False)


def test_cells_become_an_item() -> None:
    content = (
        "application,type,idempotency_key,if_match,evidence.grade,data.units,data.text.en,data.id\n"
        'a,note,k,"""1.a.full""",press_report,5,Words,"""5"""\n'
        "a,note,,,,,,\n"
    )
    first, second = read(content.encode("utf-8-sig"), as_csv=True)
    assert first.body == {
        "application": "a",
        "if_match": '"1.a.full"',
        "event": {
            "type": "note",
            "evidence": [{"grade": "press_report"}],
            "data": {"units": 5, "text": {"en": "Words"}, "id": "5"},
        },
    }
    assert (first.number, first.key) == (2, "k")
    assert second.body == {"application": "a", "event": {"type": "note"}}


@pytest.mark.parametrize(
    "content",
    [
        b"application,type\na\n",
        b"application,type\na,b,c\n",
        b"application,colour\na,red\n",
        b"application,data.\na,1\n",
        b"application,data.a,data.a.b\na,1,2\n",
        b'application,type\na,"note\n',
        b"\xff\xfe",
    ],
)
def test_a_table_that_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^line "):
        read(content, as_csv=True)
