"""Which requests are answered: those that call the service by one of its names, so that no web
page that a user visits can reach it through a name of its own (DNS rebinding).
"""

import re
from collections.abc import Iterable

from api.settings import is_loopback

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+?)\.?)(?::[0-9]{1,5})?")

FIELDS_LIMIT = 64 * 1024
"""Bytes of all header fields together."""

KNOWN = 64
"""Host headers that are remembered as the service's own."""


class OwnHosts:
    """Knows the names of the service: those of the loopback, and what the settings add."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)
        self._known: set[bytes] = set()

    def refusal(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """The problem code of a request for a foreign host (421, RFC 9110 section 15.5.20), or
        with too large header fields (431, RFC 6585 section 5).
        """
        hosts, size = [], 0
        for name, value in headers:
            size += len(name) + len(value)
            if name == b"host":
                hosts.append(value)
        if size > FIELDS_LIMIT:
            return "headers-too-large"
        return None if len(hosts) == 1 and self._is_own(hosts[0]) else "foreign-host"

    def _is_own(self, host: bytes) -> bool:
        if host in self._known:
            return True
        named = _HOST.fullmatch(host.decode("latin-1"))
        if named is None:
            return False
        name = (named["v6"] or named["name"]).lower()
        if name not in self._names and not is_loopback(name):
            return False
        if len(self._known) < KNOWN:
            self._known.add(host)
        return True
