"""`serve` and `demo`: the service itself."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.settings import Settings

Port = Annotated[int | None, typer.Option(help="0 takes any free port.", show_default="8000")]


def serve(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the data, made if missing.", show_default="data"),
    ] = None,
    port: Port = None,
    host: Annotated[
        str | None, typer.Option(help="A loopback address.", show_default="127.0.0.1")
    ] = None,
    redis: Annotated[
        str | None, typer.Option(metavar="URL", help="A server of your own: redis://host:port/db")
    ] = None,
    durability: Annotated[
        Literal["strict", "relaxed"] | None,
        typer.Option(
            help="strict refuses a server that may lose an acknowledged event.",
            show_default="strict",
        ),
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="How others call the service.")
    ] = None,
) -> None:
    """Run the service until Ctrl-C or SIGTERM."""
    settings = Settings.from_environment(
        data=data,
        port=port,
        host=host,
        redis_url=redis,
        durability=durability,
        public_url=public_url,
    )
    from api.serve import announce, run  # noqa: PLC0415

    run(settings, announce)


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
    run(replace(settings, redis_url=None), present)
