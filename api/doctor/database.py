"""The server with the data, and whether the log and the timers keep up with it."""

import asyncio
import time
from collections.abc import AsyncIterator

from api.address import found_in
from api.archive import reading
from api.doctor.finding import Finding, doubtful, well, wrong
from api.log_start import keys_of
from api.readiness import PATIENCE
from api.settings import Settings
from workflow.anchor import Apart, Behind, compare
from workflow.catalog import Catalog
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import State
from workflow.log.tree import LogReader
from workflow.procedures import ProcedureError, load_served
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.unsound import Unsound
from workflow.registry import RulesMissing
from workflow.service import Service
from workflow.store import EmbeddedServer, Store, StoreFault, check_server, connect, server_clock
from workflow.wholeness import check_newest

SKEW = 2.0
"""Seconds that the clocks of this host and the server may be apart: times of records come from the
one, those of the journal from the other.
"""

NEWEST = 1_000
"""Entries of the log that are looked at."""

LOOKS, PAUSE = 50, 0.1
"""Looks, and seconds between two, in which the log comes to what the database had."""


async def of_server(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the server can be reached, keeps what it acknowledges, and tells the time."""
    url = url_of(settings)
    if url is None:
        yield doubtful("server-not-running", folder=settings.data)
        return
    try:
        client = connect(url, settings.redis_ca)
    except (ValueError, OSError) as error:
        yield wrong("server-address", why=error)
        return
    try:
        findings = await check_server(client)
        for one in findings:
            yield wrong("server", check=one.check, found=one.found, remedy=one.remedy)
        clock = await server_clock(client)
    finally:
        await client.aclose()
    if clock is not None and abs(clock - time.time()) > SKEW:
        yield wrong("clock-skew", seconds=round(abs(clock - time.time())))
    if not findings:
        yield well("server-safe")


async def of_log(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the log is signed by its own key, and is of this database."""
    directory, keys = LogDirectory(settings.log_directory), keys_of(settings)
    try:
        raw = directory.checkpoint()
        if raw is None:
            yield doubtful("log-not-begun", folder=directory.path)
            return
        checkpoint, _ = open_checkpoint(raw, keys.public())
        if settings.log.sequence:
            keys.check(raw)
        if settings.log.sequence and keys.present() is None:
            yield wrong("log-key-missing", folder=settings.data)
        finding = directory.finding()
    except Unsound as error:
        yield wrong("log-key-foreign", folder=settings.data, why=error)
        return
    except (Damaged, OSError) as error:
        yield wrong("log-damaged", why=error)
        return
    if finding is not None:
        yield wrong("log-stopped", why=finding)
    yield well("log-signed", origin=checkpoint.origin, size=checkpoint.size)
    try:
        looked = check_newest(directory, State(checkpoint.size, checkpoint.root), NEWEST)
    except (Damaged, Unsound, OSError) as error:
        yield wrong("log-damaged", why=error)
    else:
        yield well("log-newest", looked=looked, size=checkpoint.size)


async def of_both(settings: Settings, *, runs: bool) -> AsyncIterator[Finding]:
    """Whether database and log belong together, and the one keeps up with the other; and whether
    anybody attends to what is due. Where no service runs, what waits is no wonder.
    """
    url, log = url_of(settings), LogReader(settings.log_directory)
    if url is None:
        return
    try:
        store = Store(connect(url, settings.redis_ca), archived=reading(log))
    except (ValueError, OSError):
        return  # told of the server already
    try:  # it is not opened: that would create a database where there is none
        async for finding in _together(settings, store):
            yield finding
        async for finding in _published(settings, store):
            yield finding
        if runs:
            async for finding in _kept_up(store, log):
                yield finding
    except StoreFault:
        return
    finally:
        await store.close()


async def _together(settings: Settings, store: Store) -> AsyncIterator[Finding]:
    directory = LogDirectory(settings.log_directory)
    try:
        await compare(store, directory)
    except Behind as behind:
        yield wrong("log-behind-database", why=behind)
    except Apart as apart:
        yield wrong("log-apart", why=apart)
    except (Damaged, Unsound) as damaged:
        yield wrong("log-damaged", why=damaged)
    else:
        if directory.signed().size:
            yield well("log-fits")


async def _published(settings: Settings, store: Store) -> AsyncIterator[Finding]:
    """Whether the procedures here are those that applications rest on."""
    found, _ = await store.listing.page("procedure", (), 1, None)
    if not found:
        return
    try:
        catalog = Catalog(load_served(settings.procedures).values())
        await store.open()
        await Service(store, catalog).check_published()
    except (ProcedureError, OSError):
        return  # told of the procedures already
    except RulesMissing as missing:
        yield wrong("rules-departed", why=", ".join(missing.departures))


async def _kept_up(store: Store, log: LogReader) -> AsyncIterator[Finding]:
    committed, covered = sum(await store.feeds.last()), log.size
    for _ in range(LOOKS):
        if covered >= committed:
            break
        await asyncio.sleep(PAUSE)
        covered = log.size
    if covered < committed:
        yield wrong("log-behind", covered=covered, committed=committed)
    late = await store.due("application", int((time.time() - PATIENCE) * 1_000), 100)
    if late:
        yield wrong("timers-late", count=len(late))


def url_of(settings: Settings) -> str | None:
    """Where the server is; None for an embedded one that does not run. What its service left behind
    when it was killed is no server.
    """
    if settings.redis_url is not None:
        return settings.redis_url
    return None if found_in(settings.data) is None else EmbeddedServer(settings.data).url
