"""The shapes of `data`, written from the contract's table; nothing of `workflow` is used.

Part of the reference model: `shape` gives the data with its defaults, or None where the
contract calls it a bad body.
"""

import re
from datetime import date
from typing import Any

LARGEST = 2**53 - 1

Data = dict[str, Any]

VALUES: dict[str, Data] = {
    "domestic_share": {"basis_points": None, "counted_by": "units"},
    "unit_cap": {"units": None},
    "end_use": {"excluded": []},
    "reporting": {"every_days": None},
    "other": {},
}
"""Kind of a condition -> its value with nothing said yet."""

FIELDS: dict[str, Data] = {
    "declare_order": {"units": ..., "agent": None},
    "propose_condition": {
        "condition": ...,
        "kind": ...,
        "value": {},
        "precedent": False,
        "text": None,
    },
    "fix_condition": {"condition": ..., "value": None},
    "waive_condition": {"condition": ...},
    "consent": {"condition": ...},
    "claim_met": {"condition": ...},
    "meet_condition": {"condition": ...},
    "set_conditions": {"none": False},
    "propose_licence": {"units": ..., "valid_from": ..., "valid_until": ..., "max_uses": None},
    "issue_licence": {"licence": ...},
    "reissue_licence": {"valid_from": ..., "valid_until": ..., "max_uses": None},
    "claim_allocation": {"units": None, "pool": None},
    "fix_allocation": {"units": None, "pool": None},
    "link_export": {"application": ...},
    "reverse_shipment": {"shipment": ...},
    "recuse": {"deputy": ...},
    "request_information": {"query": ..., "question": ...},
    "provide_information": {"query": ..., "answer": ...},
    "hold": {"hold": ..., "blocks": ...},
    "release": {"hold": ...},
    "extend_deadline": {"working_days": ...},
    "amend": {"units": ...},
    "answer_amendment": {"accept": ...},
    "answer_withdrawal": {"accept": ...},
    "answer_appeal": {"accept": ...},
    "clear_export": {"reference": ...},
    "withhold_export": {"reference": ...},
    "record_shipment": {"shipment": ..., "units": ...},
    "note": {"text": ..., "topic": None},
    "confirm": {"seq": ...},
}
"""Event -> its fields with their defaults (...: must be there); no entry: no data at all."""

OPTIONAL = {
    ("declare_order", "agent"),
    ("propose_condition", "text"),
    ("fix_condition", "value"),
    ("propose_licence", "max_uses"),
    ("reissue_licence", "max_uses"),
    ("claim_allocation", "units"),
    ("claim_allocation", "pool"),
    ("fix_allocation", "units"),
    ("fix_allocation", "pool"),
    ("note", "topic"),
}
"""Fields that may be null."""


def shape(kind: str, data: Data) -> Data | None:
    """The data with its defaults; None when it is not of the event's shape."""
    fields = FIELDS.get(kind, {})
    whole = {**fields, **data}
    if whole.keys() != fields.keys() or ... in whole.values():
        return None
    for name, given in whole.items():
        if given is None and (kind, name) in OPTIONAL:
            continue
        if not fits(kind, name, given):
            return None
    return finished(kind, whole)


def finished(kind: str, whole: Data) -> Data | None:
    """What only shows when the fields are looked at together."""
    if "valid_until" in whole and whole["valid_until"] < whole["valid_from"]:
        return None
    if kind == "propose_condition":
        value = value_of(whole["kind"], whole["value"])
        return None if value is None else {**whole, "value": value}
    return whole


IDS = ("condition", "licence", "pool", "shipment", "topic", "query", "hold", "application")
NUMBERS = {"units": LARGEST, "max_uses": LARGEST, "seq": LARGEST, "working_days": 3_650}
TEXTS = {"agent": 200, "reference": 200, "deputy": 200, "question": 4_000, "answer": 4_000}


def fits(kind: str, name: str, given: Any) -> bool:
    """Whether a field that is not null may hold this."""
    if name in NUMBERS:
        return whole_number(given, 1, NUMBERS[name])
    if name in IDS:
        return isinstance(given, str) and bool(re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given))
    if name in TEXTS:
        return sentence(given, TEXTS[name])
    if name == "text":
        return sentence(given, 4_000) if kind == "note" else bilingual(given)
    if name == "blocks":
        return isinstance(given, list) and 1 <= len(given) <= 50 and all(map(event_name, given))
    if name in ("valid_from", "valid_until"):
        return calendar_day(given)
    if name == "kind":
        return isinstance(given, str) and given in VALUES
    if name == "value":
        return isinstance(given, dict)
    return isinstance(given, bool)


def value_of(kind: str, value: Data) -> Data | None:
    """A condition's value with its defaults; None when it is not of its kind."""
    whole = {**VALUES[kind], **value}
    if whole.keys() != VALUES[kind].keys():
        return None
    good = {
        "basis_points": lambda found: found is None or whole_number(found, 0, 10_000),
        "counted_by": lambda found: found in ("units", "value"),
        "units": lambda found: found is None or whole_number(found, 1, LARGEST),
        "excluded": lambda found: isinstance(found, list) and all(sentence(x, 200) for x in found),
        "every_days": lambda found: found is None or whole_number(found, 1, 3_650),
    }
    return whole if all(good[name](found) for name, found in whole.items()) else None


def complete(kind: str, value: Data) -> bool:
    """Whether the value says all that its kind must say."""
    return bool(value["excluded"]) if kind == "end_use" else None not in value.values()


def whole_number(given: Any, least: int, most: int) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and least <= given <= most


def sentence(given: Any, longest: int) -> bool:
    return isinstance(given, str) and bool(given.strip()) and len(given) <= longest


def event_name(given: Any) -> bool:
    return isinstance(given, str) and bool(re.fullmatch(r"[a-z][a-z0-9_]{0,63}", given))


def bilingual(given: Any) -> bool:
    if not isinstance(given, dict) or not {"en"} <= given.keys() <= {"en", "zh"}:
        return False
    zh = given.get("zh")
    return sentence(given["en"], 4_000) and (zh is None or sentence(zh, 4_000))


def calendar_day(given: Any) -> bool:
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        return False
    try:
        date.fromisoformat(given)
    except ValueError:
        return False
    return True
