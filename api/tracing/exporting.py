"""Where spans go: to the collector that the environment names, in batches, beside the service."""

import asyncio
import logging
from functools import partial
from importlib.metadata import version
from typing import Final, Self

from fastapi import FastAPI
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Scope

from api.security_log import PATH_SHOWN, without_secrets
from api.tracing.deciding import TracedService
from api.tracing.sending import Commits, TracedSender
from api.tracing.storing import TracedStore

LEAVING = 2.0
"""Seconds that the last spans are given to leave."""

UNSEEN = "/sign-in"
"""Below it addresses hold secrets: the token of a link, the code of a provider."""


class WithoutSecrets(SpanProcessor):
    """Nothing of an address that may be a secret leaves with it; of a query, in which people search
    for names, only that there was one.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        sent = span.attributes or {}
        if "url.path" in sent:
            span.set_attribute("url.path", without_secrets(str(sent["url.path"]))[:PATH_SHOWN])
        if "url.query" in sent:
            span.set_attribute("url.query", "...")


class Exporting:
    """The spans of this process. Endpoint, headers, sampler, names and bounds are those of the
    `OTEL_*` variables; a collector that is away costs spans, and nothing else.
    """

    def __init__(self) -> None:
        own = {SERVICE_NAME: "clearance", SERVICE_VERSION: version("clearance")}
        told = OTELResourceDetector().detect().attributes  # goes before what it says of itself
        self.provider: Final = TracerProvider(
            resource=Resource.create({**own, **told}), shutdown_on_exit=False
        )
        self.provider.add_span_processor(WithoutSecrets())
        self._exporter: Final = OTLPSpanExporter()
        self.provider.add_span_processor(BatchSpanProcessor(self._exporter))
        # One line for spans that were lost, none for each try to send them.
        logging.getLogger(OTLPSpanExporter.__module__).setLevel(logging.ERROR)
        tracer = self.provider.get_tracer("clearance", version("clearance"))
        made = Commits()
        self.store: Final = partial(TracedStore, tracer, made)
        self.service: Final = partial(TracedService, tracer)
        self.sender: Final = partial(TracedSender, tracer, made)

    def over(self, entrance: ASGIApp) -> ASGIApp:
        """The framework makes a span of every request before anything looks at it, so that those
        who are turned away have one too. What it calls then makes none of its own.
        """

        def instead(_never: ASGIApp) -> ASGIApp:
            return entrance

        return FastAPI(
            openapi_url=None,
            middleware=[Middleware(instead)],
            telemetry={
                "tracer_provider": self.provider,
                "metrics": False,
                "logs": False,
                "operation_spans": False,
                "exclude": _unseen,
            },
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what is left; a collector that is away is not waited for."""
        leaving = asyncio.create_task(asyncio.to_thread(self.provider.shutdown))
        await asyncio.wait([leaving], timeout=LEAVING)
        if not leaving.done():
            await asyncio.to_thread(self._exporter.shutdown)  # it wakes from waiting for a try
        await leaving


def _unseen(scope: Scope) -> bool:
    return bool(scope["path"].startswith(UNSEEN))
