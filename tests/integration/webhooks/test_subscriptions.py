"""Webhooks over their lives: made, changed, given new secrets, removed, and by whom."""

import asyncio

import pytest

from tests.integration.webhooks.conftest import URL, House, Post
from tests.unit.acting import BUYER
from workflow.desk import Accepted
from workflow.domain.canonical import decode
from workflow.domain.credential import Rights
from workflow.domain.principal import Principal, Role, Scope
from workflow.domain.refusals import Refused
from workflow.domain.trail import verify
from workflow.identities import Token
from workflow.store import Store
from workflow.webhooks import Made, Target
from workflow.webhooks.subscriptions import MOST

MARK = "0" * 64
TARGET = Target(URL, "ours")


def code(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.decisive.code


@pytest.fixture
async def buyer(house: House) -> Principal:
    return await house.granted(Role.BUYER, BUYER)


@pytest.fixture
async def operator(house: House) -> Principal:
    return await house.granted(Role.OPERATOR, "operations")


async def test_no_record_tells_a_secret(house: House, store: Store, buyer: Principal) -> None:
    made = await house.webhook(buyer)
    turned = await house.webhooks.rotate(buyer, made.id, None, MARK)
    assert isinstance(turned, Made)
    records = await store.records(f"webhook/{made.id}", 1, 9)
    assert [decode(record)["type"] for record in records] == ["subscribe", "rotate"]
    assert verify(records).ok
    kept = b"".join(records) + str(await house.state(made.id)).encode()
    for one in (made, turned):
        assert one.secret is not None
        assert one.secret.removeprefix("whsec_").encode() not in kept


async def test_a_webhook_is_made_once_with_a_key(
    house: House, store: Store, buyer: Principal
) -> None:
    asked = [house.webhooks.create(buyer, TARGET, "k", MARK) for _ in range(3)]
    outcomes = await asyncio.gather(*asked)
    assert all(isinstance(one, Made) for one in outcomes)
    made = [one for one in outcomes if isinstance(one, Made)]
    (shown,) = [one.secret for one in made if one.secret is not None]
    assert len({one.id for one in made}) == 1
    mark = (await house.state(made[0].id))["secret"]
    assert await store.webhooks.secrets(made[0].id, [mark]) == [shown]
    other = await house.webhooks.create(buyer, TARGET, "k", "1" * 64)
    assert code(other) == "idempotency-key-reused"


async def test_one_that_was_removed_is_not_made_again(
    house: House, store: Store, buyer: Principal
) -> None:
    made = await house.webhooks.create(buyer, TARGET, "k", MARK)
    assert isinstance(made, Made)
    await house.webhooks.remove(buyer, made.id)
    assert code(await house.webhooks.create(buyer, TARGET, "k", MARK)) == "webhook-removed"
    assert await store.webhooks.positions(made.id) is None


async def test_one_whose_making_was_cut_short_begins_when_it_is_made(
    house: House, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object) -> None:
        raise ConnectionResetError

    application = await house.opened()
    with monkeypatch.context() as killed:
        killed.setattr(house.service, "enter", cut)
        with pytest.raises(ConnectionResetError):
            await house.webhooks.create(buyer, TARGET, "k", MARK)
    await house.noted(application, "a")
    assert isinstance(await house.webhooks.create(buyer, TARGET, "k", MARK), Made)
    await house.noted(application, "b")
    assert await house.turn() == [f"msg_{application}_3"]


async def test_a_webhook_needs_a_key(house: House) -> None:
    """The rights of a token end with it, and may be fewer than the next one's."""
    rights = Rights("ann", BUYER, frozenset({Role.BUYER}), scopes=frozenset({Scope.MANAGE}))
    bearer = await house.identities.principal_of_token(Token("https://id.example", "7", rights, 1))
    assert bearer is not None
    assert code(await house.webhooks.create(bearer, TARGET, None, MARK)) == "webhook-needs-key"


async def test_the_old_secret_signs_for_a_day(house: House, post: Post, buyer: Principal) -> None:
    application = await house.opened()
    made = await house.webhook(buyer)
    turned = await house.webhooks.rotate(buyer, made.id, "r", MARK)
    again = await house.webhooks.rotate(buyer, made.id, "r", MARK)
    assert isinstance(turned, Made)
    assert isinstance(again, Made)
    assert (again.replayed, again.secret) == (True, None)
    await house.noted(application, "a")
    await house.turn(86_399)
    await house.noted(application, "b")
    await house.turn(1)
    assert [one.secrets for one in post.got] == [
        (turned.secret, made.secret),
        (turned.secret,),
    ]


async def test_a_second_rotation_forgets_the_first_secret(
    house: House, store: Store, buyer: Principal
) -> None:
    made = await house.webhook(buyer)
    first = (await house.state(made.id))["secret"]
    for _ in range(2):
        await house.webhooks.rotate(buyer, made.id, None, MARK)
    assert await store.webhooks.secrets(made.id, [first]) == []


async def test_each_sees_and_keeps_its_own(
    house: House, buyer: Principal, auditor: Principal, operator: Principal
) -> None:
    made = await house.webhook(buyer)
    stranger = await house.granted(Role.BUYER, "other-cloud")
    hooks = house.webhooks
    for refused in (
        await hooks.seen(stranger, made.id),
        await hooks.change(stranger, made.id, {"enabled": False}, None, MARK),
        await hooks.rotate(stranger, made.id, None, MARK),
        await hooks.remove(stranger, made.id),
        await hooks.ping(stranger, made.id),
        await hooks.resend(stranger, made.id, "msg_a_1"),
        await hooks.deliveries(stranger, made.id, None, 10, None),
        await hooks.seen(buyer, "wnothing"),
    ):
        assert code(refused) == "unknown-webhook"
    assert code(await hooks.remove(auditor, made.id)) == "role-may-not"
    assert code(await hooks.ping(auditor, made.id)) == "role-may-not"
    for who, seen in ((buyer, 1), (stranger, 0), (auditor, 1), (operator, 1)):
        assert len((await hooks.page(who, 10, None)).items) == seen
    assert isinstance(await hooks.remove(operator, made.id), Accepted)


async def test_a_removed_webhook_leaves_its_trail_alone(
    house: House, store: Store, buyer: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(buyer)
    await house.noted(application, "a")
    await house.turn()
    assert isinstance(await house.webhooks.remove(buyer, made.id), Accepted)
    for key in store._layout.of_webhook(made.id):
        assert not await store._client.exists(key)
    assert await store.due("webhook", 1 << 50, 10) == []
    assert code(await house.webhooks.remove(buyer, made.id)) == "webhook-removed"
    assert code(await house.webhooks.seen(buyer, made.id)) == "unknown-webhook"
    assert (await house.webhooks.page(buyer, 10, None)).items == []
    assert len(await store.records(f"webhook/{made.id}", 1, 9)) == 2
    await house.noted(application, "b")
    assert await house.turn() == []


async def test_an_address_that_is_none_is_refused(house: House, buyer: Principal) -> None:
    refused = await house.webhooks.create(buyer, Target("http://a.example/", ""), None, MARK)
    assert code(refused) == "webhook-address-refused"
    made = await house.webhook(buyer)
    changed = await house.webhooks.change(buyer, made.id, {"url": "ftp://a/"}, None, MARK)
    assert code(changed) == "webhook-address-refused"


async def test_a_credential_has_so_many_webhooks(house: House, buyer: Principal) -> None:
    outcomes = [await house.webhooks.create(buyer, TARGET, str(one), MARK) for one in range(MOST)]
    assert all(isinstance(one, Made) for one in outcomes)
    assert code(await house.webhooks.create(buyer, TARGET, "more", MARK)) == "webhook-limit"
    again = await house.webhooks.create(buyer, TARGET, "0", MARK)
    assert isinstance(again, Made)
    assert again.replayed


async def test_whoever_may_not_manage_makes_none(house: House) -> None:
    reader = await house.granted(Role.BUYER, BUYER, Scope.READ)
    refused = await house.webhooks.create(reader, TARGET, None, MARK)
    assert code(refused) == "scope-missing"


async def test_a_webhook_that_rests_is_asked_for_nothing(house: House, buyer: Principal) -> None:
    made = await house.webhook(buyer)
    application = await house.opened()
    await house.webhooks.change(buyer, made.id, {"enabled": False}, None, MARK)
    assert (await house.state(made.id))["why"] == "by-request"
    assert await house.turn() == []
    assert code(await house.webhooks.ping(buyer, made.id)) == "webhook-disabled"
    await house.webhooks.change(buyer, made.id, {"enabled": True}, None, MARK)
    await house.noted(application, "a")
    assert await house.turn() == [f"msg_{application}_2"]


async def test_what_is_named_changes(house: House, buyer: Principal) -> None:
    made = await house.webhook(buyer, types=("note",))
    fields = {"types": ["create", "note", "note"], "description": "new"}
    await house.webhooks.change(buyer, made.id, fields, None, MARK)
    state = await house.state(made.id)
    assert (state["types"], state["description"]) == (["create", "note"], "new")
    assert state["url"] == URL


async def test_deliveries_are_listed_page_by_page(house: House, buyer: Principal) -> None:
    made = await house.webhook(buyer)
    application = await house.opened()
    await house.noted(application, *"abcdef")
    await house.turn()
    found, before = [], None
    for _ in range(4):
        page = await house.webhooks.deliveries(buyer, made.id, "delivered", 2, before)
        assert not isinstance(page, Refused)
        found += [one.seq for one in page.items]
        before = page.next
    assert sorted(found) == list(range(1, 8))
    assert before is None
