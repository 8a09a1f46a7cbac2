"""A version of a procedure is published by its first application, and never another one then."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.integration.events import CATALOG, PROCEDURE, creation, event
from tests.unit.acting import ANOTHER_BUYER, OPERATOR, THE_BUYER
from tests.unit.versions import second
from workflow.catalog import Catalog
from workflow.desk import Accepted
from workflow.domain.canonical import decode
from workflow.domain.procedure import Procedure
from workflow.domain.record import Document
from workflow.domain.refusals import Refused
from workflow.domain.trail import verify
from workflow.registry import RulesMissing
from workflow.service import Item, Service
from workflow.store import Store

FIRST = f"procedure/{PROCEDURE}.1"


def packaged() -> Procedure:
    engine = CATALOG.founding(PROCEDURE, 1)
    assert engine is not None
    return engine.procedure


def others() -> list[Procedure]:
    return [one for one in CATALOG.procedures() if one.name != PROCEDURE]


CHANGED = replace(packaged(), digest="0" * 64)
"""The same version with other rules."""


@pytest.fixture
async def otherwise(store: Store) -> AsyncIterator[Service]:
    """Another process, whose file says something else."""
    made = Service(store, Catalog([CHANGED, *others()]))
    yield made
    await made.finish()


def refusal(outcome: object) -> str:
    assert isinstance(outcome, Refused)
    return outcome.decisive.code


async def test_nothing_is_published_before_an_application_begins(
    service: Service, otherwise: Service, store: Store
) -> None:
    assert await store.read(FIRST) is None
    await otherwise.check_published()
    _, refused = await service.create(THE_BUYER, PROCEDURE, creation("x", buyer="nobody"))
    assert isinstance(refused, Refused)
    assert await store.read(FIRST) is None


async def test_the_first_application_publishes_its_version_once(
    service: Service, store: Store
) -> None:
    for key in ("one", "two"):
        _, outcome = await service.create(THE_BUYER, PROCEDURE, creation(key))
        assert isinstance(outcome, Accepted)
    another = Service(store, CATALOG)
    await another.create(THE_BUYER, PROCEDURE, creation("three"))
    records = await store.records(FIRST, 1, 10)
    assert verify(records).ok
    (record,) = map(decode, records)
    assert (record["type"], record["principal"]) == ("publish", "system:registry")
    assert record["data"] == {
        "procedure": PROCEDURE,
        "version": 1,
        "digest": packaged().digest,
        "name": packaged().title._asdict(),
    }
    await another.check_published()
    await another.finish()


async def test_other_rules_are_found_at_the_start(
    service: Service, otherwise: Service, application: str, store: Store
) -> None:
    await service.check_published()
    with pytest.raises(RulesMissing, match=rf"{PROCEDURE} version 1 has other rules now"):
        await otherwise.check_published()
    with pytest.raises(RulesMissing, match=rf"{PROCEDURE} version 1 is missing"):
        await Service(store, Catalog(others())).check_published()


async def test_nothing_begins_by_other_rules(
    service: Service, otherwise: Service, application: str
) -> None:
    """Whoever started before the version was published notices now."""
    _, refused = await otherwise.create(THE_BUYER, PROCEDURE, creation("later"))
    assert refusal(refused) == "published-otherwise"
    _, outcome = await service.create(THE_BUYER, PROCEDURE, creation("later"))
    assert isinstance(outcome, Accepted)


async def test_nothing_goes_on_by_other_rules(
    service: Service, otherwise: Service, application: str, store: Store
) -> None:
    """Neither for whoever posts, in a batch, in trying, nor for the clock; and the process knows
    that it is of no use.
    """
    note = event("note", "n", {"text": "No comment."})
    for posted in (
        await otherwise.rehearse(THE_BUYER, application, note),
        await otherwise.post(THE_BUYER, application, note),
        (await otherwise.post_many(THE_BUYER, [[Item(application, note, None)]]))[0],
        await otherwise.fire(application, "expire", "timer:x", "2026-02-02T00:00:00.000Z"),
        await otherwise.post(THE_BUYER, application, event("correct", "c")),
    ):
        assert refusal(posted) == "published-otherwise"
    assert otherwise.departed.is_set()
    assert refusal(await otherwise.post(ANOTHER_BUYER, application, note)) == "unknown-application"
    assert len(await store.records(f"application/{application}", 1, 10)) == 1
    assert isinstance(await service.post(THE_BUYER, application, note), Accepted)
    assert not service.departed.is_set()


async def test_nothing_goes_on_without_the_rules(
    service: Service, application: str, store: Store
) -> None:
    """A process that has another version alone."""
    later = Service(store, Catalog([second(), *others()]))
    posted = await later.post(THE_BUYER, application, event("note", "n", {"text": "Hm."}))
    assert refusal(posted) == "published-otherwise"
    assert later.departed.is_set()
    await later.finish()


async def test_a_migration_brings_the_rules_of_the_version_that_it_leads_to(
    service: Service, application: str, store: Store
) -> None:
    both = [packaged(), second(), *others()]
    first = Service(store, Catalog(both))
    former = Service(store, Catalog([replace(packaged(), digest="1" * 64), *both[1:]]))
    latter = Service(store, Catalog([packaged(), replace(second(), digest="2" * 64), *others()]))
    migrate = event("migrate", "m", {"version": 2})
    outcome = await first.post(OPERATOR, application, migrate)
    assert isinstance(outcome, Accepted)
    assert outcome.document.snapshot["procedure_digest"] == second().digest
    note = event("note", "n", {"text": "No comment."})
    assert refusal(await latter.post(THE_BUYER, application, note)) == "published-otherwise"
    assert isinstance(await former.post(THE_BUYER, application, note), Accepted)
    for one in (first, former, latter):
        await one.finish()


async def test_an_application_of_an_earlier_program_goes_on(
    otherwise: Service, application: str, store: Store
) -> None:
    """It holds no digest; whether the rules are the same, the start has compared."""
    subject = f"application/{application}"
    stored = await store.read(subject)
    assert stored is not None
    document = Document.decode(stored)
    snapshot = {**document.snapshot}
    del snapshot["procedure_digest"]
    catalog = Catalog([CHANGED, *others()])
    assert catalog.departed(document) is not None
    assert catalog.departed(document._replace(snapshot=snapshot)) is None


async def test_a_migration_publishes_the_version_that_it_leads_to(
    service: Service, application: str, store: Store
) -> None:
    later = replace(second(), digest="2" * 64)
    other = Service(store, Catalog([packaged(), *others(), later]))
    first = Service(store, Catalog([packaged(), *others(), second()]))
    migrate = event("migrate", "m", {"version": 2})
    assert isinstance(await first.post(OPERATOR, application, migrate), Accepted)
    assert await store.read(f"procedure/{PROCEDURE}.2") is not None
    name, _ = await service.create(THE_BUYER, PROCEDURE, creation("two"))
    for posted in (
        await other.post(OPERATOR, name, migrate),
        (await other.post_many(OPERATOR, [[Item(name, migrate, None)]]))[0],
    ):
        assert refusal(posted) == "published-otherwise"
    assert isinstance(await first.post(OPERATOR, name, migrate), Accepted)
    with pytest.raises(RulesMissing, match="version 2 is missing"):
        await service.check_published()
    await first.finish()
    await other.finish()
