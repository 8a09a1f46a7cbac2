"""Form fields from a JSON schema, and what was filled in back as JSON.

A field is called by its place: `data.units` is the `units` in `data`. What lies deeper, such as a
text in two languages, is a field for each of its parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from api.console.formats import ZONE
from api.console.forms import Form
from workflow.domain.canonical import MAX_DIGITS, MAX_INTEGER

LONG = 500
"""Characters from which on a text gets several lines."""

Schema = Mapping[str, Any]
Offered = Mapping[str, Sequence[tuple[str, str]]]
"""What may be chosen in a field, by its name: values, and what they are called. A field that is
not named takes what its schema lets in.
"""

_KINDS = {"integer": "number", "boolean": "yes", "array": "several"}
_FORMATS = {"date": "date", "date-time": "time", "uri": "url"}


class Field(NamedTuple):
    """One field. `kind` is text, prose, number, date, time, url, yes (or not), choice or several;
    `path` are the words of its label.
    """

    name: str
    path: tuple[str, ...]
    kind: str
    required: bool
    schema: Schema
    offered: Sequence[tuple[str, str]] = ()

    @property
    def type(self) -> str:
        """What the schema says it is."""
        return str(self.schema.get("type", "string"))


def fields_of(schema: Schema, prefix: str, offered: Offered | None = None) -> list[Field]:
    """The fields of an object, each called by its place behind the prefix."""
    return list(_fields(schema, schema, prefix, (), required=True, offered=offered or {}))


def read(fields: Sequence[Field], form: Form, prefix: str) -> dict[str, Any]:
    """What stands in the fields, as an object; empty ones are left out. A number that is none
    stays what was typed, so that whoever checks the object can say so.
    """
    found: dict[str, Any] = {}
    for field in fields:
        value = _value(field, form)
        if value is None:
            continue
        *above, last = field.name.removeprefix(f"{prefix}.").split(".")
        place = found
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return found


def typed(value: Mapping[str, Any], fields: Sequence[Field], prefix: str) -> dict[str, str]:
    """What an object looks like in these fields, by their names."""
    found: dict[str, str] = {}
    for field in fields:
        part: Any = value
        for step in field.name.removeprefix(f"{prefix}.").split("."):
            part = part.get(step) if isinstance(part, Mapping) else None
        if part is not None:
            found[field.name] = _shown(part, field)
    return found


def as_typed(instant: str) -> str:
    """An instant as a field for a time shows it: to the minute, where nothing of it is lost."""
    there = datetime.fromisoformat(instant).astimezone(ZONE).replace(tzinfo=None)
    whole = there.second == there.microsecond == 0
    return there.isoformat(timespec="minutes" if whole else "milliseconds")


def _fields(
    schema: Schema,
    root: Schema,
    prefix: str,
    path: tuple[str, ...],
    *,
    required: bool,
    offered: Offered,
) -> Iterator[Field]:
    schema = _resolved(schema, root)
    if "properties" in schema:
        needed = schema.get("required", ())
        for name, part in schema["properties"].items():
            wanted = required and name in needed
            yield from _fields(
                part, root, f"{prefix}.{name}", (*path, name), required=wanted, offered=offered
            )
    elif schema.get("type") != "object":
        yield _field(schema, prefix, path, required, offered)


def _field(
    schema: Schema, name: str, path: tuple[str, ...], required: bool, offered: Offered
) -> Field:
    choices = offered.get(name)
    if choices is None and "enum" in schema:
        choices = [(str(one), str(one)) for one in schema["enum"]]
    kind = _KINDS.get(schema.get("type", ""), "text")
    if kind == "text":
        kind = "prose" if schema.get("maxLength", 0) > LONG else kind
        kind = _FORMATS.get(schema.get("format", ""), kind)
    if choices is not None and kind != "several":
        kind = "choice"
    return Field(name, path, kind, required, schema, tuple(choices or ()))


def _resolved(schema: Schema, root: Schema) -> Schema:
    """What a reference leads to, and of an alternative to null the other one."""
    while True:
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            return schema


def _value(field: Field, form: Form) -> Any:
    if field.type == "array":
        given = form.all(field.name)
        lines = [line.strip() for text in given for line in text.splitlines()]
        return [line for line in lines if line] or None
    text = form.get(field.name)
    if not text:
        return None
    if field.type == "boolean":
        return text == "true"
    if field.type == "integer":
        return _whole(text)
    return _instant(text) if field.kind == "time" else text


def _whole(text: str) -> int | str:
    """The number that stands there; the text where it is none, or more than a record may hold."""
    digits = text.replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > MAX_DIGITS:
        return text
    number = int(digits)
    return number if number <= MAX_INTEGER else text


def _shown(value: Any, field: Field) -> str:
    if isinstance(value, bool):
        unticked = "false" if field.required else ""  # a box that is not ticked is not sent
        return "true" if value else unticked
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return as_typed(value) if field.kind == "time" else str(value)


def _instant(text: str) -> str:
    """A time as a browser sends it, in the zone of the console; else what was typed."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).isoformat()
    except ValueError:
        return text
