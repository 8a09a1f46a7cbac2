"""Reading server-sent events (WHATWG HTML, section 9.2.6), as far as the service sends them."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx

from api.client.wire import BROKEN, Wire, get

MEDIA_TYPE = "text/event-stream"

QUIET = 40.0
"""Seconds of silence after which a stream counts as broken: two signs of life did not come."""


class EventReader:
    """Makes events of what is received, however it is cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._place, self._data = "", list[bytes]()

    def read(self, piece: bytes) -> Iterator[tuple[str, bytes]]:
        """The blocks that are complete now, but for comments: the last id, and the data, which is
        empty where only the id is told.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"id":
                self._place = value.decode()
            elif name == b"data":
                self._data.append(value)
            elif not line and self._place:
                yield self._place, b"\n".join(self._data)
                self._data.clear()


async def events(
    wire: Wire, path: str, params: Mapping[str, Any], after: str | None
) -> AsyncIterator[tuple[str, bytes]]:
    """The events of a stream, each with its id, without end: a stream that breaks off is asked for
    again from behind the last one. Raises WasRefused, ClientFault.
    """
    trying = wire.trying()
    while True:
        call = get(path, params, Accept=MEDIA_TYPE, Last_Event_ID=after)
        reader = EventReader()
        try:
            async with wire.streaming(call, MEDIA_TYPE, trying, QUIET) as response:
                async for piece in response.aiter_bytes():
                    for place, data in reader.read(piece):
                        after = place
                        trying.restart()
                        if data:
                            yield place, data
            raise httpx.RemoteProtocolError("the stream has ended")
        except BROKEN as error:
            await wire.pause(trying, error)
