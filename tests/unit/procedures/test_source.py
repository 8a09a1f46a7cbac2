"""YAML is read in one way only, and every value knows its line."""

import pytest

from workflow.procedures.source import MAX_DEPTH, ProcedureError, read

PYTHON = "tag:yaml.org,2002:python/name:"


def content(text: str) -> object:
    source = read(text.encode(), "x.yaml")
    assert source.problems == []
    return source.content


def told(text: str | bytes) -> list[str]:
    """What is said of a file that cannot be used, whether or not it could be read."""
    try:
        source = read(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    except ProcedureError as error:
        return [str(problem) for problem in error.problems]
    return [str(problem) for problem in source.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ('"7"', "7"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1.0", "1.0"),
        ("1e3", "1e3"),
        ("12:30:00", "12:30:00"),
        ("2026-01-30", "2026-01-30"),
        ("=", "="),
        ("<<", "<<"),
        ("1" * 17, "1" * 17),
        ("1" * 5_000, "1" * 5_000),
        (">-\n  one\n  two", "one two"),
        ("[a, 1, [b]]", ["a", 1, ["b"]]),
        ("{a: {b: no}}", {"a": {"b": "no"}}),
    ],
)
def test_a_value_is_what_yaml_1_2_says(written: str, value: object) -> None:
    assert content(f"key: {written}\n") == {"key": value}


def test_keys_are_words_as_written() -> None:
    assert content("on: 1\nno: 2\n3: 3\nnull: 4\n<<: 5\n") == {
        "on": 1,
        "no": 2,
        "3": 3,
        "null": 4,
        "<<": 5,
    }


def test_nothing_is_read_of_an_empty_file() -> None:
    assert content("") is None
    assert content("# only a comment\n") is None


def test_a_byte_order_mark_is_no_content() -> None:
    assert content("\ufeffkey: 1\n") == {"key": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: `a` stands here twice; first on line 1"),
        ("a:\n  b: 1\n  b: 2\n", "x.yaml:3: `b` stands here twice; first on line 2"),
        ("a: &x 1\n", "x.yaml:1: anchors and aliases are not read; write the value out"),
        ("a: !!set {b}\n", "x.yaml:1: the tag tag:yaml.org,2002:set is not read"),
        ("a: !!python/name:os.system x\n", f"x.yaml:1: the tag {PYTHON}os.system is not read"),
        ("a: !!str 1\n", "x.yaml:1: the tag tag:yaml.org,2002:str is not read"),
        ("a: ! 1\n", "x.yaml:1: the tag ! is not read"),
        ("&k a: 1\n", "x.yaml:1: a key has an anchor or a tag; write a plain word"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: a second document begins; a file holds one"),
        ("? [a]\n: 1\n", "x.yaml:1: a key must be a plain word"),
        ('a: 1\nb: "\\0"\n', "x.yaml:2: a text holds the character U+0000"),
        ('a: "\\e[31m"\n', "x.yaml:1: a text holds the character U+001B"),
        (b"a: 1\nb: \xff\n", "x.yaml:2: not UTF-8"),
        ("[" * (MAX_DEPTH + 2), f"x.yaml:1: deeper than {MAX_DEPTH} levels"),
        ("a: " + "{b: " * (MAX_DEPTH + 2), f"x.yaml:1: deeper than {MAX_DEPTH} levels"),
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_refused(text: str | bytes, problem: str) -> None:
    assert told(text) == [problem]


def test_an_alias_is_refused_where_it_stands() -> None:
    sentence = "anchors and aliases are not read; write the value out"
    assert told("a: &x 1\nb: *x\n") == [f"x.yaml:1: {sentence}", f"x.yaml:2: {sentence}"]


@pytest.mark.parametrize(
    "text", ["a: [1\n", "a: 'x\n", "a: b: c\n", "\tx: 1\n", "a: \x01\n", "*x\n"]
)
def test_what_is_not_yaml_is_told_with_a_line(text: str) -> None:
    [problem] = told(text)
    assert problem.startswith(("x.yaml:1: ", "x.yaml:2: "))


def test_lines_are_known_of_keys_and_items() -> None:
    source = read(b"a:\n  b: 1\n  c:\n    - x\n    - {y: 2}\n", "x.yaml")
    assert source.problem(("a", "b"), "").line == 2
    assert source.problem(("a", "c", 0), "").line == 4
    assert source.problem(("a", "c", "x"), "").line == 4
    assert source.problem(("a", "c", 1, "y"), "").line == 5
    assert source.problem(("a", "c", 1, "z"), "").line == 5
    assert source.problem(("nowhere",), "").line == 1
