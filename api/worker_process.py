"""One of several processes that answer on a socket which their parent made (api/workers.py)."""

import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

from api import collector

if TYPE_CHECKING:
    from fastapi import FastAPI

STDIN = 0


def main() -> int:
    """Serve until SIGTERM, or until the parent is gone; the code for the parent."""
    collector.wait()  # it would look at all that is imported here
    from api import lines, serve  # noqa: PLC0415
    from api.app import create_app, entrance_of, lasting_of  # noqa: PLC0415
    from api.server import Server  # noqa: PLC0415
    from api.stop import Departed, Stop  # noqa: PLC0415
    from api.workers import DEPARTED, HANDED  # noqa: PLC0415

    settings, written = HANDED.validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    lines.begin(settings.observing)
    app = create_app(settings, written)
    server = Server(entrance_of(app), settings, lambda: lasting_of(app).end())
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        try:
            serve.answer(server, app, listener, _announce, server.config.get_loop_factory())
        except Stop as stop:
            print(f"clearance: {stop}", file=sys.stderr)
            return DEPARTED if isinstance(stop, Departed) else stop.code
    return 0


async def _announce(_app: "FastAPI") -> None:
    """Tell the parent that this process answers."""
    print("ready", flush=True)


def _end_with_parent() -> None:
    """End with the pipe that the parent holds, at once: whatever was acknowledged is recorded. A
    thread sees it also while the loop is busy.
    """
    try:
        os.read(STDIN, 1)
    finally:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
