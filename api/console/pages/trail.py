"""A trail as an auditor takes it: checked against itself and against the log, and as a file."""

from dataclasses import dataclass

from fastapi import Response

from api.console.pages.application import seen
from api.console.pages.audit import FORMS, form_in
from api.console.routing import page
from api.console.visit import Visit
from api.exporting import beginning
from api.journal.watch import ROUTE
from api.reasons import in_both
from workflow.domain.procedure import Label
from workflow.domain.trail import Verdict
from workflow.proofs import LogVerdict
from workflow.service import now
from workflow.trails import TrailFilter

READ = "/v1/applications/{id}/trail"
CHECKED = f"{READ}:verify"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check `at` an instant found of the chain, and of how far it is in the log."""

    at: str
    chain: Verdict
    log: LogVerdict

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts the trail."""
        return self.chain.ok and self.log.ok

    @property
    def reasons(self) -> list[tuple[int | None, Label]]:
        """What does not hold: from which record on, and why."""
        found = ((one.first_bad, one.reason) for one in (self.chain, self.log))
        return [(seq, in_both(reason)) for seq, reason in found if reason is not None]


async def show(visit: Visit) -> Response:
    """The trail of an application; it is checked where that is asked for."""
    on = await seen(visit)
    wanted = visit.one_of("check", "now") is not None
    visit.request.scope[ROUTE] = CHECKED if wanted else READ
    findings = await _checked(visit, on.id) if wanted else None
    return visit.page("trail.html", on=on, findings=findings, forms=tuple(FORMS))


async def export(visit: Visit) -> Response:
    """The whole trail as a file, from its first record on."""
    media_type, on = form_in(visit), await seen(visit)
    records = visit.parts.queries.whole_trail(f"application/{on.id}", TrailFilter(), newest=False)
    return await beginning.begun(
        visit.request, records, media_type, f"trail-{on.id}", language=visit.language
    )


ROUTES = (
    page("/applications/{id}/trail", show),
    page("/applications/{id}/trail.{form}", export, reads=READ),
)


async def _checked(visit: Visit, application: str) -> Findings:
    at = now()
    log = await visit.parts.proofs.check(f"application/{application}")
    chain = await visit.parts.queries.verify(application, log)
    if chain is None:
        raise visit.nothing()
    return Findings(at, chain, await log.verdict())
