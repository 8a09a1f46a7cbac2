"""`buyers` and `pools`: who applies, and what they share."""

from typing import Annotated

import typer
from typer import Option

from api.cli.options import Reach, command

buyers = typer.Typer(help="The buyers, as the reports print them.")
pools = typer.Typer(help="Joint quantities, and what sources claim of them.")

BuyerId = Annotated[str, typer.Argument(help="Id of the buyer.", show_default=False)]
PoolId = Annotated[str, typer.Argument(help="Id of the pool.", show_default=False)]
Body = Annotated[str, Option("--file", help="Its JSON; - reads standard input.")]
Key = Annotated[str | None, Option(help="Idempotency key.", show_default="a new one")]


@buyers.callback(invoke_without_command=True)
@command
def list_buyers(context: typer.Context, reach: Reach) -> None:
    """Every buyer with its applications: status, standing, sources."""
    if context.invoked_subcommand is not None:
        return
    from api.cli.registers import overview_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        lines = list(talk.client.overview())
        talk.output.show(lines, lambda lines: overview_table(talk, lines))


@buyers.command("show")
@command
def show_buyer(buyer: BuyerId, reach: Reach) -> None:
    """A buyer's entry in the registry."""
    from api.cli.session import session  # noqa: PLC0415
    from api.cli.tables import card  # noqa: PLC0415

    with session(reach) as talk:
        found = talk.yes(talk.client.buyer(buyer)).value
        words = talk.output.words
        talk.output.show(
            found,
            lambda found: card(
                (
                    (words("buyer"), found.id),
                    (words("name"), f"{found.name.en}\n{found.name.zh}"),
                    (words("version"), found.version),
                    (words("head"), found.head),
                )
            ),
        )


@buyers.command("put")
@command
def put_buyer(
    buyer: BuyerId,
    reach: Reach,
    en: Annotated[str, Option(help="Its name in English.")],
    zh: Annotated[str, Option(help="Its name in Chinese.")],
) -> None:
    """Register a buyer, or give it another name."""
    from api.cli.output import dumped  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = talk.yes(talk.client.put_buyer(buyer, {"name": {"en": en, "zh": zh}})).value
        if talk.output.json:
            talk.output.write(dumped(found))
        talk.output.say("registered", id=found.id)


@pools.callback(invoke_without_command=True)
@command
def list_pools(context: typer.Context, reach: Reach) -> None:
    """Every pool with its claims, the newest first."""
    if context.invoked_subcommand is not None:
        return
    from api.cli.registers import pool_tables  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = list(talk.client.pools())
        talk.output.show(found, lambda found: pool_tables(talk, found))


@pools.command("show")
@command
def show_pool(pool: PoolId, reach: Reach) -> None:
    """A pool with its claims."""
    from api.cli.registers import pool_tables  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = talk.yes(talk.client.pool(pool)).value
        talk.output.show(found, lambda found: pool_tables(talk, [found]))


@pools.command("open")
@command
def open_pool(file: Body, reach: Reach, key: Key = None) -> None:
    """Begin a pool: {"id", "title": {"en", "zh"}, "claims": [...]}."""
    _pool(None, file, key, reach)


@pools.command("claim")
@command
def add_claim(pool: PoolId, file: Body, reach: Reach, key: Key = None) -> None:
    """Enter a claim: {"units", "bound", "buyers": [...], "evidence": [...]}."""
    _pool(pool, file, key, reach)


def _pool(pool: str | None, file: str, key: str | None, reach: Reach) -> None:
    from api.cli.files import json_object  # noqa: PLC0415
    from api.cli.output import dumped  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    body = json_object(file)
    with session(reach) as talk:
        client = talk.client
        done = (
            client.open_pool(body, key=key)
            if pool is None
            else client.add_claim(pool, body, key=key)
        )
        found = talk.yes(done).value
        if talk.output.json:
            talk.output.write(dumped(found))
        talk.output.say("pool-open", id=found.id, claims=len(found.claims))
