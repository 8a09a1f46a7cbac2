"""`webhooks`: records sent to an address as they come."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from typer import Option

from api.cli.faults import Failure
from api.cli.keys import kept
from api.cli.options import Reach, command
from api.stop import UNAVAILABLE, UNUSABLE

if TYPE_CHECKING:
    from api.cli.output import Output
    from api.schemas import WebhookSecretOut

webhooks = typer.Typer(
    help="Webhooks: records sent to an address as they come.", no_args_is_help=True
)

WebhookId = Annotated[str, typer.Argument(help="Id of the webhook.", show_default=False)]
DeliveryId = Annotated[
    str, typer.Argument(help="Id of the delivery: its webhook-id.", show_default=False)
]
Address = Annotated[str, Option(help="Where to send to.", metavar="URL")]
Type = Annotated[list[str] | None, Option("--type", help="Events of this type; may be repeated.")]
State = Annotated[list[str] | None, Option(help="Events that lead to this state; may be repeated.")]
Buyer = Annotated[list[str] | None, Option(help="Applications of this buyer; may be repeated.")]
Words = Annotated[str | None, Option("--description", help="What it is for.")]
Out = Annotated[
    Path | None,
    Option(help="Write the secret to this file, for you alone (0600), and do not print it."),
]


@webhooks.command("create")
@command
def create_webhook(
    reach: Reach,
    to: Address,
    event_type: Type = None,
    state: State = None,
    buyer: Buyer = None,
    description: Words = None,
    out: Out = None,
) -> None:
    """Make a webhook, and print the secret that its messages are signed with: it is shown this
    once. Without --type, --state and --buyer it tells of all that you see.
    """
    from api.cli.session import session  # noqa: PLC0415

    wanted: dict[str, Any] = {
        "url": to,
        "description": description,
        "types": event_type or [],
        "states": state or [],
        "buyers": buyer or [],
    }
    if out is not None and out.exists():
        raise Failure("there-already", UNUSABLE, file=out)
    with session(reach) as talk, kept(out) as file:
        made = talk.yes(talk.client.create_webhook(wanted))
        if not talk.output.json:
            talk.output.note("webhook-made", id=made.id, url=to)
        _hand_over(talk.output, made, out, file)


@webhooks.command("list")
@command
def list_webhooks(reach: Reach) -> None:
    """The webhooks that you made; an operator and an auditor see all."""
    from api.cli.pushing import webhook_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = list(talk.client.webhooks())
        talk.output.show(found, lambda found: webhook_table(talk.output, found))


@webhooks.command("show")
@command
def show_webhook(webhook: WebhookId, reach: Reach) -> None:
    """A webhook, and how it stands with what was sent; never its secret."""
    from api.cli.pushing import webhook_card  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = talk.yes(talk.client.webhook(webhook)).value
        talk.output.show(found, lambda found: webhook_card(talk.output, found))


@webhooks.command("change")
@command
def change_webhook(
    webhook: WebhookId,
    reach: Reach,
    to: Annotated[str | None, Option(help="Where to send to.", metavar="URL")] = None,
    event_type: Type = None,
    state: State = None,
    buyer: Buyer = None,
    description: Words = None,
    enabled: Annotated[
        bool | None,
        Option("--enable/--disable", help="Whether it sends.", show_default="as it was"),
    ] = None,
) -> None:
    """Change what is named of a webhook, and leave the rest as it is. What is named as empty is
    removed: --type "" has it tell of all types again.
    """
    from api.cli.session import session  # noqa: PLC0415

    wanted = {
        "url": to,
        "types": event_type,
        "states": state,
        "buyers": buyer,
        "description": description,
        "enabled": enabled,
    }
    named = {name: value for name, value in wanted.items() if value is not None}
    changes = {name: None if value in ("", [""]) else value for name, value in named.items()}
    with session(reach) as talk:
        found = talk.yes(talk.client.change_webhook(webhook, changes)).value
        if talk.output.json:
            talk.output.write(found.model_dump())
        talk.output.say("webhook-changed", id=found.id)


@webhooks.command("rotate")
@command
def rotate_webhook(webhook: WebhookId, reach: Reach, out: Out = None) -> None:
    """Give a webhook a new secret, and print it: it is shown this once. For a day messages are
    signed with both.
    """
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk, kept(out) as file:
        made = talk.yes(talk.client.rotate_webhook(webhook))
        if not talk.output.json:
            talk.output.note("webhook-rotated", id=made.id)
        _hand_over(talk.output, made, out, file)


@webhooks.command("remove")
@command
def remove_webhook(webhook: WebhookId, reach: Reach) -> None:
    """End a webhook for good."""
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        talk.yes(talk.client.remove_webhook(webhook))
        if talk.output.json:
            talk.output.write({"id": webhook, "removed": True})
        talk.output.say("webhook-removed", id=webhook)


@webhooks.command("ping")
@command
def ping_webhook(webhook: WebhookId, reach: Reach) -> None:
    """Send a message that tells of no record, to try a webhook out."""
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        sent = talk.yes(talk.client.ping_webhook(webhook))
        if talk.output.json:
            talk.output.write(sent.model_dump())
        talk.output.say("webhook-pinged", id=sent.id)


@webhooks.command("deliveries")
@command
def list_deliveries(
    webhook: WebhookId,
    reach: Reach,
    status: Annotated[
        str | None,
        Option(help="pending, delivered or dead.", show_default="all"),
    ] = None,
) -> None:
    """What was sent, the newest first, and what became of it."""
    from api.cli.pushing import delivery_table  # noqa: PLC0415
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        found = list(talk.client.deliveries(webhook, status=status))
        talk.output.show(found, lambda found: delivery_table(talk.output, found))


@webhooks.command("resend")
@command
def resend_delivery(webhook: WebhookId, delivery: DeliveryId, reach: Reach) -> None:
    """Send a message again, under the id that it had."""
    from api.cli.session import session  # noqa: PLC0415

    with session(reach) as talk:
        sent = talk.yes(talk.client.resend_delivery(webhook, delivery))
        if talk.output.json:
            talk.output.write(sent.model_dump())
        talk.output.say("delivery-resent", id=sent.id)


def _hand_over(
    output: "Output", made: "WebhookSecretOut", out: Path | None, file: BinaryIO | None
) -> None:
    """The secret, this once: alone on standard output, or in the file."""
    if made.secret is None:  # what the service answers to a repeat, when the first answer was lost
        raise Failure("webhook-secret-lost", UNAVAILABLE, id=made.id)
    if file is not None:
        file.write(f"{made.secret}\n".encode("ascii"))
        if output.json:
            output.write({"id": made.id, "file": str(out)})
        else:
            output.note("webhook-secret-kept", id=made.id, file=out)
    elif output.json:
        output.write({"id": made.id, "secret": made.secret})
    else:
        output.note("shown-once")
        print(made.secret)
