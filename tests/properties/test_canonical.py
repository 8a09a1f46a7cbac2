"""Canonical JSON: one spelling for a value, one value for a text; `json` and `rfc8785` are the
oracles."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import tried
from workflow.domain import canonical
from workflow.domain.canonical import MAX_DEPTH, MAX_INTEGER, Malformed

WHOLE = st.integers(-MAX_INTEGER, MAX_INTEGER)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VISIBLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=8)


def values(texts: st.SearchStrategy[str], keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | WHOLE | texts
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


@tried(300)
@given(value=values(VISIBLE, KEYS))
def test_writing_equals_rfc_8785(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


ANYTHING = st.text(st.sampled_from("a\x00\x01\ud800芯\\u0"), max_size=6)


@tried(300)
@given(value=values(ANYTHING, ANYTHING) | st.integers(2**53 - 2, 2**53 + 1).map(lambda n: [n, -n]))
def test_what_is_written_is_read_again(value: Any) -> None:
    """Nothing that reading refuses gets into a record, whichever way it came in."""
    try:
        text = canonical.encode(value)
    except Malformed:
        with pytest.raises(Malformed):
            canonical.decode(json.dumps(value).encode())
    else:
        assert canonical.decode_canonical(text) == value


@tried(300)
@given(value=values(VISIBLE, VISIBLE), ascii_only=st.booleans(), space=st.booleans())
def test_reading_gives_what_was_written(value: Any, ascii_only: bool, space: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=1 if space else None).encode()
    assert canonical.decode(text) == value
    assert canonical.decode(canonical.encode(value)) == value


def is_within_limits(text: bytes) -> bool:
    """What may be read, decided by `json` alone."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in found}) < len(found):
            raise ValueError("equal keys")
        return dict(found)

    def sound(value: Any, room: int = MAX_DEPTH) -> bool:
        match value:
            case str():
                return "\x00" not in value and not any(0xD800 <= ord(c) < 0xE000 for c in value)
            case float():
                return False
            case int():
                return abs(value) < 2**53
            case list():
                return room > 0 and all(sound(inner, room - 1) for inner in value)
            case dict():
                inner = [*value, *value.values()]
                return room > 0 and all(sound(one, room - 1) for one in inner)
        return True

    try:
        return sound(json.loads(text.decode("utf-8"), object_pairs_hook=pairs))
    except (ValueError, RecursionError):
        return False


FRAGMENTS = st.sampled_from(
    [
        *["{", "}", "[", "]", ",", ":", '"a"', '"b"', "1", "-0", "0.5", "1e3", "1E400", " ", "\n"],
        *["9007199254740991", "9007199254740992", "-9007199254740992", "1" + "0" * 400, "NaN"],
        *["Infinity", "-Infinity", "true", "null", '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"'],
        *['"\\u0061"', '"', "\x00", "01", "\ufeff", '{"a":1}', '{"a":1,"a":1}', "[1]", '"芯"'],
        *['{"a":1,"\\u0061":2}', '[[{"a":[{"b":1,"b":2}]}]]', "[" * 40 + "]" * 40, "'a'", "//"],
    ]
)


@tried(400)
@given(parts=st.lists(FRAGMENTS, min_size=1, max_size=7))
def test_a_text_is_read_exactly_when_it_has_one_meaning(parts: list[str]) -> None:
    agrees_with_the_oracle("".join(parts).encode())


@tried(300)
@given(
    value=values(VISIBLE, VISIBLE),
    place=st.floats(0, 1),
    swap=st.binary(min_size=0, max_size=3),
    cut=st.integers(0, 3),
)
def test_a_damaged_text_is_read_exactly_when_it_has_one_meaning(
    value: Any, place: float, swap: bytes, cut: int
) -> None:
    text = canonical.encode(value)
    at = int(place * len(text))
    agrees_with_the_oracle(text[:at] + swap + text[at + cut :])


def agrees_with_the_oracle(text: bytes) -> None:
    if is_within_limits(text):
        assert canonical.decode(text) == json.loads(text)
    else:
        with pytest.raises(Malformed):
            canonical.decode(text)


REFUSED: dict[str, bytes] = {
    "equal keys": b'{"a":1,"a":1}',
    "equal keys, one escaped": b'{"a":1,"\\u0061":1}',
    "equal keys far inside": b'[{"x":[{"y":{"a":1,"b":2,"a":3}}]}]',
    "a float": b"[1.0]",
    "an exponent": b"1e2",
    "not a number": b"NaN",
    "infinity": b"-Infinity",
    "2^53": b'{"units":9007199254740992}',
    "-2^53": b"-9007199254740992",
    "10^400": b"1" + b"0" * 400,
    "a lone surrogate": b'"\\ud800"',
    "a lone surrogate as a key": b'{"\\udfff":1}',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "NUL": b'"\\u0000"',
    "NUL as a key": b'[{"a\\u0000":1}]',
    "a bare NUL": b'"\x00"',
    "NUL behind the text": b"1\x00",
    "invalid UTF-8": b'"\xff"',
    "an overlong form": b'"\xc0\xaf"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '"a"'.encode("utf-16"),
    "nothing": b"",
    "two texts": b"1 2",
    "a comma too many": b"[1,]",
    "a comment": b"1 // one",
    "a leading zero": b"01",
    "single quotes": b"{'a':1}",
    "a bare tab in a text": b'"\t"',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_could_be_read_in_two_ways_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed) as told:
        canonical.decode(text)
    assert str(told.value)


@pytest.mark.parametrize("depth", [1, 31, 32])
def test_nesting_up_to_the_limit_is_read(depth: int) -> None:
    for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
        text = opened * depth + b"1" + closed * depth
        assert canonical.decode(text) == json.loads(text)


@pytest.mark.parametrize("depth", [33, 64, 330, 500, 700, 990, 2_000, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}"), ('["\\u0061",', "]")])
def test_deep_nesting_is_refused_and_never_a_fault(opened: str, closed: str, depth: int) -> None:
    with pytest.raises(Malformed, match="nested deeper"):
        canonical.decode((opened * depth + "1" + closed * depth).encode())


def test_brackets_in_texts_are_not_nesting() -> None:
    assert canonical.decode(b'"' + b"[{" * 100 + b'"') == "[{" * 100


@pytest.mark.parametrize(
    "value", ["\ud800", {"\udfff": 1}, {1: "a key that is no text"}, 2**64, object(), b"bytes"]
)
def test_a_value_without_a_spelling_is_not_written(value: object) -> None:
    with pytest.raises(Malformed):
        canonical.encode(value)


def test_the_hash_is_sha_256() -> None:
    # FIPS 180-4, the example of one block
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert canonical.sha256(b"abc") == expected
