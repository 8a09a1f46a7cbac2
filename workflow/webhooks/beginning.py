"""From where on a webhook tells of what happens."""

from workflow.store import Store


async def begin(store: Store, webhook: str, *, afresh: bool) -> list[int]:
    """Look for what to deliver from the present end of every feed on, unless it has begun before
    and not `afresh`; up to where each feed counts as looked through.

    What began and never came to have a record begins afresh: what it began at may be trimmed by
    now. The record is looked for last, so nothing that follows it is passed over.
    """
    while True:
        before = await store.webhooks.positions(webhook)
        ends = await store.feeds.last()
        made = await store.read(f"webhook/{webhook}") is not None
        if before is not None and made and not afresh:
            return before
        told: list[int | None] = [None] * len(ends) if before is None else [*before]
        moved = {partition: (old, ends[partition]) for partition, old in enumerate(told)}
        if await store.webhooks.fill(webhook, moved, (), 0):
            return ends
