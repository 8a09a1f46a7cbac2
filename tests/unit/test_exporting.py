"""Where spans go: nobody waits for a collector that is away."""

import asyncio
import logging
import socket

import pytest

from api.tracing import exporting

PATIENCE = 4.0
"""Seconds, fewer than the exporter goes on trying for."""


async def test_a_collector_that_is_away_holds_up_no_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(exporting, "LEAVING", 0.05)
    with socket.socket() as nobody, caplog.at_level(logging.WARNING):
        nobody.bind(("127.0.0.1", 0))  # without listening
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        async with asyncio.timeout(PATIENCE):
            async with exporting.Exporting() as exported:
                exported.provider.get_tracer("test").start_span("lost").end()
    assert not [one for one in caplog.records if one.levelno < logging.ERROR]
