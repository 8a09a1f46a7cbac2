"""How values are told on paper: in both languages, with nothing in them that commands."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from api.codes import CODES
from workflow.domain.procedure import Label, Procedure

LONGEST = 1_200
"""Characters of one text; a record has the whole of it."""

Text = dict[str, str]
"""A text in both languages."""

GRADES = {
    "official_notice": Label("official notice", "官方公告"),
    "company_statement": Label("company statement", "公司声明"),
    "press_report": Label("press report", "新闻报道"),
    "anonymous_source": Label("anonymous source", "匿名来源"),
}
CREATION = Label("Submit the application", "提交申请")
BUYER = Label("Buyer", "买方")

_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANK = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""The tabulator and every space of another width (Unicode, Zs)."""

_COMMAND = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters (Cc) but for the line feed, what turns the direction of writing (Unicode,
Bidi_Control), what is no character, and the byte order mark, for which PDF/A has no room.
"""

_LONG = re.compile(r"[^\s\u2e80-\ud7ff\uf900-\uffef]{28,}")
_PIECE = re.compile(r".{1,14}(?:(?<=[\u200c\u200d]).|[\u200c\u200d])*")
"""A part of a long word. What joins two letters stays between them."""


def fit(text: str) -> str:
    """A text as it is printed: no longer than `LONGEST`, its spaces and line ends plain ones, each
    character that commands shown as a replacement, and with places at which a long word may be
    broken. Every letter, and what joins letters, stays as it is.
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} […]"
    plain = _COMMAND.sub("\ufffd", _BLANK.sub(" ", _BREAK.sub("\n", text)))
    return _LONG.sub(_breakable, plain)


def both(label: Label) -> Text:
    """A text of ours."""
    return {"en": label.en, "zh": label.zh}


def same(text: str) -> Text:
    """What is called the same in both languages."""
    return {"en": fit(text), "zh": fit(text)}


def coded(code: str) -> Text:
    """What a code is called."""
    known = GRADES.get(code) or CODES.get(code)
    return same(code) if known is None else both(known)


class Names:
    """What one procedure version calls its parts, and when is when in its zone."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._zone = ZoneInfo(procedure.time_zone)

    def state(self, code: str | None) -> Text | None:
        known = self._procedure.states.get(code or "")
        if known is not None:
            return both(known.label)
        return same(code) if code else None

    def event(self, code: str) -> Text:
        known = self._procedure.events.get(code)
        if known is not None:
            return both(known.label)
        return both(CREATION) if code == "create" else same(code)

    def body(self, code: str | None) -> Text | None:
        """Whose act it is; None for nobody's."""
        if code is None:
            return None
        known = self._procedure.authorities.get(code)
        if known is not None:
            return both(known.short)
        return both(BUYER) if code == "buyer" else same(code)

    def gate(self, code: str) -> Text:
        known = self._procedure.gates.get(code)
        return same(code) if known is None else both(known)

    def time(self, instant: str | None) -> str | None:
        """A time to the second, with its offset."""
        if instant is None:
            return None
        return f"{datetime.fromisoformat(instant).astimezone(self._zone):%Y-%m-%d %H:%M:%S %z}"


def units(count: int | None) -> str | None:
    """A quantity."""
    return None if count is None else f"{count:,}"


def _breakable(word: re.Match[str]) -> str:
    return "\u200b".join(_PIECE.findall(word.group()))
