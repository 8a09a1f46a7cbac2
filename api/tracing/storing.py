"""The store, looked on: a span for each commit of a traced request, and one for the script call in
which it went out with others.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)

from api.tracing.sending import Commits
from workflow.store import Commit, Loaded, Outcome, Store
from workflow.store import link as wire
from workflow.store.group import Chunk

EXPECTED = 4_096
"""Decisions that are remembered until they are committed. What is never committed, such as a
rehearsal, gives way.
"""


class TracedStore(Store):
    """The store, with a span for what takes time in it."""

    def __init__(self, tracer: Tracer, made: Commits, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._tracer: Final = tracer
        self._made: Final = made
        self._expected: Final[OrderedDict[tuple[str, bytes], Context]] = OrderedDict()
        self._spans: Final[dict[int, Span]] = {}

    def expect(self, subject: str, event: bytes, context: Context) -> None:
        """Let the commit of this event be a part of this request, whoever sends it."""
        self._expected[subject, event] = context
        if len(self._expected) > EXPECTED:
            self._expected.popitem(last=False)

    async def load(self, subject: str, event: bytes) -> Loaded:
        if not get_current_span().is_recording():
            return await super().load(subject, event)
        with self._tracer.start_as_current_span("load"):
            return await super().load(subject, event)

    def commit(self, commits: Sequence[Commit]) -> Awaitable[list[Outcome]]:
        spans = [self._begin(commit) for commit in commits]
        answer = super().commit(commits)
        if not any(spans):
            return answer
        task = asyncio.ensure_future(answer)
        task.add_done_callback(partial(self._end, commits, spans))
        return task

    async def _send_group(self, link: wire.Link, group: Sequence[Chunk]) -> list[list[Outcome]]:
        """It is part of the first trace in the group; the others link to it, and it to them."""
        commits = [commit for chunk in group for commit in chunk.commits]
        found = (self._spans.get(id(commit)) for commit in commits)
        spans = [span for span in found if span is not None and span.is_recording()]
        if not spans:
            return await super()._send_group(link, group)
        first, *others = spans
        with self._tracer.start_as_current_span(
            "commit group",
            context=set_span_in_context(first),
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "redis", "db.operation.batch.size": len(commits)},
            links=[Link(span.get_span_context()) for span in others],
        ) as whole:
            for span in others:
                span.add_link(whole.get_span_context())
            return await super()._send_group(link, group)

    def _begin(self, commit: Commit) -> Span | None:
        context = self._expected.pop((commit.subject, commit.event), None)
        if context is None:
            return None
        span = self._tracer.start_span(
            "commit",
            context,
            attributes={"clearance.subject": commit.subject, "clearance.seq": commit.expected + 1},
        )
        self._spans[id(commit)] = span
        self._made.note(commit.subject, commit.expected + 1, span.get_span_context())
        return span

    def _end(
        self,
        commits: Sequence[Commit],
        spans: Sequence[Span | None],
        answer: "asyncio.Future[list[Outcome]]",
    ) -> None:
        fault = None if answer.cancelled() else answer.exception()
        failed = answer.cancelled() or fault is not None
        told = ["failed"] * len(commits) if failed else map(_named, answer.result())
        for commit, span, outcome in zip(commits, spans, told, strict=True):
            if span is not None:
                del self._spans[id(commit)]
                span.set_attribute("clearance.outcome", outcome)
                if failed:
                    span.set_status(StatusCode.ERROR, type(fault).__name__)
                span.end()


def _named(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()
