"""A receiver of webhooks: a real HTTP server, which keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import NamedTuple

PATIENCE = 10.0


class Got(NamedTuple):
    """A request as it came; the names of its header fields in lower case."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers with `statuses`, one after the other, then with 204."""

    def __init__(self, *statuses: int) -> None:
        self._got: Queue[Got] = Queue()
        receiver, left = self, list(statuses)

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(left.pop(0) if left else 204)
                self.end_headers()
                receiver._got.put(Got(headers, body))

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def next(self) -> Got:
        """What comes next, and has not been looked at."""
        return self._got.get(timeout=PATIENCE)

    @contextmanager
    def receiving(self) -> Iterator["Receiver"]:
        thread = Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
