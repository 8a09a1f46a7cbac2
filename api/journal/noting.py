"""What the service does by itself to credentials and to the keys of its log is noted as well; what
others do is noted where their request is answered.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.journal.entries import Entry, What
from api.journal.writing import Journal
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain.act import Event
from workflow.domain.apikey import OPERATOR
from workflow.domain.principal import SERVICE, Principal
from workflow.registry import Outcome, Rule
from workflow.service import Service
from workflow.store import Store

OWN: Mapping[str, What] = MappingProxyType(
    {
        "grant": What.KEY_MADE,
        "reset": What.KEY_ROTATED,
        "rotate_log_key": What.LOG_KEY_ROTATED,
    }
)
"""By the type of the event: the operator's first key, its reset, a new key of the log."""


class NotingService(Service):
    """The use cases, with an eye on the service itself."""

    def __init__(self, store: Store, catalog: Catalog, journal: Journal) -> None:
        super().__init__(store, catalog)
        self.journal: Final = journal

    async def enter(self, subject: str, principal: Principal, event: Event, rule: Rule) -> Outcome:
        """Make one entry in a subject that no procedure governs."""
        outcome = await super().enter(subject, principal, event, rule)
        itself = principal.organisation == SERVICE and principal.name != OPERATOR
        if itself and isinstance(outcome, Accepted) and not outcome.replayed:
            what = OWN.get(event.type)
            if principal.name.startswith("issuer:"):
                what = What.RIGHTS_GIVEN
            if what is not None:
                seq = outcome.document.version
                entry = Entry(what, principal, subject=subject, seq=seq, event=event.type)
                self.journal.note(entry)
        return outcome
