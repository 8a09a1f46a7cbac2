"""Who reads: the principal of a request that asks for something."""

from typing import Annotated

from fastapi import Depends, Request

from api.auth import principal_of
from api.gate import Gate
from api.problems import Declined
from workflow.domain import access
from workflow.domain.principal import Principal
from workflow.domain.refusals import Refusal, Refused


def reader_of(request: Request) -> Principal:
    """The principal of a request that reads. Raises Declined (403) for a credential that may not
    be used for it.
    """
    principal = principal_of(request)
    decline(access.may_read(principal))
    return principal


async def readmitted(request: Request) -> Principal:
    """The same of a request that has lasted, as the principal is now. Raises Problem (401) when
    its credential is not good any more.
    """
    gate: Gate = request.app.state.gate
    principal = await gate.readmit(request.scope)
    decline(access.may_read(principal))
    return principal


def decline(refusal: Refusal | None) -> None:
    """Go on only where nothing stands in the way. Raises Declined."""
    if refusal is not None:
        raise Declined(Refused((refusal,)))


async def _reader(request: Request) -> Principal:
    return reader_of(request)


Reader = Annotated[Principal, Depends(_reader)]
"""The same, of a route that lets the framework read its query."""
