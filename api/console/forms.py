"""Forms that a browser sends: read strictly, and sent twice without anything happening twice."""

import secrets
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from fastapi import Request

from api import bodies
from api.problems import Problem

MEDIA_TYPE = "application/x-www-form-urlencoded"
LIMIT = 256 * 1024
"""Bytes of a form."""
FIELDS = 500
NUL = "\x00"
KEY, DRY_RUN = "key", "dry_run"
"""The hidden field with the idempotency key, and the button that only rehearses."""


class Form(NamedTuple):
    """The fields of a form; one with several values has them in their order."""

    fields: Mapping[str, list[str]]

    def get(self, name: str) -> str:
        """The value of a field, stripped; empty where there is none."""
        return self.fields.get(name, [""])[-1].strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field that says something."""
        return [value.strip() for value in self.fields.get(name, []) if value.strip()]

    @property
    def key(self) -> str:
        """The key with which this form came. Raises Problem (400)."""
        return bodies.key_of(self.get(KEY))

    @property
    def dry_run(self) -> bool:
        """Whether it is only rehearsed."""
        return bool(self.get(DRY_RUN))


def new_key() -> str:
    """The key of a form as it is shown: sent again, it is the same event (128 random bits)."""
    return f"console-{secrets.token_urlsafe(16)}"


async def read(request: Request, limit: int = LIMIT) -> Form:
    """The form in a request, of at most `limit` bytes as sent. Raises Problem: 413, 415, 422."""
    bodies.check_media_type(request, MEDIA_TYPE)
    body = await bodies.read_bytes(request, limit)
    try:
        text = body.decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except ValueError as error:
        raise Problem("invalid-request", "The form cannot be read.") from error
    if any(NUL in value for given in fields.values() for value in given):
        raise Problem("invalid-request", "A text holds NUL, which no text has; type it anew.")
    return Form(fields)
