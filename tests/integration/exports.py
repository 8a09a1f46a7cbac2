"""Applications under both procedures, carried on by a service."""

from collections.abc import Sequence
from typing import Any

from tests.integration.events import PROCEDURE, creation, event
from tests.unit.acting import BUYER, THE_BUYER
from tests.unit.exporting import Step
from workflow.desk import Accepted
from workflow.domain.canonical import decode
from workflow.domain.refusals import Refused
from workflow.service import Service
from workflow.store import Store

EXPORT = "us-export"


async def opened(service: Service, procedure: str, key: str, buyer: str = BUYER) -> str:
    """An application by its buyer."""
    begun = creation(key, buyer)._replace(authority=None)
    name, outcome = await service.create(THE_BUYER, procedure, begun)
    assert isinstance(outcome, Accepted), outcome
    return name


async def posted(service: Service, name: str, key: str, step: Step) -> Accepted | Refused:
    """One event under a key."""
    who, kind, *more = step
    authority, data = (*more, None, None)[:2]
    act = event(kind, key, data, authority=authority, reason="because")
    return await service.post(who, name, act)


async def carried(service: Service, name: str, steps: Sequence[Step], key: str = "a") -> None:
    """Events that are accepted, one after another."""
    for number, step in enumerate(steps):
        outcome = await posted(service, name, f"{key}.{number}", step)
        assert isinstance(outcome, Accepted), outcome


async def pair(service: Service, key: str) -> tuple[str, str]:
    """An import, and the application to the US authorities that it may be linked to."""
    name = await opened(service, PROCEDURE, f"{key}.import")
    return name, await opened(service, EXPORT, f"{key}.export")


def link_to(other: str) -> Step:
    """The buyer links it."""
    return THE_BUYER, "link_export", None, {"application": other}


async def told(store: Store, name: str) -> list[dict[str, Any]]:
    """What `system:link` posted on an application."""
    records = map(decode, await store.records(f"application/{name}", 1, 200))
    return [record for record in records if record["principal"] == "system:link"]
