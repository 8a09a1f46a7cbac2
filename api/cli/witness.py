"""`witness`: follows a log, and vouches that it only ever grew."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from api.cli.faults import Failure, why
from api.cli.options import Look, command
from api.stop import NO, UNAVAILABLE, UNUSABLE

if TYPE_CHECKING:
    from api.cli.output import Output
    from api.cli.witness_state import WitnessState
    from api.log_source import Source
    from workflow.proof.keys import VerifierKey
    from workflow.proof.witnessing import Witness

LOOKS = 10
"""Looks in a row that prove nothing, after which that is told as more than waiting."""


class UnprovedFailure(Failure):
    """What was shown is not good, and convicts nobody: the next look may find better."""


Key = Annotated[
    list[str],
    Option(metavar="KEY", help="The log's verifier key, or a file with it; may be repeated."),
]


@dataclass(frozen=True, slots=True)
class Following:
    """How a log is followed."""

    state: Annotated[
        Path | None,
        Option(metavar="DIR", help="Folder of this witness, made if missing.", show_default=False),
    ] = None
    name: Annotated[
        str | None,
        Option(help="What the witness is called, from the first time on.", show_default="the host"),
    ] = None
    once: Annotated[bool, Option("--once", help="Look once, and end.")] = False
    every: Annotated[float, Option(metavar="S", help="Seconds between two looks.", min=0.1)] = 60.0


@command
def witness(
    key: Key,
    following: Following,
    look: Look,
    log: Annotated[
        str | None, Option(metavar="URL", help="Where the log is: https://HOST/log, or a folder.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        Option(metavar="FILE FILE", help="Whether two checkpoints are of one log, instead."),
    ] = None,
) -> None:
    """Follow a log and sign each checkpoint that contains all before it. Exit 1: it does not.

    Two checkpoints that contradict each other are kept in DIR/evidence.
    """
    from api.cli.log_keys import verifier_keys  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415
    from api.log_source import source_of  # noqa: PLC0415

    output, keys = Output(look), verifier_keys(key)
    if compare is not None:
        _compare(output, log, keys, compare)
        return
    if log is None or following.state is None:
        raise Failure("witness-what", UNUSABLE)
    from api.cli.witness_state import opened  # noqa: PLC0415
    from workflow.proof.witnessing import Witness  # noqa: PLC0415

    with opened(following.state, following.name) as state, source_of(log) as source:
        output.note("witness-is", name=state.signer.name, file=state.public)
        one, doubtful = Witness(keys, state.signer), 0
        while True:
            try:
                _look(output, one, state, source, log)
                doubtful = 0
            except Failure as failure:
                unproved = isinstance(failure, UnprovedFailure)
                waits = failure.code == UNAVAILABLE or (unproved and state.last() is not None)
                if following.once or not waits:
                    raise
                doubtful += unproved
                told = output.label(failure.label._asdict())
                if doubtful < LOOKS:
                    output.note("witness-waits", why=told)
                else:
                    output.note("witness-doubts", looks=doubtful, why=told)
            if following.once:
                return
            time.sleep(following.every)


def _look(
    output: "Output", one: "Witness", state: "WitnessState", source: "Source", log: str
) -> None:
    """Go on to what the log shows now. Raises Failure."""
    from api.log_source import Unreachable  # noqa: PLC0415
    from workflow.proof.unsound import Unsound  # noqa: PLC0415
    from workflow.proof.witnessing import Forked, Stale  # noqa: PLC0415

    kept = state.last()
    try:
        last = None if kept is None else one.remembered(kept)
    except Unsound as error:
        raise Failure("witness-state", NO, file=state.checkpoint, why=why(error)) from error
    shown = b""
    try:
        shown = source.read("checkpoint") or b""
        if not shown:
            raise Failure("no-checkpoint", UNAVAILABLE, log=log)
        found = one.vouch(last, shown, source.read, int(time.time()))
    except Unreachable as error:
        raise Failure("unavailable", UNAVAILABLE, why=error) from error
    except Forked as error:
        evidence = state.accuse(kept or b"", shown)
        failure = Failure("log-contradicts", NO, why=why(error), **evidence._asdict())
        failure.more = {name: str(path) for name, path in evidence._asdict().items()}
        raise failure from error
    except Stale as error:
        raise UnprovedFailure("log-stale", UNAVAILABLE, why=why(error)) from error
    except Unsound as error:
        raise UnprovedFailure("log-unproved", NO, why=why(error)) from error
    state.keep(found.raw)
    checkpoint = found.checkpoint
    if output.json:
        told = {"origin": checkpoint.origin, "size": checkpoint.size}
        before = None if last is None else last.size
        output.write(told | {"root": checkpoint.root.hex(), "before": before})
    elif checkpoint != last:
        output.line(output.words("witnessed", origin=checkpoint.origin, size=checkpoint.size))


def _compare(
    output: "Output", log: str | None, keys: "Sequence[VerifierKey]", files: tuple[Path, Path]
) -> None:
    """Whether two checkpoints are of one log. Raises Failure."""
    from api.cli.files import content  # noqa: PLC0415
    from api.log_source import Unreachable, source_of  # noqa: PLC0415
    from workflow.proof.unsound import Unsound  # noqa: PLC0415
    from workflow.proof.witnessing import check_same_log  # noqa: PLC0415

    def unread(_path: str) -> bytes | None:
        raise Failure("witness-tiles", UNUSABLE)

    one, other = (content(str(file)) for file in files)
    try:
        if log is None:
            check_same_log(one, other, keys, unread)
        else:
            with source_of(log) as source:
                check_same_log(one, other, keys, source.read)
    except Unreachable as error:
        raise Failure("unavailable", UNAVAILABLE, why=error) from error
    except Unsound as error:
        raise Failure("not-one-log", NO, why=why(error)) from error
    if output.json:
        output.write({"ok": True})
    output.say("one-log")
