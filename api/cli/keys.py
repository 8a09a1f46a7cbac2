"""`keys`: who may come in, as what."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer
from typer import Option

from api.cli.faults import Failure
from api.cli.options import Reach, command
from api.stop import UNAVAILABLE, UNUSABLE
from workflow.domain.principal import Role, Scope

if TYPE_CHECKING:
    from api.cli.output import Output
    from api.schemas import KeyOut

keys = typer.Typer(help="Keys: who may come in, as what.", no_args_is_help=True)

PRIVATE = 0o600
DAY = 24 * 60 * 60

KeyId = Annotated[str, typer.Argument(help="Id of the key.", show_default=False)]
Out = Annotated[
    Path | None,
    Option(help="Write the key to this file, for you alone (0600), and do not print it."),
]


@keys.command("create")
@command
def create_key(
    reach: Reach,
    name: Annotated[str, Option(help="Who holds it, in the organisation.")],
    organisation: Annotated[str, Option(help="Whose they are; of a buyer, the buyer's id.")],
    role: Annotated[list[Role], Option(help="What they are here; may be repeated.")],
    authority: Annotated[
        list[str] | None, Option(help="For whom an officer acts; may be repeated.")
    ] = None,
    scope: Annotated[
        list[Scope] | None,
        Option(help="What the key may be used for; may be repeated.", show_default="all"),
    ] = None,
    expires_at: Annotated[
        str | None, Option(help="RFC 3339, with its zone.", show_default="never")
    ] = None,
    out: Out = None,
) -> None:
    """Make a key, and print it: it is shown this once."""
    from api.cli.session import session  # noqa: PLC0415

    wanted = {
        "name": name,
        "organisation": organisation,
        "roles": [one.value for one in role],
        "authorities": authority or [],
        "scopes": [one.value for one in scope or Scope],
        "expires_at": expires_at,
    }
    if out is not None and out.exists():
        raise Failure("there-already", UNUSABLE, file=out)
    with session(reach) as talk, kept(out) as file:
        made = talk.yes(talk.client.create_key(wanted))
        if not talk.output.json:
            talk.output.note("key-made", id=made.id, name=name)
        _hand_over(talk.output, made, out, file)


@keys.command("list")
@command
def list_keys(
    reach: Reach,
    organisation: Annotated[str | None, Option(help="Of this organisation alone.")] = None,
) -> None:
    """Who may come in, the newest first: as what, and when last. Others than an operator and an
    auditor see their own key.
    """
    from api.cli.drawing import credential_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = list(talk.client.keys(organisation=organisation))
        talk.output.show(found, lambda found: credential_table(talk.output, found))


@keys.command("rotate")
@command
def rotate_key(
    key: KeyId,
    reach: Reach,
    overlap: Annotated[int, Option(help="Seconds for which the old secret stays good.", min=0)] = (
        DAY
    ),
    out: Out = None,
) -> None:
    """Give a key a new secret, and print the key: it is shown this once. Yours, or as an operator
    any.
    """
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk, kept(out) as file:
        made = talk.yes(talk.client.rotate_key(key, overlap_seconds=overlap))
        if not talk.output.json:
            told = "key-rotated" if overlap else "key-replaced"
            talk.output.note(told, id=made.id, seconds=overlap)
        _hand_over(talk.output, made, out, file)


@keys.command("revoke")
@command
def revoke_key(key: KeyId, reach: Reach) -> None:
    """End a key for good; within 5 seconds nobody comes in with it anywhere."""
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        talk.yes(talk.client.revoke_key(key))
        if talk.output.json:
            talk.output.write({"id": key, "revoked": True})
        talk.output.say("key-revoked", id=key)


@contextmanager
def kept(out: Path | None) -> Iterator[BinaryIO | None]:
    """The file that a key goes to, opened before the key is made: a key that cannot be written
    would be lost.
    """
    if out is None:
        yield None
        return
    from api.cli.files import written_at_once  # noqa: PLC0415

    with written_at_once(out, PRIVATE) as file:
        yield file


def _hand_over(output: "Output", made: "KeyOut", out: Path | None, file: BinaryIO | None) -> None:
    """The key, this once: alone on standard output, or in the file."""
    if made.key is None:  # what the service answers to a repeat, when the first answer was lost
        raise Failure("key-lost", UNAVAILABLE, id=made.id)
    if file is not None:
        file.write(f"{made.key}\n".encode("ascii"))
        if output.json:
            output.write({"id": made.id, "file": str(out)})
        else:
            output.note("key-kept", id=made.id, file=out)
    elif output.json:
        output.write({"id": made.id, "key": made.key})
    else:
        output.note("shown-once")
        print(made.key)
