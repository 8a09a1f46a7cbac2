"""What is written down of those who were turned away: the log `clearance.security`.

One line each, named for its kind, with fields; `api/lines.py` writes it so that nobody can begin a
line of their own or move a terminal's cursor (OWASP ASVS 5.0, 16.4.1). No secret is in it: of a
credential its id, and of an address nothing that is long enough to be one. Of each kind an address
gets as many lines as it has wrong attempts, and all of them together LINES a second, so that a
flood does not fill the log.
"""

import logging
import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from starlette.types import Scope

from api.auth import PLACE, address_of
from api.limits import LONGEST, Buckets, origin_of
from api.lines import TOLD
from api.settings import Bounds
from workflow.domain.apikey import PREFIX
from workflow.domain.principal import Principal
from workflow.webhooks.subscriptions import SECRET_PREFIX

KINDS = {401: "wrong-credential", 403: "refused", 429: "throttled"}
"""By the status of the answer."""

LINES = 10
"""Lines a second, of all addresses together."""

AT_ONCE = 600
"""Lines that may come at once."""

PATH_SHOWN = 200
"""Characters of a path."""

_SECRET = re.compile(rf"{SECRET_PREFIX}\S*|[\w-]{{40,}}")
"""Every secret of the service is that long; ids that the service makes are shorter. A webhook's has
slashes in it, but begins in its own way.
"""

_NAMED = re.compile(rf"(?:Bearer +)?{PREFIX}_([a-z0-9]{{1,16}})_", re.IGNORECASE)

logger = logging.getLogger("clearance.security")


class SecurityLog:
    """Writes down who was turned away, by the status of the answer."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lines = Buckets(bounds.attempts / 60, bounds.attempts)
        self._all = Buckets(LINES, AT_ONCE)
        self._left_out = 0

    def note(self, scope: Scope, status: int) -> None:
        """Write an answer down if it turned somebody away. Who shows no credential at all has
        not tried one.
        """
        if status not in KINDS:
            return
        shown = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        if status == 401 and shown is None and not scope["path"].startswith("/sign-in"):
            return
        if self._has_room(f"{status} {origin_of(address_of(scope))}"):
            told = _told(scope, shown)
            if self._left_out:
                told["left_out_before"], self._left_out = self._left_out, 0
            logger.warning(KINDS[status], extra={TOLD: told})

    def _has_room(self, key: str) -> bool:
        now = self._clock()
        for buckets, one in ((self._lines, key), (self._all, "")):
            if buckets.tokens(one, now) < 1:
                self._left_out += 1
                return False
        self._lines.take(key, 1, now)
        self._all.take("", 1, now)
        return True


def _told(scope: Scope, shown: bytes | None) -> dict[str, Any]:
    """Who, from where, and what they wanted."""
    principal: Principal | None = scope.get(PLACE)
    named = credential_named(shown.decode("latin-1")) if principal is None and shown else None
    return {
        "address": address_of(scope)[:LONGEST],
        "principal": None if principal is None else principal.identity,
        "credential": named if principal is None else principal.credential,
        "method": scope["method"],
        "path": without_secrets(scope["path"])[:PATH_SHOWN],
    }


def without_secrets(text: str) -> str:
    """A text that somebody sent, without anything that may be a secret."""
    return _SECRET.sub("...", text)


def credential_named(shown: str) -> str | None:
    """The id of the key that is shown as a Bearer, or typed in; None where it names none."""
    named = _NAMED.match(shown)
    return named[1] if named else None
