"""`serve` and `demo`: the service itself."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Option

from api.cli.options import command
from api.settings import Settings

Port = Annotated[int | None, Option(help="0 takes any free port.", show_default="8000")]


@dataclass(frozen=True, slots=True)
class Flags:
    """The settings that are flags as well, by the names of the settings."""

    data: Annotated[
        Path | None, Option(help="Folder of the data, made if missing.", show_default="data")
    ] = None
    port: Port = None
    host: Annotated[
        str | None,
        Option(help="An address of this machine; 0.0.0.0 is every one.", show_default="127.0.0.1"),
    ] = None
    hosts: Annotated[
        list[str] | None,
        Option(metavar="NAME", help="A name by which others call the service; may be repeated."),
    ] = None
    public_url: Annotated[
        str | None, Option(metavar="URL", help="How others call the service.")
    ] = None
    redis: Annotated[
        str | None, Option(metavar="URL", help="A server of your own: redis://host:port/db")
    ] = None
    redis_ca: Annotated[
        Path | None,
        Option(metavar="FILE", help="Who vouches for a server reached by rediss://, in PEM."),
    ] = None
    durability: Annotated[
        Literal["strict", "relaxed"] | None,
        Option(
            help="strict refuses a server that may lose an acknowledged event.",
            show_default="strict",
        ),
    ] = None

    def settings(self) -> Settings:
        """With the variables for what is not given. Raises Unfit."""
        given = asdict(self)
        hosts = tuple(given.pop("hosts") or ()) or None
        return Settings.from_environment(redis_url=given.pop("redis"), hosts=hosts, **given)


@command
def serve(
    flags: Flags,
    reset_operator_key: Annotated[
        bool, Option("--reset-operator-key", help="Make a new operator's key for one that is lost.")
    ] = False,
) -> None:
    """Run the service until Ctrl-C or SIGTERM."""
    settings = flags.settings()
    from api.serve import announce, announce_reset, run  # noqa: PLC0415

    run(settings, announce_reset if reset_operator_key else announce)


def demo(
    data: Annotated[Path, typer.Option(help="Folder of the data, made if missing.")] = Path(
        "data/demo"
    ),
    port: Port = None,
) -> None:
    """Run the service with what was reported in January 2026."""
    settings = Settings.from_environment(data=data, port=port)
    from api.demo import present  # noqa: PLC0415
    from api.serve import run  # noqa: PLC0415

    # The reports never enter a server that the operator has set up for something else.
    run(replace(settings, redis_url=None, redis_ca=None), present)
