"""Webhooks and what was sent for them, drawn for people."""

from collections.abc import Iterable

from rich.console import RenderableType

from api.cli.output import Output, when
from api.cli.tables import Column, Grid, card
from api.schemas import DeliveryOut, WebhookOut, WebhookStandingOut


def webhook_table(output: Output, items: Iterable[WebhookOut]) -> RenderableType:
    """Webhooks, one a line: where to, what of, and whether they send."""
    words = output.words
    made = Grid(
        Column(words("key-id"), whole=True),
        Column(words("send-to")),
        Column(words("tells-of"), under=1),
        Column(words("sends")),
        Column(words("held-by"), under=3),
    )
    for one in items:
        made.row(one.id, one.url, *_told(output, one))
    return made


def webhook_card(output: Output, found: WebhookStandingOut) -> RenderableType:
    """Everything about one webhook, and how it stands with what was sent."""
    words, tallied = output.words, found.deliveries
    tells, sends, owner = _told(output, found)
    ended = ("pending", "delivered", "dead")
    counts = [(words.code(one), getattr(tallied, one)) for one in ended]
    counts.append((words("dropped"), tallied.dropped))
    return card(
        (
            (words("key-id"), found.id),
            (words("send-to"), found.url),
            (words("description"), found.description),
            (words("tells-of"), tells),
            (words("sends"), sends),
            (words("held-by"), owner),
            (words("deliveries"), "\n".join(f"{count} {named}" for named, count in counts)),
            (words("failing-since"), when(tallied.failing_since)),
            (words("old-secret-until"), when(found.old_secret_until)),
            (words("version"), found.version),
            (words("updated"), when(found.updated_at)),
            (words("head"), found.head),
        )
    )


def _told(output: Output, one: WebhookOut) -> tuple[str, str, str]:
    """What it tells of, whether it sends, and whose it is."""
    words = output.words
    chosen = ", ".join([*one.types, *one.states, *one.buyers])
    sends = words("yes") if one.why is None else words.code(one.why)
    return chosen or words("all-seen"), sends, f"{one.owner.name} ({one.owner.organisation})"


def delivery_table(output: Output, items: Iterable[DeliveryOut]) -> RenderableType:
    """Deliveries, one a line: of what, and what became of it."""
    words = output.words
    made = Grid(
        Column(words("key-id"), whole=True),
        Column(words("application")),
        Column(words("event")),
        Column(words("outcome")),
        Column(words("attempts")),
        Column(words("last-attempt"), under=4),
        Column(words("answer"), under=3),
    )
    for one in items:
        place = "" if one.application is None else f"{one.application} {one.seq or ''}".strip()
        told = one.last_status or one.last_error or ""
        attempts = str(one.attempts)
        waits = one.status == "pending" and one.next_attempt_at is None
        last = when(one.last_attempt_at) or words("its-turn" if waits else "never")
        made.row(one.id, place, one.type, words.code(one.status), attempts, last, told)
    return made
