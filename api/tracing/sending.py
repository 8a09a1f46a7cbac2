"""What sends deliveries, looked on: a span for each try, which is a trace of its own. It links to
the commit of the record that it tells of, where this process made that not long ago.
"""

from collections import OrderedDict
from typing import Any, Final

from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, Tracer
from starlette.datastructures import URL

from api.webhooks.sending import HttpSender
from workflow.webhooks import Answer, Message

REMEMBERED = 4_096
"""Commits that are remembered."""


class Commits:
    """The spans of the last commits of applications, by what deliveries of them are called."""

    def __init__(self) -> None:
        self._spans: Final[OrderedDict[str, SpanContext]] = OrderedDict()

    def note(self, subject: str, seq: int, span: SpanContext) -> None:
        """A record is being committed."""
        self._spans[f"msg_{subject.removeprefix('application/')}_{seq}"] = span
        if len(self._spans) > REMEMBERED:
            self._spans.popitem(last=False)

    def of(self, delivery: str) -> list[Link]:
        """What a delivery links to; behind the seq in its name stands a mark of the record."""
        span = self._spans.get("_".join(delivery.split("_")[:3]))
        return [] if span is None else [Link(span)]


class TracedSender(HttpSender):
    """Sends, with a span for each delivery. Of its address only the host is told: the rest may be
    a secret.
    """

    def __init__(self, tracer: Tracer, commits: Commits, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._tracer: Final = tracer
        self._commits: Final = commits

    async def send(self, message: Message) -> Answer:
        with self._tracer.start_as_current_span(
            "deliver",
            kind=SpanKind.CLIENT,
            attributes={
                "clearance.delivery": message.id,
                "server.address": URL(message.url).hostname or "",
            },
            links=self._commits.of(message.id),
        ) as span:
            answer = await super().send(message)
            if answer.status is not None:
                span.set_attribute("http.response.status_code", answer.status)
            if not answer.taken:
                span.set_status(StatusCode.ERROR, answer.error or "status")
            return answer
