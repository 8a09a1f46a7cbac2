"""Under which terms a subject is found: index terms for filters, words for search.

A word is casefolded, and a search matches its beginning.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from workflow.domain import deadlines, links, reservations
from workflow.domain.application import Snapshot, standing
from workflow.domain.predicates import waiting_on
from workflow.domain.procedure import Procedure
from workflow.domain.webhook import ACTIVE, REMOVED

WORD_LENGTH = 64
"""Characters of a text that can be searched for."""


class Times(NamedTuple):
    """What time will bring: from the instant `overdue_from` on the term `OVERDUE` is one more, and
    at each of `due` the service may have something to post; in the past: at once.
    """

    overdue_from: str | None = None
    due: tuple[str, ...] = ()

    def overdue(self, now: str) -> bool:
        """Whether the subject is overdue at an instant."""
        return self.overdue_from is not None and self.overdue_from <= now


TIMELESS = Times()


class Entry(NamedTuple):
    """Where a subject stands in the indexes.

    `marks` can be filtered for too, but have no index: most applications share them, or an
    application has many of them, and each index entry costs the server about 100 bytes.
    """

    terms: frozenset[str]
    words: frozenset[str]
    marks: frozenset[str] = frozenset()
    times: Times = TIMELESS


ABSENT = Entry(frozenset(), frozenset())

OVERDUE, IN_TIME = "overdue", "overdue=false"
"""The term of what is overdue by now, and the mark of everything else."""

LINKED = "link="
"""How the term of an application begins on which a gate hangs."""

KEPT, OWNER = "kept", "owner="
"""The term of webhooks that are not removed, and how that of their credential begins."""

UNINDEXED = ("procedure=", "authority=", IN_TIME)
"""How marks begin."""


INDEXED = (
    "unconfirmed",
    "votes",
    "order",
    "conditions",
    "gates",
    "acted",
    "requests",
    "pool",
    "name",
    "title",
    "reservations",
)
"""What of a snapshot decides where it stands in the indexes, and changes after its creation;
beside all that is `TIMED`.
"""

TIMED = (
    "procedure_version",
    "state",
    "entered_at",
    "clocks",
    "queries",
    "extensions",
    "links",
    "words",
    "holds",
    "corrections",
)
"""What of a snapshot the deadlines are counted from, beside the validity of the licence, and what
may let a gate have news of the application it hangs on.
"""


def same_place(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change left alone all that is indexed; a fold keeps what it does not touch."""
    if not before:
        return False
    for name in INDEXED:
        if before.get(name) is not after.get(name):
            return False
    return same_times(before, after)


def same_times(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change left alone all that deadlines are counted from."""
    for name in TIMED:
        if before.get(name) is not after.get(name):
            return False
    return _validity(before) == _validity(after)


def times_of(snapshot: Snapshot, procedure: Procedure, followed: bool = False) -> Times:
    """What time will bring to an application while it stays as it is.

    One that may have something to tell, or to be told, across a link is due at once, whatever it
    was that changed: so it is found until somebody has seen to it.
    """
    timers = tuple([timer.due for timer in deadlines.timers(procedure, snapshot)])
    if followed or links.may_have_news(procedure, snapshot):
        timers = (snapshot["created_at"], *timers)
    return Times(deadlines.overdue_from(procedure, snapshot), timers)


def _validity(snapshot: Mapping[str, Any]) -> str | None:
    """What of a licence the clock looks at; its ledger moves with every shipment."""
    licence = snapshot.get("licence")
    return None if licence is None else str(licence["valid_until"])


def word(text: str) -> str:
    """A text as search compares it."""
    return text.casefold()[:WORD_LENGTH]


def of_application(
    application: str,
    snapshot: Snapshot,
    procedure: Procedure,
    times: Times | None = None,
    followed: bool = False,
) -> Entry:
    """State, standing, buyer, pool and who is awaited as terms; the procedure and the
    authorities that acted as marks; the id and the buyer's reference as words. `times`, where
    they are known already; `followed`: gates of other applications may hang on it.
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
    terms.update(f"{LINKED}{link['application']}" for link in snapshot["links"].values())
    words = {word(application)}
    if snapshot["reference"]:
        words.add(word(snapshot["reference"]))
    return Entry(
        frozenset(terms),
        frozenset(words),
        frozenset(marks),
        times_of(snapshot, procedure, followed) if times is None else times,
    )


def of_named(identifier: str, snapshot: Mapping[str, Any], field: str) -> Entry:
    """A buyer by its name, a pool by its title, both by their id."""
    texts = cast(Mapping[str, str | None], snapshot[field]).values()
    words = {word(identifier), *(word(text) for text in texts if text)}
    return Entry(frozenset(), frozenset(words))


def of_pool(identifier: str, snapshot: Mapping[str, Any]) -> Entry:
    """A pool by its title and id; due when somebody must look after what is under way."""
    return of_named(identifier, snapshot, "title")._replace(
        times=Times(due=reservations.due(snapshot))
    )


def of_credential(identifier: str, snapshot: Mapping[str, Any]) -> Entry:
    """A credential by its organisation; by its id and its holder's name."""
    words = {word(identifier), word(snapshot["name"]), word(snapshot["organisation"])}
    return Entry(frozenset({f"organisation={snapshot['organisation']}"}), frozenset(words))


def of_webhook(snapshot: Mapping[str, Any]) -> Entry:
    """A webhook by whose it is, and whether anything is to be delivered, while it is kept."""
    if snapshot["state"] == REMOVED:
        return ABSENT
    terms = {KEPT, f"{OWNER}{snapshot['owner']}"}
    return Entry(frozenset(terms | ({snapshot["state"]} & {ACTIVE})), frozenset())
