"""Canonical JSON: one value has one spelling, and nothing ambiguous is read.

Written with sorted keys by orjson, which equals RFC 8785 (JCS) because every key is ASCII and
no number is a float. Read strictly: equal keys, floats, integers beyond 2^53-1 (RFC 7493
section 2.2), lone surrogates, NUL, invalid UTF-8 and deep nesting are refused.
"""

import hashlib
import json
from typing import Any, NoReturn, TypeAlias

import orjson

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

MAX_INTEGER = 2**53 - 1
MAX_DIGITS = len(str(MAX_INTEGER)) + 1
MAX_DEPTH = 32

_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class Malformed(ValueError):
    """The text is not JSON that can be read in one way only."""


class NotCanonical(Malformed):
    """The text is JSON, in another spelling than the one that is written."""


def encode(value: object) -> bytes:
    """Write a value in its canonical spelling. Raises Malformed for what has none, and for what
    would be refused when it is read again: NUL, and integers beyond 2^53-1.
    """
    try:
        text = orjson.dumps(value, option=_WRITTEN)
    except (TypeError, ValueError) as error:
        raise Malformed("the text holds a lone surrogate or a value JSON cannot carry") from error
    # One byte is found ten times as fast as six, and few texts have a backslash.
    if b"\\" in text and rb"\u0000" in text:
        _refuse_unprintable(value)
    return text


def sha256(content: bytes) -> str:
    """SHA-256 (FIPS 180-4) in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def decode(text: bytes) -> Any:
    """Read JSON that has exactly one meaning. Raises Malformed with the reason."""
    try:
        value = _strict.decode(text.decode("utf-8"))
        deep = text.count(b"[") + text.count(b"{") > MAX_DEPTH and _too_deep(value)
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise Malformed(f"nested deeper than {MAX_DEPTH} levels") from error
    if deep:
        raise Malformed(f"nested deeper than {MAX_DEPTH} levels")
    if b"\\u" in text:
        _refuse_unprintable(value)
    return value


def decode_canonical(text: bytes) -> Any:
    """Read JSON in its canonical spelling alone; fast for what is so, which says by itself that no
    key stands there twice. Raises Malformed with the reason.
    """
    try:
        value, _ = _plain.raw_decode(text.decode("utf-8"))
        same = orjson.dumps(value, option=_WRITTEN) == text
    except (ValueError, TypeError, RecursionError):
        same = False
    if not same or b"\\u" in text or text.count(b"[") + text.count(b"{") > MAX_DEPTH:
        value = decode(text)
        if encode(value) != text:
            raise NotCanonical("not written in canonical form")
    return value


def _refuse_equal_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise Malformed("an object has the same key twice")
    return mapping


def _integer(digits: str) -> int:
    if len(digits) <= MAX_DIGITS:
        number = int(digits)
        if -MAX_INTEGER <= number <= MAX_INTEGER:
            return number
    raise Malformed("an integer lies beyond 2^53-1")


def _refuse_float(_digits: str) -> NoReturn:
    raise Malformed("a number has a fraction, an exponent or no finite value")


def _refuse_unprintable(value: Any) -> None:
    """NUL and lone surrogates can only enter through an escape, so few texts come here."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed("a string holds NUL")
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise Malformed("a string holds a lone surrogate")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unprintable(key)
            _refuse_unprintable(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unprintable(inner)


def _too_deep(value: Any) -> bool:
    """Level by level: of a batch, one call for each value takes as long as all else in reading."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


_strict = json.JSONDecoder(
    object_pairs_hook=_refuse_equal_keys,
    parse_int=_integer,
    parse_float=_refuse_float,
    parse_constant=_refuse_float,
)
_plain = json.JSONDecoder(parse_float=_refuse_float, parse_constant=_refuse_float)
