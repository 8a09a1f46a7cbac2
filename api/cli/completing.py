"""What a shell offers after TAB: the words of the procedures of this installation, without a
service and without a network.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from api.cli.installation import offered
from api.settings import language

if TYPE_CHECKING:
    from workflow.domain.procedure import Label, Procedure

Offers = Callable[[str], list[tuple[str, str]]]


def _offering(found: Callable[["Procedure"], Iterable[tuple[str, "Label"]]]) -> Offers:
    """A completion: the words with what they mean, those of each procedure once."""

    def offers(incomplete: str) -> list[tuple[str, str]]:
        lang, words = language(), dict[str, str]()
        for procedure in offered().values():
            for word, label in found(procedure):
                words.setdefault(word, str(getattr(label, lang)))
        return [(word, said) for word, said in words.items() if word.startswith(incomplete)]

    return offers


def _events(procedure: "Procedure") -> Iterator[tuple[str, "Label"]]:
    yield from ((spec.type, spec.label) for spec in procedure.events.values())


def _authorities(procedure: "Procedure") -> Iterator[tuple[str, "Label"]]:
    from workflow.domain.procedure import Label  # noqa: PLC0415

    yield from ((one.id, one.label) for one in procedure.authorities.values())
    yield "buyer", Label("The buyer", "买方")


def _states(procedure: "Procedure") -> Iterator[tuple[str, "Label"]]:
    yield from ((state.id, state.label) for state in procedure.states.values())


def _names(procedure: "Procedure") -> Iterator[tuple[str, "Label"]]:
    yield procedure.name, procedure.title


def _versions(procedure: "Procedure") -> Iterator[tuple[str, "Label"]]:
    yield from _names(procedure)
    yield f"{procedure.name}/{procedure.version}", procedure.title


event_types, authorities = _offering(_events), _offering(_authorities)
states, names, versions = _offering(_states), _offering(_names), _offering(_versions)
