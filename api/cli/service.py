"""`serve` and `demo`: the service itself."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Option

from api import collector
from api.cli.options import command
from api.settings import MOST_DAYS, Settings

Port = Annotated[int | None, Option(help="0 takes any free port.", show_default="8000")]
OwnProcedures = Annotated[
    Path | None,
    Option(
        metavar="DIR",
        help="Folder of procedures of your own, in YAML.",
        show_default="none but those that come with it",
    ),
]


@dataclass(frozen=True, slots=True)
class Flags:
    """The settings that are flags as well, by the names of the settings."""

    data: Annotated[
        Path | None, Option(help="Folder of the data, made if missing.", show_default="data")
    ] = None
    procedures: OwnProcedures = None
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
    workers: Annotated[
        int | None,
        Option(min=1, help="Processes that answer, on one socket.", show_default="1"),
    ] = None
    hot_days: Annotated[
        int | None,
        Option(
            min=0,
            max=MOST_DAYS,
            metavar="DAYS",
            help="Age at which records leave the database and stay in the log alone.",
            show_default="never",
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
    collector.wait()
    from api.serve import announce, announce_reset, run  # noqa: PLC0415

    run(settings, announce_reset if reset_operator_key else announce)


def worker(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of a running service.", show_default="data"),
    ] = None,
    procedures: OwnProcedures = None,
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
    health: Annotated[
        int | None,
        Option(
            metavar="PORT",
            help="Port for /healthz, /readyz and /metrics of this worker.",
            show_default="none",
        ),
    ] = None,
) -> None:
    """Do what time brings about, beside a running service, until Ctrl-C or SIGTERM."""
    settings = Settings.from_environment(
        data=data, procedures=procedures, redis_url=redis, durability=durability
    )
    collector.wait()
    from api.work import run  # noqa: PLC0415

    run(settings, health)


class Scenario(StrEnum):
    """What the demonstration shows."""

    REPORTS = "reports"
    FICTITIOUS = "fictitious"


def demo(
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the data, made if missing.",
            show_default="data/demo; data/fictitious for that scenario",
        ),
    ] = None,
    port: Port = None,
    scenario: Annotated[
        Scenario,
        typer.Option(help="What was reported, or an invented import up to its last shipment."),
    ] = Scenario.REPORTS,
) -> None:
    """Run the service with what was reported in January 2026."""
    told = scenario is Scenario.REPORTS
    data = data or Path("data") / ("demo" if told else scenario.value)
    settings = Settings.from_environment(data=data, port=port)
    collector.wait()
    from api.demo import playing, present  # noqa: PLC0415
    from api.serve import run  # noqa: PLC0415

    # A scenario never enters a server that the operator has set up for something else.
    alone = replace(settings.bounds, workers=1)
    bare = replace(settings, redis_url=None, redis_ca=None, bounds=alone)
    run(bare, present if told else playing.present)
