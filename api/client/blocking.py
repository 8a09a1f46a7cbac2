"""The blocking client: the methods of the asynchronous one, run on a loop in a thread of its own.

No method is written twice: `_waiting` and `_iterating` turn one of `Client` into one that waits,
and keep its signature for the type checker.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from threading import Event, Thread
from types import AsyncGeneratorType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from api.client.client import Client
from api.client.patience import Patience

P = ParamSpec("P")
T = TypeVar("T")

GRACE = 1.0
"""Seconds that an interrupted call is given to let go of its connection."""


def _waiting(
    method: Callable[Concatenate[Client, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["BlockingClient", P], T]:
    def waiting(self: "BlockingClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.wait_for(method(self.client, *args, **kwargs))

    waiting.__name__, waiting.__doc__ = method.__name__, method.__doc__
    return waiting


def _iterating(
    method: Callable[Concatenate[Client, P], AsyncIterator[T]],
) -> Callable[Concatenate["BlockingClient", P], Generator[T, None, None]]:
    def iterating(
        self: "BlockingClient", /, *args: P.args, **kwargs: P.kwargs
    ) -> Generator[T, None, None]:
        items = method(self.client, *args, **kwargs)
        try:
            while following := self.wait_for(_next(items)):
                yield following[0]
        finally:
            if not self.closed:
                self.wait_for(_end(items))

    iterating.__name__, iterating.__doc__ = method.__name__, method.__doc__
    return iterating


async def _next(items: AsyncIterator[T]) -> tuple[T] | None:
    """The next item, or None at the end."""
    async for item in items:
        return (item,)
    return None


async def _end(items: AsyncIterator[T]) -> None:
    if isinstance(items, AsyncGeneratorType) and not items.ag_running:
        await items.aclose()


class _Call(Generic[T]):
    """A coroutine on the loop of another thread. It can be dropped at any moment, also before
    the caller knows whether it was begun: an interruption may come anywhere.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self.ended = Event()
        self._coroutine, self._dropped = coroutine, False
        self._task: asyncio.Task[T] | None = None

    async def run(self) -> T:
        self._task = asyncio.current_task()
        try:
            if self._dropped:
                self._coroutine.close()
                raise asyncio.CancelledError
            return await self._coroutine
        finally:
            self.ended.set()

    def drop(self) -> None:
        self._dropped = True
        if self._task is not None:
            self._task.cancel()


class BlockingClient:
    """A service at `url`, for programs without an event loop. Use it in `with`, or
    call `close`.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.client = Client(url, api_key=api_key, patience=patience)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="clearance-client", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and end the thread; again: nothing."""
        if not self.closed:
            self.wait_for(self.client.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def wait_for(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine. When the wait is interrupted, the coroutine is cancelled,
        and has ended before the interruption goes on.
        """
        call = _Call(coroutine)
        try:
            return asyncio.run_coroutine_threadsafe(call.run(), self._loop).result()
        except BaseException:
            self._loop.call_soon_threadsafe(call.drop)
            call.ended.wait(GRACE)
            raise

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._loop.is_closed()

    create = _waiting(Client.create)
    application = _waiting(Client.application)
    poll = _waiting(Client.poll)
    wait = _waiting(Client.wait)
    follow = _iterating(Client.follow)
    stream = _iterating(Client.stream)
    applications = _iterating(Client.applications)
    allowed_events = _waiting(Client.allowed_events)
    post = _waiting(Client.post)
    rehearse = _waiting(Client.rehearse)
    post_many = _iterating(Client.post_many)
    trail = _iterating(Client.trail)
    export = _iterating(Client.export)
    search_trail = _iterating(Client.search_trail)
    export_search = _iterating(Client.export_search)
    download = _iterating(Client.download)
    record = _waiting(Client.record)
    record_text = _waiting(Client.record_text)
    proof = _waiting(Client.proof)
    verify_trail = _waiting(Client.verify_trail)
    checkpoint = _waiting(Client.checkpoint)
    log_key = _waiting(Client.log_key)
    tile = _waiting(Client.tile)
    entries = _waiting(Client.entries)
    put_buyer = _waiting(Client.put_buyer)
    buyer = _waiting(Client.buyer)
    overview = _iterating(Client.overview)
    open_pool = _waiting(Client.open_pool)
    add_claim = _waiting(Client.add_claim)
    pool = _waiting(Client.pool)
    pools = _iterating(Client.pools)
    pool_trail = _iterating(Client.pool_trail)
    pool_record = _waiting(Client.pool_record)
    pool_proof = _waiting(Client.pool_proof)
    verify_pool_trail = _waiting(Client.verify_pool_trail)
    create_key = _waiting(Client.create_key)
    rotate_key = _waiting(Client.rotate_key)
    revoke_key = _waiting(Client.revoke_key)
    key = _waiting(Client.key)
    key_trail = _iterating(Client.key_trail)
    keys = _iterating(Client.keys)
    create_webhook = _waiting(Client.create_webhook)
    webhook = _waiting(Client.webhook)
    webhooks = _iterating(Client.webhooks)
    change_webhook = _waiting(Client.change_webhook)
    rotate_webhook = _waiting(Client.rotate_webhook)
    remove_webhook = _waiting(Client.remove_webhook)
    ping_webhook = _waiting(Client.ping_webhook)
    deliveries = _iterating(Client.deliveries)
    resend_delivery = _waiting(Client.resend_delivery)
    webhook_trail = _iterating(Client.webhook_trail)
    journal = _iterating(Client.journal)
    procedures = _iterating(Client.procedures)
    procedure = _waiting(Client.procedure)
    diagram = _waiting(Client.diagram)
    problem_type = _waiting(Client.problem_type)
    health = _waiting(Client.health)
    ready = _waiting(Client.ready)
