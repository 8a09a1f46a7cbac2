"""The sources that a form rests an act on: as many pieces as somebody wants to name."""

from typing import Any, NamedTuple

from api.console.fields import Field, fields_of, read
from api.console.forms import Form
from workflow.domain.sent import EvidenceIn

SCHEMA = EvidenceIn.model_json_schema()
EVIDENCE = "evidence"
PIECES, MORE = "pieces", "more"
"""The hidden field with how many pieces there are, and the button that asks for one more."""
MOST = 20


class Sources(NamedTuple):
    """The fields of each piece, which are called by their place behind the prefix."""

    pieces: list[list[Field]]
    prefix: str = EVIDENCE

    def values(self, form: Form) -> list[dict[str, Any]]:
        """The pieces in which something stands."""
        found = (
            read(fields, form, f"{self.prefix}.{number}")
            for number, fields in enumerate(self.pieces)
        )
        return [piece for piece in found if piece]


def sources_of(form: Form | None, prefix: str = EVIDENCE) -> Sources:
    """One piece at first, and as many as were asked for afterwards."""
    given = "" if form is None else form.get(PIECES)
    number = int(given) if given.isascii() and given.isdecimal() and len(given) <= 2 else 1
    number += wants_more(form)
    return sources(min(max(number, 1), MOST), prefix)


def sources(number: int, prefix: str = EVIDENCE) -> Sources:
    """So many pieces."""
    return Sources([fields_of(SCHEMA, f"{prefix}.{place}") for place in range(number)], prefix)


def wants_more(form: Form | None) -> bool:
    """Whether the form comes back for one more piece, and for nothing else."""
    return form is not None and bool(form.get(MORE))
