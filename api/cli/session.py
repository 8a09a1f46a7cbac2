"""One command's talk with one service: whom it reaches, and what becomes of a no or a fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import typer

from api.address import found_in
from api.cli.faults import Failure, Wrong, why
from api.cli.naming import Names
from api.cli.options import Reach
from api.cli.output import Output
from api.cli.reasons import in_both
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
from api.schemas import ProcedureOut, ProcedureRefOut
from api.settings import Access
from api.stop import NO, NOT_FOUND, REFUSED, STALE, UNAVAILABLE, UNUSABLE, Stop
from workflow.domain.procedure import Label

T = TypeVar("T")

USUAL = (Path("data"), Path("data/demo"))
"""Folders in which `serve` and `demo` keep their data unless told otherwise."""
DEFAULT = "http://127.0.0.1:8000"


class Session:
    """A client, and where its answers are shown."""

    def __init__(self, client: BlockingClient, output: Output) -> None:
        self.client, self.output = client, output
        self._procedures: dict[tuple[str, int], ProcedureOut] = {}
        self._buyers: dict[str, str] = {}

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

    def names(self, ref: ProcedureRefOut) -> Names:
        """What the parts of a version are called."""
        return Names(self.output, self.procedure(ref.name, ref.version))

    def state(self, ref: ProcedureRefOut, state: str) -> str:
        """Where an application stands, as it is called. What was recorded is told all the same
        when the rules cannot be read any more: then by the code alone.
        """
        try:
            return self.names(ref).coded(state)
        except (ClientFault, WasRefused):
            return state

    def buyer(self, buyer: str) -> str:
        """A buyer's name with its id, asked for once; the id alone where it has no name here."""
        if buyer not in self._buyers:
            found = self.client.buyer(buyer)
            told = buyer
            if not isinstance(found, Refused):
                told = f"{self.output.label(found.value.name)} ({buyer})"
            self._buyers[buyer] = told
        return self._buyers[buyer]


@contextmanager
def session(reach: Reach) -> Iterator[Session]:
    """Talk with the service that the options and the environment name. Raises Stop, Exit."""
    access = Access.from_environment(
        url=reach.url, data=reach.data_folder, actor=reach.actor, api_key=reach.api_key
    )
    output = Output(reach)
    url = _address(access)
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
            told = {"seq": broken.first_bad, "why": in_both(broken.reason)}
            raise Failure("broken-trail", NO, **told) from broken
        except Unavailable as fault:
            raise _unavailable(fault, url, access) from fault
        except ClientFault as fault:
            raise Failure("unavailable", UNAVAILABLE, why=fault) from fault
        except Unsendable as error:
            raise Failure("unsendable", UNUSABLE, why=why(error)) from error


def code_of(refused: Refused) -> int:
    """The exit code of a refusal."""
    by_status = {404: NOT_FOUND, 412: STALE, 400: UNUSABLE, 413: UNUSABLE, 415: UNUSABLE}
    if refused.code in ("invalid-request", "invalid-event", "unknown-event"):
        return UNUSABLE
    return by_status.get(refused.status, REFUSED)


def _address(access: Access) -> str:
    if access.url is not None:
        return access.url
    if access.data is not None:
        found = found_in(access.data)
        if found is None:
            raise Failure("nobody-serves", UNAVAILABLE, folder=access.data)
        return found
    return next(filter(None, map(found_in, USUAL)), DEFAULT)


def _unavailable(fault: Unavailable, url: str, access: Access) -> Failure:
    """The failure, with what the user can do next."""
    guessed = access.url is None and access.data is None and url == DEFAULT
    told = why(fault)
    if guessed:
        hint = Wrong("guessed", folders=", ".join(map(str, USUAL))).label
        told = Label(f"{told.en}\n{hint.en}", f"{told.zh}\n{hint.zh}")
    if fault.key is None:
        return Failure("unavailable", UNAVAILABLE, why=told)
    failure = Failure("unavailable-key", UNAVAILABLE, why=told, key=fault.key)
    failure.more["key"] = fault.key
    return failure
