"""One command's talk with one service, and what becomes of a no or a fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer

from api.cli.faults import Failure, Wrong, why
from api.cli.naming import Names
from api.cli.options import Reach
from api.cli.output import Output
from api.cli.reaching import USUAL, Reached, reached
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
from api.reasons import in_both
from api.schemas import ProcedureOut, ProcedureRefOut
from api.stop import NO, NOT_FOUND, REFUSED, STALE, UNAVAILABLE, UNUSABLE, Stop
from workflow.domain.procedure import Label

T = TypeVar("T")


class Session:
    """A client, and where its answers are shown; `holder` tells whose key it has from others."""

    def __init__(self, client: BlockingClient, output: Output, holder: str | None = None) -> None:
        self.client, self.output, self.holder = client, output, holder
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
    output, place = Output(reach), reached(reach)
    try:
        client = BlockingClient(
            place.url, api_key=place.key, patience=Patience(call=reach.patience)
        )
    except Unsendable as error:
        raise Stop(f"{error}.", UNUSABLE) from error
    with client:
        try:
            yield Session(client, output, place.holder)
        except WasRefused as no:
            output.refusal(no.refused)
            _advise(output, no.refused, place)
            raise typer.Exit(code_of(no.refused)) from no
        except BrokenTrail as broken:
            told = {"seq": broken.first_bad, "why": in_both(broken.reason)}
            raise Failure("broken-trail", NO, **told) from broken
        except Unavailable as fault:
            raise _unavailable(fault, place.guessed) from fault
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


def _advise(output: Output, refused: Refused, place: Reached) -> None:
    """Where a key comes from, for people who came with none or with the wrong one."""
    if output.json or refused.status not in (401, 403):
        return
    if place.key is None:
        output.note("no-key")
    elif refused.status == 401:
        output.note("key-not-good", source=place.source)
    else:
        output.note("key-not-enough", source=place.source)


def _unavailable(fault: Unavailable, guessed: bool) -> Failure:
    """The failure, with what the user can do next."""
    told = why(fault)
    if guessed:
        hint = Wrong("guessed", folders=", ".join(map(str, USUAL))).label
        told = Label(f"{told.en}\n{hint.en}", f"{told.zh}\n{hint.zh}")
    if fault.key is None:
        return Failure("unavailable", UNAVAILABLE, why=told)
    failure = Failure("unavailable-key", UNAVAILABLE, why=told, key=fault.key)
    failure.more["key"] = fault.key
    return failure
