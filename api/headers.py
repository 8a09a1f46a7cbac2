"""What every answer tells a browser: that nothing of it is to be framed, guessed at or kept."""

from collections.abc import Iterable

from starlette.types import Message, Send

from api.settings import Settings

Pair = tuple[bytes, bytes]

PAIRS: tuple[Pair, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""Where the answer does not say otherwise (OWASP Secure Headers Project)."""

HTTPS_ONLY: Pair = (b"strict-transport-security", b"max-age=31536000")
"""A year (RFC 6797). Other hosts below the name are not this service's to speak for."""


class SecurityHeaders:
    """Adds to the header fields of answers."""

    def __init__(self, settings: Settings) -> None:
        secure = settings.origin.startswith("https:")
        self.pairs = (*PAIRS, HTTPS_ONLY) if secure else PAIRS

    def added(self, given: Iterable[Pair]) -> list[Pair]:
        """The header fields of an answer, whose names are in lower case, with ours."""
        all_of = list(given)
        names = {name for name, _ in all_of}
        all_of += [pair for pair in self.pairs if pair[0] not in names]
        return all_of

    def guard(self, send: Send, more: Iterable[Pair] = ()) -> Send:
        """The way out for an answer, which gets these fields and `more`."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self.added([*message.get("headers", ()), *more])
            await send(message)

        return guarded
