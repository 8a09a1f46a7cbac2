"""The service itself: whether it answers, where it should."""

import socket
from collections.abc import AsyncIterator

import httpx

from api import address
from api.doctor.finding import Finding, doubtful, well, wrong
from api.settings import Settings

PATIENCE = 5.0
"""Seconds in which an address must answer."""


async def of_service(settings: Settings, found: str | None) -> AsyncIterator[Finding]:
    """What the service that runs here says of itself; where none does, whether one could."""
    if found is None:
        taken = _taken(settings)
        if taken is not None:
            yield wrong("port-taken", port=settings.port, host=settings.host, why=taken)
        else:
            yield doubtful("service-silent", folder=settings.data)
        return
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        async for finding in _ready(client, found):
            yield finding
        if settings.public_url is not None:
            async for finding in _public(client, settings.public_url):
                yield finding


def running(settings: Settings) -> str | None:
    """Where the service of the data folder answers; None where none runs."""
    return address.found_in(settings.data)


async def _ready(client: httpx.AsyncClient, url: str) -> AsyncIterator[Finding]:
    try:
        answer = await client.get(f"{url}/readyz")
        body = answer.json()
        findings = [] if answer.is_success else [str(body["code"])]
        findings += [str(one) for one in body.get("findings", ())]
    except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
        yield wrong("service-stuck", url=url, why=error)
        return
    for one in findings:
        yield wrong("service-not-ready", url=url, why=one)
    if not findings:
        yield well("service-ready", url=url)


async def _public(client: httpx.AsyncClient, url: str) -> AsyncIterator[Finding]:
    try:
        answer = await client.get(f"{url.rstrip('/')}/healthz", follow_redirects=False)
        told = None if answer.is_success else f"HTTP {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        told = str(error) or type(error).__name__
    if told is not None:
        yield doubtful("public-url-silent", url=url, why=told)


def _taken(settings: Settings) -> str | None:
    """Why the service could not listen; None where it could."""
    host = "127.0.0.1" if settings.host == "localhost" else settings.host
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, settings.port))
        except OSError as error:
            return error.strerror or str(error)
    return None
