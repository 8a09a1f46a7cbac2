"""The procedures in force: one engine for each version, and where subjects are found."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, cast

from workflow.domain import calendar, publication, terms
from workflow.domain.application import Snapshot
from workflow.domain.payloads import shaped
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal
from workflow.domain.rules import EFFECTS
from workflow.domain.terms import Entry, Times
from workflow.machine import Engine


class Catalog:
    """Every procedure version that the service knows."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._engines: Final = {
            (procedure.name, procedure.version): Engine(procedure) for procedure in procedures
        }
        self._latest: Final[dict[str, Engine]] = {}
        for (name, _), engine in sorted(self._engines.items()):
            self._latest[name] = engine
            calendar.published_until(engine.procedure.calendar)  # no event waits for it to load
        self._payloads: Final = self._payloads_by_type()
        self._followed: Final = frozenset(
            link.procedure
            for engine in self._engines.values()
            for link in engine.procedure.links.values()
        )
        self._recalling: Final = frozenset(
            spec.type
            for engine in self._engines.values()
            for spec in engine.procedure.events.values()
            if spec.effect is not None and EFFECTS[spec.effect].recalls
        )
        self._bodies: Final[dict[str, frozenset[str]]] = {}
        for (name, _), engine in self._engines.items():
            named = self._bodies.get(name, frozenset())
            self._bodies[name] = named.union(engine.procedure.authorities)
        self.bodies: Final = frozenset[str]().union(*self._bodies.values())
        """The authorities that any procedure names."""

    @property
    def types(self) -> frozenset[str]:
        """The types of the events that any procedure takes."""
        return frozenset(self._payloads)

    def procedures(self) -> list[Procedure]:
        """All versions, by name and version."""
        return [self._engines[key].procedure for key in sorted(self._engines)]

    def find(self, name: str, version: int) -> Procedure | None:
        """One version of a procedure."""
        engine = self._engines.get((name, version))
        return engine.procedure if engine else None

    def founding(self, name: str, version: int) -> Engine | None:
        """The engine of one version, which decides how an application begins."""
        return self._engines.get((name, version))

    def followed(self, name: str) -> bool:
        """Whether gates of other procedures hang on applications under this one."""
        return name in self._followed

    def successor(self, document: Document) -> Procedure | None:
        """The latest version to which an application as it stands may migrate."""
        procedure = self.engine(document).procedure
        later = [
            one
            for one in self.procedures()
            if one.name == procedure.name
            and one.migrates_from is not None
            and one.migrates_from.version == procedure.version
        ]
        return later[-1] if later else None

    def recalls(self, event_type: str) -> bool:
        """Whether events of this type are decided on the whole trail."""
        return event_type in self._recalling

    def latest(self, name: str) -> Engine | None:
        """The engine of the newest version, on which applications begin."""
        return self._latest.get(name)

    def engine(self, document: Document) -> Engine:
        """The engine of the version under which an application stands."""
        snapshot = cast(Snapshot, document.snapshot)
        return self._engines[snapshot["procedure"], snapshot["procedure_version"]]

    def departed(self, document: Document) -> Refusal | None:
        """Why nothing can be decided here on an application: it rests on other rules."""
        snapshot = document.snapshot
        known = self.find(snapshot["procedure"], snapshot["procedure_version"])
        return publication.departed(known, snapshot)

    def bodies_of(self, name: str) -> frozenset[str]:
        """The authorities that any version of a procedure names."""
        return self._bodies[name]

    def names_in_all(self, authorities: frozenset[str]) -> bool:
        """Whether every procedure names one of these authorities."""
        return not any(authorities.isdisjoint(bodies) for bodies in self._bodies.values())

    def _payloads_by_type(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for engine in self._engines.values():
            for spec in engine.procedure.events.values():
                found.setdefault(spec.type, {})[spec.payload] = None
        return {kind: tuple(names) for kind, names in found.items()}

    def shapes(self, event_type: str, data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """The names of the payloads that the data fits, each with the data as it reads it.

        Raises pydantic's ValidationError when no procedure's event takes such data, and
        KeyError for an unknown event type.
        """
        found: list[tuple[str, dict[str, Any]]] = []
        *others, last = self._payloads[event_type]
        for payload in others:
            with suppress(ValueError):
                found.append((payload, shaped(payload, data)))
        try:
            found.append((last, shaped(last, data)))
        except ValueError:
            if not found:
                raise
        return found

    def shape(self, event_type: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The first of them."""
        return self.shapes(event_type, data)[0]


def index_entry(
    catalog: Catalog, subject: str, document: Document, times: Times | None = None
) -> Entry:
    """Where a subject is found; `times` as in `terms`."""
    kind, identifier = subject.split("/", 1)
    if kind == "application":
        procedure = catalog.engine(document).procedure
        snapshot = cast(Snapshot, document.snapshot)
        followed = catalog.followed(procedure.name)
        return terms.of_application(identifier, snapshot, procedure, times, followed)
    if kind == "pool":
        return terms.of_pool(identifier, document.snapshot)
    if kind == "credential":
        return terms.of_credential(identifier, document.snapshot)
    if kind == "webhook":
        return terms.of_webhook(document.snapshot)
    if kind == "log":
        return terms.ABSENT
    return terms.of_named(identifier, document.snapshot, "name")
