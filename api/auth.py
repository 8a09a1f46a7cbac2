"""Who asks, and from where: the principal that the gate let in."""

from typing import cast

from fastapi import Request
from starlette.types import Scope

from workflow.domain.principal import Principal

PLACE = "principal"
"""Where the gate leaves the principal in a request's scope."""


def principal_of(request: Request) -> Principal:
    """The principal of a request. There is none at the public addresses, and no way to ask for
    one there.
    """
    return cast(Principal, request.scope[PLACE])


def address_of(scope: Scope) -> str:
    """The address that a request came from, or for which a trusted proxy speaks."""
    return scope["client"][0] if scope["client"] else ""
