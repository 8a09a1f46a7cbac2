"""How a failure is told before the command has read its options, and what it tells a program."""

import json

import pytest

from api.cli.faults import Failure, why
from api.cli.telling import CODES, look_of, tell
from api.stop import NO, UNUSABLE, Stop


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("list", (False, "en")),
        ("list --json", (True, "en")),
        ("list --lang zh", (False, "zh")),
        ("list --lang=zh --json", (True, "zh")),
        ("list --lang zh --lang en", (False, "en")),
        ("list --lang", (False, "en")),
        ("show -- --json", (False, "en")),
        ("", (False, "en")),
    ],
)
def test_the_look_is_read_from_the_words(
    monkeypatch: pytest.MonkeyPatch, words: str, expected: tuple[bool, str]
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    look = look_of(words.split())
    assert (look.json, look.lang) == expected


def test_a_person_reads_a_sentence_and_a_program_an_object(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failure = Failure("not-a-pair", UNUSABLE, pair="x")
    assert tell(failure, UNUSABLE, look_of(["--lang", "zh"])) == UNUSABLE
    assert capsys.readouterr() == ("", "clearance: x 不是 NAME=VALUE 的形式。\n")
    tell(failure, UNUSABLE, look_of(["--json"]))
    out, errors = capsys.readouterr()
    assert json.loads(out) == {
        "code": "unusable",
        "detail": "x is not NAME=VALUE.",
        "detail_zh": "x 不是 NAME=VALUE 的形式。",
    }
    assert errors == ""


def test_what_has_no_chinese_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Stop("plain", NO), NO, look_of(["--lang", "zh", "--json"]))
    assert json.loads(capsys.readouterr().out)["detail_zh"] == "plain"
    assert CODES[NO] == "failed"


def test_the_cause_of_a_file_that_cannot_be_read_is_told_in_both_languages() -> None:
    assert why(FileNotFoundError(2, "No such file or directory")).zh == "没有这个文件或目录"
    assert why(OSError(5, "Input/output error")).zh == "Input/output error"
