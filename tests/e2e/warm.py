"""The command without its start: a process that has imported all of it forks for each run.

A run is a process of its own still, with arguments, folder, environment and streams of its own.
How the command starts from nothing is for those tests that start it themselves.
"""

import atexit
import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile

CLEARANCE = str(Path(sys.executable).with_name("clearance"))
PATIENCE = 30.0  # seconds
LONGEST = 200_000  # bytes of a request
LATE = ("typer.rich_utils", "httpcore", "anyio._backends._asyncio", "api.serve", "api.work")
"""What the command and its libraries import only when it is used."""


def outcome(
    *arguments: str | Path,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    given: bytes | None = None,
) -> subprocess.CompletedProcess[str]:
    """What `clearance` with these arguments comes to, with the folder and the environment of the
    tests unless others are named.
    """
    words = [str(argument) for argument in arguments]
    place = str(folder or Path.cwd())
    surroundings = dict(os.environ if environment is None else environment)
    asked = json.dumps([words, place, surroundings]).encode()
    with TemporaryFile() as source, TemporaryFile() as out, TemporaryFile() as errors:
        source.write(given or b"")
        source.seek(0)
        streams = [source.fileno(), out.fileno(), errors.fileno()]
        asking = _warm()
        socket.send_fds(asking, [asked], streams)
        code = json.loads(asking.recv(LONGEST))
        out.seek(0)
        errors.seek(0)
        told = out.read().decode(), errors.read().decode()
    return subprocess.CompletedProcess([CLEARANCE, *words], code, *told)


@cache
def _warm() -> socket.socket:
    """Where to ask the process that forks, which ends with this one, as does a run that hangs."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(PATIENCE)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import wait; wait({theirs.fileno()})"],
            pass_fds=(theirs.fileno(),),
            process_group=0,
            env=os.environ | {"LANG": "C.UTF-8"},
        )

    def end() -> None:
        ours.close()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    atexit.register(end)
    return ours


def wait(number: int) -> None:
    """Fork for each request that comes in here; a run ends as the command does."""
    package = import_module("api.cli")
    own = (module.name for module in pkgutil.iter_modules(package.__path__, "api.cli."))
    for name in (*own, *LATE):
        import_module(name)
    gc.collect()
    gc.freeze()  # what a run does not look at, it need not copy
    with socket.socket(fileno=number) as asking:
        while True:
            asked, streams, _, _ = socket.recv_fds(asking, LONGEST, 3)
            if not asked:
                return
            run = os.fork()
            if not run:
                break
            for stream in streams:
                os.close(stream)
            _, status = os.waitpid(run, 0)
            asking.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())
    _become(streams, *json.loads(asked))
    package.main()


def _become(
    streams: list[int], arguments: list[str], folder: str, environment: dict[str, str]
) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [CLEARANCE, *arguments]
