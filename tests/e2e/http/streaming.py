"""Reading a stream of server-sent events block by block, as it comes."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

PATIENCE = 10.0

Block = dict[str, str]


@contextmanager
def streamed(client: httpx.Client, path: str, **headers: str) -> Iterator[Iterator[Block]]:
    """The blocks of a stream, which must begin."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", path, headers=named, timeout=PATIENCE) as response:
        if response.status_code != 200:
            response.read()
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].partition(";")[0] == "text/event-stream"
        yield blocks(response)


def blocks(response: httpx.Response) -> Iterator[Block]:
    """Each block with its fields; a comment is the field of no name."""
    block: Block = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(":")
            assert name not in block, "twice in one block"
            block[name] = value.removeprefix(" ")
        else:
            yield block
            block = {}


def some(found: Iterator[Block], number: int) -> list[Block]:
    """So many events, with what the first of them were called before."""
    return [next(found) for _ in range(number)]
