"""The service, looked on: a span for each decision, in the trace of the request that asked for it,
whoever made it; or of the timer or the link that brought it about.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, ParamSpec

from opentelemetry.context import Context, get_current
from opentelemetry.trace import Span, Tracer, get_current_span

from api.journal import NotingService
from api.tracing.storing import TracedStore
from workflow.desk import Waiting
from workflow.domain.act import Linked, Posting
from workflow.domain.record import Decision
from workflow.domain.refusals import Refused
from workflow.registry import Outcome, Precondition, Rule

Given = ParamSpec("Given")
Verdict = Decision | Refused


class TracedService(NotingService):
    """The use cases, with a span for each decision."""

    def __init__(self, tracer: Tracer, store: TracedStore, *others: Any) -> None:
        super().__init__(store, *others)
        self._tracer: Final = tracer
        self._traced: Final = store

    async def fire(self, application: str, kind: str, key: str, effective_at: str) -> Outcome:
        with self._begun("fire", application, kind):
            return await super().fire(application, kind, key, effective_at)

    async def tell(
        self, application: str, kind: str, key: str, effective_at: str, linked: Linked
    ) -> Outcome:
        with self._begun("tell", application, kind):
            return await super().tell(application, kind, key, effective_at, linked)

    def _begun(self, name: str, application: str, kind: str) -> AbstractContextManager[Span]:
        """A trace of what nobody asked for: what time or another application brings about."""
        attributes = {"clearance.subject": f"application/{application}", "clearance.event": kind}
        return self._tracer.start_as_current_span(name, attributes=attributes)

    def _waiting(
        self,
        posting: Posting,
        rule: Rule,
        precondition: Precondition | None = None,
        batch: set[str] | None = None,
    ) -> Waiting:
        waiting = super()._waiting(posting, rule, precondition, batch)
        if get_current_span().is_recording():
            waiting.decide = self._looked_on(waiting.decide, waiting, posting, get_current())
        return waiting

    def _on_application(
        self,
        posting: Posting,
        precondition: Precondition | None = None,
        batch: set[str] | None = None,
    ) -> Waiting:
        waiting = super()._on_application(posting, precondition, batch)
        if waiting.recall is not None and get_current_span().is_recording():
            waiting.recall = self._looked_on(waiting.recall, waiting, posting, get_current())
        return waiting

    def _looked_on(
        self,
        decide: Callable[Given, Verdict],
        waiting: Waiting,
        posting: Posting,
        context: Context,
    ) -> Callable[Given, Verdict]:
        attributes = {"clearance.subject": posting.subject, "clearance.event": posting.event.type}

        def decided(*given: Given.args, **named: Given.kwargs) -> Verdict:
            with self._tracer.start_as_current_span(
                "decide", context=context, attributes=attributes
            ) as span:
                verdict = decide(*given, **named)
                told = "accepted" if isinstance(verdict, Decision) else verdict.decisive.code
                span.set_attribute("clearance.verdict", told)
            if isinstance(verdict, Decision):
                self._traced.expect(waiting.subject, waiting.event, context)
            return verdict

        return decided
