"""The use cases that change something: creating, the registry of buyers, pools and claims."""

import asyncio
from typing import Any

from tests.integration.events import NAME, PROCEDURE, creation, event
from tests.integration.test_desk import code_of, seq_of
from tests.unit.acting import AUDITOR, BUYER, OPERATOR, RECORDER, STATEMENT, THE_BUYER, person
from workflow.desk import Accepted
from workflow.domain.principal import Role
from workflow.domain.record import Document
from workflow.domain.refusals import Refusal
from workflow.queries import Queries
from workflow.registry import application_id
from workflow.service import Service, now, salt

MARK = "1" * 64
TITLE = {"en": "Joint purchase", "zh": "联合采购"}


def claim(units: int, supersedes: str | None = None) -> dict[str, Any]:
    body = {"units": units, "bound": "exactly", "buyers": [BUYER], "evidence": []}
    return {**body, "supersedes": supersedes}


async def test_an_id_comes_from_principal_and_key(service: Service) -> None:
    made = [await service.create(THE_BUYER, PROCEDURE, creation("k")) for _ in range(2)]
    assert [identifier for identifier, _ in made] == [application_id(THE_BUYER, "k")] * 2
    assert [one.replayed for _, one in made if isinstance(one, Accepted)] == [False, True]
    other = person(Role.BUYER, BUYER, "another")
    assert application_id(other, "k") != application_id(THE_BUYER, "k")
    reused = await service.create(THE_BUYER, PROCEDURE, creation("k", reference="other"))
    assert code_of(reused[1]) == "idempotency-key-reused"


async def test_a_creation_is_found_again_when_the_application_has_moved_on(
    service: Service, application: str
) -> None:
    act = event("withdraw", "w", authority="buyer", grade=STATEMENT)
    await service.post(THE_BUYER, application, act)
    _, again = await service.create(THE_BUYER, PROCEDURE, creation("submit"))
    assert isinstance(again, Accepted)
    assert (again.replayed, seq_of(again), again.document.version) == (True, 1, 2)


async def test_what_a_creation_names_must_exist(service: Service) -> None:
    for wrong, code in (
        (("nothing", creation("a")), "unknown-procedure"),
        ((PROCEDURE, creation("a", "nobody")), "unknown-buyer"),
        ((PROCEDURE, creation("a", pool="nowhere")), "pool-not-registered"),
    ):
        assert code_of((await service.create(RECORDER, *wrong))[1]) == code
    refused = await service.create(AUDITOR, PROCEDURE, creation("a"))
    assert code_of(refused[1]) == "role-may-not"


async def test_a_pool_is_known_from_its_opening_on(service: Service) -> None:
    await service.open_pool(RECORDER, "p", {"title": TITLE, "claims": [claim(9)]}, "k", MARK)
    _, made = await service.create(THE_BUYER, PROCEDURE, creation("a", pool="p"))
    assert isinstance(made, Accepted)
    assert made.document.snapshot["pool"] == "p"
    _, free = await service.create(THE_BUYER, PROCEDURE, creation("b"))
    assert isinstance(free, Accepted)
    act = event("claim_allocation", "c", {"units": 5, "pool": "p"}, authority="buyer")
    identifier = application_id(THE_BUYER, "b")
    outcome = await service.post(THE_BUYER, identifier, act)
    assert isinstance(outcome, Accepted)
    assert outcome.document.snapshot["pool"] == "p"


async def test_a_buyer_is_named_once_and_may_be_renamed(service: Service) -> None:
    same = await service.register_buyer(OPERATOR, BUYER, NAME, MARK)
    assert isinstance(same, Accepted)
    assert (same.replayed, same.document.version) == (True, 1)
    name = {"en": "Other Cloud", "zh": "别的云"}
    race = [service.register_buyer(RECORDER, BUYER, name, MARK) for _ in range(5)]
    outcomes = await asyncio.gather(*race)
    assert {one.document.version for one in outcomes if isinstance(one, Accepted)} == {2}
    back = await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
    assert isinstance(back, Accepted)
    assert (back.document.version, back.document.snapshot["name"]) == (3, NAME)
    assert code_of(await service.register_buyer(AUDITOR, BUYER, name, MARK)) == "role-may-not"


async def test_a_pool_keeps_every_claim(service: Service, queries: Queries) -> None:
    data = {"title": TITLE, "claims": [claim(400)]}
    opened = [await service.open_pool(RECORDER, "p", data, "k", MARK) for _ in range(2)]
    assert [one.replayed for one in opened if isinstance(one, Accepted)] == [False, True]
    assert code_of(await service.open_pool(RECORDER, "p", data, "l", MARK)) == "pool-exists"
    more = [service.add_claim(RECORDER, "p", claim(n), f"c{n}", MARK) for n in range(1, 6)]
    assert [seq_of(one) for one in await asyncio.gather(*more)] == [2, 3, 4, 5, 6]
    assert seq_of(await service.add_claim(RECORDER, "p", claim(9, "k1"), "s", MARK)) == 7
    again = await service.add_claim(RECORDER, "p", claim(9, "k1"), "t", MARK)
    assert code_of(again) == "claim-superseded"
    assert code_of(await service.add_claim(RECORDER, "q", claim(1), "c", MARK)) == "unknown-pool"
    document = await queries.document("pool", "p")
    assert document
    assert len(document.snapshot["claims"]) == 7


def test_time_and_chance_are_of_the_form_that_records_hold() -> None:
    assert len(now()) == len("2026-01-28T00:00:00.000Z")
    assert now().endswith("Z")
    assert len({salt() for _ in range(100)}) == 100
    assert all(len(salt()) == 32 for _ in range(10))


async def test_a_claim_names_registered_buyers(service: Service, queries: Queries) -> None:
    strange = {**claim(400), "buyers": [BUYER, "nobody"]}
    opened = await service.open_pool(
        RECORDER, "p-strange", {"title": TITLE, "claims": [strange]}, "k", MARK
    )
    assert code_of(opened) == "unknown-buyer"
    assert await queries.document("pool", "p-strange") is None
    await service.open_pool(RECORDER, "p-known", {"title": TITLE, "claims": []}, "k", MARK)
    added = await service.add_claim(RECORDER, "p-known", strange, "c", MARK)
    assert code_of(added) == "unknown-buyer"


async def test_a_buyer_is_renamed_on_the_version_that_was_read(
    service: Service, queries: Queries
) -> None:
    def stale(_document: Document) -> Refusal:
        return Refusal("stale")

    other = {"en": "Other", "zh": "其他"}
    assert code_of(await service.register_buyer(OPERATOR, BUYER, other, MARK, stale)) == "stale"
    found = await queries.document("buyer", BUYER)
    assert found is not None
    assert found.snapshot["name"] == NAME
