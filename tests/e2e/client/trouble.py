"""The way between a client and the real service, and what may go wrong on it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

Trouble = Callable[[httpx.Request], httpx.Response | None]
"""What happens to a request instead of being sent: an answer or an exception; None: nothing."""


class Troubled(httpx.AsyncBaseTransport):
    """Sends requests to the real service. `before` holds what befalls the next requests, one
    each; `after` is done to the content of every answer; `seen` remembers requests.
    """

    def __init__(self) -> None:
        self.before: list[Trouble] = []
        self.after: Callable[[bytes], bytes] | None = None
        self.lose_answer_of: set[int] = set()
        self.seen: list[httpx.Request] = []
        self.answers: list[httpx.Response] = []
        self._real = httpx.AsyncHTTPTransport()

    @property
    def keys(self) -> list[str | None]:
        """The idempotency keys of what was sent, in order."""
        return [request.headers.get("Idempotency-Key") for request in self.seen]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.before.pop(0)(request) if self.before else None
        if answer is not None:
            return answer
        real = await self._real.handle_async_request(request)
        content = await real.aread()
        whole = httpx.Response(real.status_code, headers=real.headers, content=content)
        whole.request = request
        self.answers.append(whole)
        if len(self.seen) in self.lose_answer_of:
            raise httpx.ReadError("the connection broke")
        if self.after is None:
            return whole
        return httpx.Response(real.status_code, headers=_kept(real), content=self.after(content))

    async def aclose(self) -> None:
        await self._real.aclose()


def refuse_connection(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def answer(status: int, body: Any = None, **headers: str) -> Trouble:
    """A problem of the service, or whatever else is in the body."""
    problem = {"type": "about:blank", "title": "-", "status": status, "detail": "-", "code": "busy"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {"Content-Type": "application/problem+json"}
    return lambda _: httpx.Response(status, json=body or problem, headers=kind | named)


def cut_after(content: bytes) -> Trouble:
    """A stream of JSON Lines that breaks."""

    async def pieces() -> AsyncIterator[bytes]:
        yield content
        raise httpx.ReadError("the connection broke")

    kind = {"Content-Type": "application/jsonl"}
    return lambda _: httpx.Response(200, headers=kind, content=pieces())


def _kept(real: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in real.headers.items() if name != "content-length"}
