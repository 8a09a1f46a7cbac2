"""One command's talk with one service: whom it reaches, and what becomes of a no or a fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import typer

from api.address import found_in
from api.cli.options import Reach
from api.cli.output import Output
from api.client import (
    BlockingClient,
    BrokenTrail,
    ClientFault,
    Patience,
    Refused,
    Unavailable,
    Unsendable,
    WasRefused,
)
from api.schemas import ProcedureOut
from api.settings import Access
from api.stop import NO, NOT_FOUND, REFUSED, STALE, UNAVAILABLE, UNUSABLE, Stop

T = TypeVar("T")

USUAL = (Path("data"), Path("data/demo"))
"""Folders in which `serve` and `demo` keep their data unless told otherwise."""
DEFAULT = "http://127.0.0.1:8000"


class Session:
    """A client, and where its answers are shown."""

    def __init__(self, client: BlockingClient, output: Output) -> None:
        self.client, self.output = client, output
        self._procedures: dict[tuple[str, int], ProcedureOut] = {}

    def yes(self, outcome: T | Refused) -> T:
        """The outcome; a refusal is told, and the command ends."""
        if isinstance(outcome, Refused):
            raise WasRefused(outcome)
        return outcome

    def procedure(self, name: str, version: int) -> ProcedureOut:
        """The rules of a version, asked for once."""
        key = name, version
        if key not in self._procedures:
            self._procedures[key] = self.yes(self.client.procedure(name, version))
        return self._procedures[key]


@contextmanager
def session(reach: Reach) -> Iterator[Session]:
    """Talk with the service that the options and the environment name. Raises Stop, Exit."""
    access = Access.from_environment(
        url=reach.url, data=reach.data_folder, actor=reach.actor, api_key=reach.api_key
    )
    output = Output(reach)
    url = _address(access, output)
    try:
        client = BlockingClient(
            url,
            actor=access.actor,
            api_key=access.api_key,
            patience=Patience(call=reach.patience),
        )
    except Unsendable as error:
        raise Stop(f"{error}.", UNUSABLE) from error
    with client:
        try:
            yield Session(client, output)
        except WasRefused as no:
            output.refusal(no.refused)
            raise typer.Exit(code_of(no.refused)) from no
        except BrokenTrail as broken:
            raise Stop(output.words("broken-trail", what=str(broken)), NO) from broken
        except Unavailable as fault:
            raise Stop(_unavailable(fault, output), UNAVAILABLE) from fault
        except ClientFault as fault:
            raise Stop(str(fault), UNAVAILABLE) from fault
        except Unsendable as error:
            raise Stop(f"{error}.", UNUSABLE) from error


def code_of(refused: Refused) -> int:
    """The exit code of a refusal."""
    by_status = {404: NOT_FOUND, 412: STALE, 400: UNUSABLE, 413: UNUSABLE, 415: UNUSABLE}
    if refused.code == "invalid-request":
        return UNUSABLE
    return by_status.get(refused.status, REFUSED)


def _address(access: Access, output: Output) -> str:
    if access.url is not None:
        return access.url
    if access.data is not None:
        found = found_in(access.data)
        if found is None:
            raise Stop(output.words("nobody-serves", folder=access.data), UNAVAILABLE)
        return found
    return next(filter(None, map(found_in, USUAL)), DEFAULT)


def _unavailable(fault: Unavailable, output: Output) -> str:
    told = str(fault)
    if fault.key is not None:
        told += "\n" + output.words("same-key", key=fault.key)
    return told
