"""Which Host headers are answered: this machine's names only, so that no web page that a user
visits can reach the service through a name of its own (DNS rebinding).
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problems, answer
from api.settings import is_loopback


class OwnHosts:
    """Refuses requests for foreign hosts (421, RFC 9110 section 15.5.20)."""

    def __init__(self, app: ASGIApp, problems: Problems) -> None:
        self._app = app
        self._problems = problems
        self._known: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is meant for this machine."""
        if scope["type"] == "http" and not self._is_own(scope):
            await answer(self._problems.of_fault("foreign-host"))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        host: bytes = hosts[0]
        if host in self._known:
            return True
        name = host.decode("latin-1")
        name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
        if not is_loopback(name):
            return False
        if len(self._known) < 64:
            self._known.add(host)
        return True
