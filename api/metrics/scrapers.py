"""Who is told the metrics without being anybody."""

from hmac import compare_digest
from typing import Final

from starlette.types import Scope

from api.settings import Metrics

PATH: Final = "/metrics"


class Scrapers:
    """Whoever the settings name: everybody, or who bears the token, which is good for nothing
    else. Anybody else is asked for a credential.
    """

    def __init__(self, settings: Metrics) -> None:
        self._public: Final = settings.public
        self._bearing: Final = None if settings.token is None else f"Bearer {settings.token}"

    def lets_in(self, scope: Scope) -> bool:
        """Whether a request is one for the metrics by one of these."""
        if scope["path"] != PATH:
            return False
        if self._public or self._bearing is None:
            return self._public
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        return len(given) == 1 and compare_digest(given[0], self._bearing.encode())
