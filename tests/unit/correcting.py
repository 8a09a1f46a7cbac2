"""Cases whose corrections and migrations are decided on their whole trail, as the service does."""

from typing import Any

from tests.unit.acting import Case
from workflow.catalog import Catalog
from workflow.correcting import recall
from workflow.domain.payloads import shaped
from workflow.domain.principal import Principal
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.domain.trail import verify


class Recalling(Case):
    """A case with the rules at hand by which its trail is decided again."""

    def __init__(self, catalog: Catalog, procedure: str = "h200-import", version: int = 1) -> None:
        engine = catalog.founding(procedure, version)
        assert engine is not None
        super().__init__(engine)
        self.catalog = catalog

    def correct(
        self, who: Principal, seq: int, event: dict[str, Any] | None, **given: Any
    ) -> Decision | Refused:
        """Put an event in the place of a record (None: nothing), and keep what was accepted."""
        return self._recalled(who, "correct", {"seq": seq, "with": event}, **given)

    def migrate(self, who: Principal, version: int, **given: Any) -> Decision | Refused:
        """Move to another version, and keep what was accepted."""
        answer = self._recalled(who, "migrate", {"version": version}, **given)
        self.engine = self.catalog.engine(self.document)
        return answer

    def _recalled(
        self, who: Principal, kind: str, data: dict[str, Any], **given: Any
    ) -> Decision | Refused:
        payload = self.engine.procedure.events[kind].payload
        posting = self.posting(who, kind, payload, shaped(payload, data), **given)
        return self._keep(recall(self.catalog, self.document, posting, self.trail))


def sound(case: Case) -> None:
    """The trail folds to the document, by its changes alone."""
    verdict = verify(case.trail)
    assert (verdict.ok, verdict.snapshot) == (True, case.document.snapshot)
