"""What one request is called, in its answer and in every line that it leaves."""

import os
import re
from collections.abc import Iterable
from contextvars import ContextVar

Pair = tuple[bytes, bytes]

NAME = b"x-request-id"

current: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered; None beside all requests."""

_GOOD = re.compile(rb"[A-Za-z0-9._-]{1,39}")
"""Shorter than any secret, so that none gets into the lines by this way."""

_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
"""W3C Trace Context, section 3.2.2."""


def begin(headers: Iterable[Pair]) -> Pair:
    """Name the request from here on; the header field that tells its caller. It is what the caller
    calls it (`X-Request-Id`), else the trace that it is part of (`traceparent`), else a new name.
    """
    named = traced = None
    for name, value in headers:
        if name == NAME:
            named = _GOOD.fullmatch(value)
        elif name == b"traceparent":
            traced = _TRACEPARENT.fullmatch(value)
    if named is not None:
        told = named[0]
    elif traced is not None:
        told = traced[1]
    else:
        told = os.urandom(12).hex().encode("ascii")
    current.set(told.decode("ascii"))
    return NAME, told
