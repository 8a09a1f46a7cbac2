"""One service in this process, from its settings to its orderly end."""

import asyncio
import errno
import logging
import os
import re
import signal
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from api import collector, lines, operator_key
from api.address import published
from api.app import create_app, entrance_of, lasting_of
from api.database import UnsafeServer
from api.key_files import Unwritable
from api.listening import listen
from api.log_start import LogUnfit
from api.server import Server
from api.settings import Settings
from api.stop import UNUSABLE, Departed, Stop
from api.workers import Workers
from workflow.procedures import ProcedureError
from workflow.registry import RulesMissing
from workflow.service import Service
from workflow.store import FolderInUse, StoreFault, connect

logger = logging.getLogger(__name__)

Beside = Callable[[FastAPI], Awaitable[None]]
"""What runs beside the service as soon as it answers."""

Loops = Callable[[], asyncio.AbstractEventLoop]


def run(settings: Settings, beside: Beside) -> None:
    """Serve until SIGINT or SIGTERM; what was taken in is finished. Raises Stop."""
    lines.begin(settings.observing)
    if settings.redis_url is None:
        _prepare(settings.data)
    else:
        _understand(settings.redis_url, settings.redis_ca)
    listener = listen(settings)
    with listener:
        settings = replace(settings, port=listener.getsockname()[1])
        app = create_app(settings)
        if settings.bounds.workers > 1:
            answer(Workers(app), app, listener, beside)
        else:
            server = Server(entrance_of(app), settings, lambda: lasting_of(app).end())
            answer(server, app, listener, beside, server.config.get_loop_factory())


def answer(
    server: Server | Workers,
    app: FastAPI,
    listener: socket.socket,
    beside: Beside,
    loops: Loops | None = None,
) -> None:
    """The same on a socket that is there already, in a loop of this kind."""
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(_serve(server, app, listener, lambda: beside(app)))


async def announce(app: FastAPI) -> None:
    """Say where the service is; and the operator's key, this once."""
    settings: Settings = app.state.settings
    print(ready_line(settings), flush=True)
    key: str | None = app.state.operator_key
    if key is not None:
        kept = settings.data / operator_key.NAME
        print(f"the operator's key, shown this once and kept in {kept}: {key}", flush=True)


async def announce_reset(app: FastAPI) -> None:
    """Give the operator's credential a new key in place of a lost one, then as above. On a first
    start there is none to replace. Raises Stop.
    """
    if app.state.operator_key is None:
        credentials, folder = app.state.parts.credentials, app.state.settings.data
        key = credentials.new_key()
        operator_key.keep(folder, key)
        refused = await credentials.reset_operator(key)
        if refused is not None:
            operator_key.drop(folder, key)
            raise Stop(f"the operator's key stays as it is: {refused.decisive.code}.")
        app.state.operator_key = key
    await announce(app)


def ready_line(settings: Settings) -> str:
    """Where the service answers, where its data is, and what an acknowledgement is worth."""
    return (
        f"clearance is ready at {address(settings)}, data in {_data(settings)}, "
        f"durability {settings.durability}"
    )


def address(settings: Settings) -> str:
    """Where the service listens, whatever others call it."""
    return settings.listening


async def _serve(
    server: Server | Workers,
    app: FastAPI,
    listener: socket.socket,
    beside: Callable[[], Awaitable[None]],
) -> None:
    """The store is opened before the first answer and closed after the last one."""
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)
    company = asyncio.create_task(_accompany(server, beside))
    try:
        async with app.router.lifespan_context(app):
            for finding in app.state.parts.findings:
                logger.warning("durability relaxed: %s", finding)
            collector.calm()
            with published(app.state.settings.data, address(app.state.settings)):
                await _serve_until_departed(server, app.state.parts.service, listener)
    except UnsafeServer as unsafe:
        raise Stop(_advice(unsafe)) from unsafe
    except FolderInUse as fault:
        raise Stop(f"{fault} Choose another one with --data.") from fault
    except ProcedureError as error:
        raise Stop(f"the procedures cannot be used:\n{error}", UNUSABLE) from error
    except RulesMissing as missing:
        raise Departed(str(missing)) from missing
    except (LogUnfit, StoreFault, Unwritable) as fault:
        raise Stop(str(fault)) from fault
    finally:
        company.cancel()
        await asyncio.wait([company])
    if not company.cancelled():
        company.result()


async def _serve_until_departed(
    server: Server | Workers, service: Service, listener: socket.socket
) -> None:
    """Serve until told to end; or until rules turn out to be others than those that were
    published. Raises Departed.
    """

    async def end() -> None:
        await service.departed.wait()
        server.should_exit = True

    ending = asyncio.create_task(end())
    try:
        await server.serve([listener])
    finally:
        ending.cancel()
    if service.departed.is_set():
        raise Departed


async def _accompany(server: Server | Workers, beside: Callable[[], Awaitable[None]]) -> None:
    """What goes wrong beside a service ends it; beside one that ends already it is no wonder."""
    await server.ready.wait()
    try:
        await beside()
    except Exception:
        if not server.should_exit:
            server.should_exit = True
            raise


def _prepare(folder: Path) -> None:
    """Make the data folder, and see that it can be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = None if os.access(folder, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
    except FileExistsError:
        told = os.strerror(errno.ENOTDIR)
    except OSError as error:
        told = error.strerror
    if told is not None:
        raise Stop(f"the data folder {folder} cannot be used: {told}; choose one with --data.")


def _understand(url: str, authority: Path | None) -> None:
    try:
        connect(url, authority)
    except ValueError as error:
        raise Stop(f"--redis {_without_password(url)}: {error}", UNUSABLE) from error
    except OSError as error:
        told = f"the certificates in {authority} cannot be used: {error.strerror or error}."
        raise Stop(told, UNUSABLE) from error


def _advice(unsafe: UnsafeServer) -> str:
    findings = "\n".join(f"  - {finding}" for finding in unsafe.findings)
    return (
        f"the server fails the checks that durability strict makes:\n{findings}\n"
        "With --durability relaxed it is used all the same, and acknowledged events may be lost."
    )


def _data(settings: Settings) -> str:
    if settings.redis_url is None:
        return str(settings.data)
    return _without_password(settings.redis_url)


def _without_password(url: str) -> str:
    """It may stand before the host, whatever is in it, or among what follows a question mark."""
    return re.sub(r"//.*@", "//", url, flags=re.DOTALL).partition("?")[0]
