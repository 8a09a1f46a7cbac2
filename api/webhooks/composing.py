"""How a process delivers: its parts, joined by the settings."""

from collections.abc import Callable
from functools import partial

from api.cloud_events import of_ping, of_record
from api.settings import Settings
from api.webhooks.addresses import Addresses
from api.webhooks.sending import HttpSender
from workflow.catalog import Catalog
from workflow.service import Service
from workflow.store import Bell, Store
from workflow.webhooks import Deliveries, Letters


def sender_of(settings: Settings, made: Callable[..., HttpSender] = HttpSender) -> HttpSender:
    """What sends deliveries to where the operator allows."""
    return made(Addresses(settings.webhook_networks))


async def deliver(
    settings: Settings,
    store: Store,
    catalog: Catalog,
    service: Service,
    sender: HttpSender,
    bell: Bell,
) -> None:
    """Deliver until cancelled; nothing where the operator does not want it."""
    if settings.webhooks:
        letters = Letters(partial(of_record, settings.origin), partial(of_ping, settings.origin))
        await Deliveries(store, catalog, service, sender, letters, bell=bell).run()
