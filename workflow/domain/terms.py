"""Under which terms a subject is found: index terms for filters, words for search.

A word is casefolded, and a search matches its beginning.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from workflow.domain.application import Snapshot, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import Procedure

WORD_LENGTH = 64
"""Characters of a text that can be searched for."""


class Entry(NamedTuple):
    """Where a subject stands in the indexes.

    `marks` can be filtered for too, but have no index: most applications share them, or an
    application has many of them, and each index entry costs the server about 100 bytes.
    """

    terms: frozenset[str]
    words: frozenset[str]
    marks: frozenset[str] = frozenset()


ABSENT = Entry(frozenset(), frozenset())

UNINDEXED = ("procedure=", "authority=")
"""How marks begin."""


INDEXED = (
    "state",
    "unconfirmed",
    "votes",
    "order",
    "conditions",
    "gates",
    "acted",
    "pool",
    "name",
    "title",
)
"""What of a snapshot decides where it stands in the indexes, and changes after its creation."""


def same_place(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change left alone all that is indexed; a fold keeps what it does not touch."""
    return bool(before) and all(before.get(name) is after.get(name) for name in INDEXED)


def word(text: str) -> str:
    """A text as search compares it."""
    return text.casefold()[:WORD_LENGTH]


def of_application(application: str, snapshot: Snapshot, procedure: Procedure) -> Entry:
    """State, standing, buyer, pool and who is awaited as terms; the procedure and the
    authorities that acted as marks; the id and the buyer's reference as words.
    """
    terms = {
        f"state={snapshot['state']}",
        f"standing={standing(snapshot)}",
        f"buyer={snapshot['buyer']}",
    }
    marks = {f"authority={authority}" for authority in snapshot["acted"]}
    marks.add(f"procedure={snapshot['procedure']}")
    terms.update(f"waiting_on={who}" for who in waiting_on(procedure, snapshot))
    if snapshot["pool"] is not None:
        terms.add(f"pool={snapshot['pool']}")
    words = {word(application)}
    if snapshot["reference"]:
        words.add(word(snapshot["reference"]))
    return Entry(frozenset(terms), frozenset(words), frozenset(marks))


def of_named(identifier: str, snapshot: Mapping[str, Any], field: str) -> Entry:
    """A buyer by its name, a pool by its title, both by their id."""
    texts = cast(Mapping[str, str | None], snapshot[field]).values()
    words = {word(identifier), *(word(text) for text in texts if text)}
    return Entry(frozenset(), frozenset(words))


def of_credential(identifier: str, snapshot: Mapping[str, Any]) -> Entry:
    """A credential by its organisation; by its id and its holder's name."""
    words = {word(identifier), word(snapshot["name"]), word(snapshot["organisation"])}
    return Entry(frozenset({f"organisation={snapshot['organisation']}"}), frozenset(words))
