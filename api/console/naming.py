"""What things are called on a page: in the procedure's own words, in the page's language."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from api.codes import CODES
from api.console.words import WORDS
from api.dossier.wording import BUYER, CREATION, GRADES
from workflow.domain.foresight import ANY
from workflow.domain.principal import BUYER_AUTHORITY
from workflow.domain.procedure import Label, Procedure
from workflow.domain.refusals import REASONS, Refusal
from workflow.procedures.wording import OTHERS

COMMAS = {"en": ", ", "zh": "、"}
"""What stands between the members of a list."""
PAUSES = {"en": ", ", "zh": "，"}
"""What stands between the parts of a sentence."""

COLONS = {"en": ": ", "zh": "："}
"""What stands between a name and what is said of it."""
BRACKETS = {"en": (" (", ")"), "zh": ("（", "）")}
"""What stands around an aside, with the space before it."""

OUTSIDE = OTHERS | {BUYER_AUTHORITY: BUYER}
"""Who acts beside the authorities of a procedure: the buyer, and the service itself."""

ABSENT: Mapping[str, Label] = {
    "nothing-to-confirm": Label("No record awaits confirmation.", "没有待确认的记录。"),
    "unknown-condition": Label("There is no condition yet.", "尚无条件。"),
    "unknown-hold": Label("There is no hold.", "没有暂缓决定。"),
    "unknown-query": Label("No question has been asked.", "尚未提出询问。"),
    "unknown-shipment": Label("There is no shipment yet.", "尚无货运。"),
}
"""Refusals by code that name what is not there, said of whatever might be named."""

Text = Label | Mapping[str, str]
"""A text in both languages."""


def told(text: Text, language: str) -> str:
    """A text in a language; in the other one where nobody has written it in this one."""
    texts = text._asdict() if isinstance(text, Label) else text
    return texts.get(language) or next(filter(None, texts.values()), "")


def coded(code: str, language: str) -> str:
    """What a code of an answer is called: a role, a kind of condition, a grade of evidence."""
    known = GRADES.get(code) or CODES.get(code)
    return code if known is None else told(known, language)


def named(word: str, language: str) -> str:
    """What a part of an event's data is called."""
    known = WORDS.get(word)
    return word if known is None else told(known, language)


class Names:
    """What one procedure version calls its parts. What it does not know is called by its code."""

    def __init__(self, procedure: Procedure, language: str) -> None:
        self.procedure: Final = procedure
        self._language: Final = language
        self._comma: Final = COMMAS[language]

    @property
    def title(self) -> str:
        """The name of the regime."""
        return told(self.procedure.title, self._language)

    def state(self, code: str) -> str:
        known = self.procedure.states.get(code)
        return self._told(known.label if known else None, code)

    def event(self, code: str) -> str:
        known = self.procedure.events.get(code)
        label = known.label if known else (CREATION if code == "create" else None)
        return self._told(label, code)

    def short(self, code: str) -> str:
        """An authority, or the buyer, as one says it."""
        known = self.procedure.authorities.get(code)
        return self._told(known.short if known else OUTSIDE.get(code), code)

    def official(self, code: str) -> str:
        """The same by its official name."""
        known = self.procedure.authorities.get(code)
        return self._told(known.label if known else OUTSIDE.get(code), code)

    def gate(self, code: str) -> str:
        return self._told(self.procedure.gates.get(code), code)

    def deadline(self, code: str) -> str:
        known = self.procedure.deadlines.get(code)
        return self._told(known.label if known else None, code)

    def refusal(self, refusal: Refusal) -> str:
        """Why not, with the names of what it names by code."""
        if ANY in refusal.parameters.values():
            return told(ABSENT[refusal.code], self._language)
        sentence = told(REASONS[refusal.code].detail, self._language)
        return sentence.format(**{key: self._spelt(one) for key, one in refusal.parameters.items()})

    def withheld(
        self, refused: Iterable[tuple[str, tuple[Refusal, ...]]]
    ) -> Mapping[str, Sequence[str]]:
        """The names of events that are refused, by why: those for the same reasons together."""
        found: dict[str, list[str]] = {}
        for kind, refusals in refused:
            found.setdefault(" ".join(map(self.refusal, refusals)), []).append(self.event(kind))
        return found

    def _spelt(self, value: object) -> object:
        """A code, or several with commas between them, by name; anything else as it is."""
        if not isinstance(value, str):
            return value
        return self._comma.join(self._any(code) for code in value.split(", "))

    def _any(self, code: str) -> str:
        known = self.procedure
        if code in known.states:
            return self.state(code)
        if code in known.events:
            return self.event(code)
        return (
            self.short(code)
            if code in known.authorities or code in OUTSIDE
            else coded(code, self._language)
        )

    def _told(self, label: Label | None, code: str) -> str:
        return code if label is None else told(label, self._language)
