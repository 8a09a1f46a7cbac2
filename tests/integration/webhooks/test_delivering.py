"""What is delivered, in which order, how often, and to whom no longer."""

import asyncio
from typing import Any

import orjson
import pytest

from tests.integration.webhooks.conftest import House, Post
from tests.unit.acting import BUYER, OPERATOR
from workflow.domain import clock, retrying
from workflow.domain.principal import Principal, Role, Scope
from workflow.domain.refusals import Refused
from workflow.store import EmbeddedServer, Store, connect
from workflow.store.keys import feed
from workflow.webhooks import Answer, Delivery, Message

DOWN = Answer(500)


def names(application: str, *seqs: int) -> list[str]:
    return [f"msg_{application}_{seq}" for seq in seqs]


async def listed(house: House, who: Principal, webhook: str, status: str | None) -> list[Delivery]:
    page = await house.webhooks.deliveries(who, webhook, status, 50, None)  # type: ignore[arg-type]
    assert not isinstance(page, Refused)
    return page.items


async def test_what_happens_from_now_on_is_delivered_once(
    house: House, post: Post, auditor: Principal, store: Store
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    assert await house.turn() == []
    await house.noted(application, "a", "b")
    assert await house.turn() == names(application, 2, 3)
    assert await house.turn(100_000) == []
    sent = post.got[0]
    assert sent.body == await store.record(f"application/{application}", 2)
    assert sent.secrets == (made.secret,)
    (latest, first) = await listed(house, auditor, made.id, "delivered")
    assert (latest.seq, first.seq, first.attempts, first.last_status) == (3, 2, 1, 204)
    assert await house.webhooks.standing(made.id) == (0, 2, 0, 0, None)


async def test_filters_name_types_states_and_buyers(house: House, auditor: Principal) -> None:
    await house.webhook(auditor, types=("note",), buyers=(BUYER,))
    await house.webhook(auditor, states=("submitted",))
    await house.webhook(auditor, states=("submitted",), buyers=("other-cloud",))
    one = await house.opened()
    await house.noted(one, "a")
    assert sorted(await house.turn()) == names(one, 1, 2)
    other = await house.opened("two", "other-cloud")
    await house.noted(other, "a")
    assert await house.turn() == names(other, 1) * 2


async def test_only_what_the_owner_sees_is_delivered(house: House) -> None:
    buyer = await house.granted(Role.BUYER, BUYER)
    blind = await house.granted(Role.BUYER, BUYER, Scope.POST, Scope.MANAGE)
    await house.webhook(buyer)
    unseeing = await house.webhook(blind)
    own, other = await house.opened(), await house.opened("two", "other-cloud")
    assert own != other
    assert await house.turn() == names(own, 1)
    assert await house.webhooks.standing(unseeing.id) == (0, 0, 0, 0, None)


async def test_a_failure_holds_up_its_own_application_alone(
    house: House, post: Post, auditor: Principal
) -> None:
    one, two = await house.opened(), await house.opened("two")
    made = await house.webhook(auditor)
    await house.noted(one, "a", "b")
    post.answers.append(DOWN)
    assert await house.turn() == names(one, 2)
    await house.noted(two, "a")
    assert await house.turn() == names(two, 2)
    waiting = await listed(house, auditor, made.id, "pending")
    assert [(one.seq, one.attempts, one.last_error) for one in waiting] == [
        (3, 0, None), (2, 1, "status"),
    ]  # fmt: skip
    assert await house.turn(4.9) == []
    assert await house.turn(0.1) == names(one, 2, 3)


async def test_it_is_tried_ten_times_in_three_days_and_then_given_up(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a", "b")
    post.answers.extend([DOWN] * 10)
    assert await house.turn() == names(application, 2)
    for wait in retrying.DELAYS[:-1]:
        assert await house.turn(wait - 1) == []
        assert await house.turn(1) == names(application, 2)
    assert await house.turn(86_400) == names(application, 2, 3)
    (dead,) = await listed(house, auditor, made.id, "dead")
    assert (dead.seq, dead.attempts, dead.next_attempt_at) == (2, 10, None)
    assert await house.webhooks.standing(made.id) == (0, 1, 1, 0, None)


async def test_a_resent_delivery_is_the_same_delivery(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a")
    await house.turn()
    name = post.got[0].id
    again = await house.webhooks.resend(auditor, made.id, name)
    assert isinstance(again, Delivery)
    assert (again.id, again.status) == (name, "pending")
    assert await listed(house, auditor, made.id, "delivered") == []
    assert len(await house.turn()) == 1
    assert (post.got[1].id, post.got[1].body) == (name, post.got[0].body)
    unknown = await house.webhooks.resend(auditor, made.id, "msg_no_1")
    assert isinstance(unknown, Refused)
    assert unknown.decisive.code == "unknown-delivery"


@pytest.mark.parametrize(("status", "wait"), [(429, 900), (503, 900), (500, 5), (503, None)])
async def test_a_receiver_says_when_it_wants_to_be_asked_again(
    house: House, post: Post, auditor: Principal, status: int, wait: float | None
) -> None:
    application = await house.opened()
    await house.webhook(auditor)
    await house.noted(application, "a")
    post.answers.append(Answer(status, retry_after=None if wait is None else 900.0))
    await house.turn()
    assert await house.turn((wait or 5) - 1) == []
    assert await house.turn(1) == names(application, 2)


async def test_a_receiver_that_is_gone_is_asked_no_more(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a", "b")
    post.answers.append(Answer(410))
    assert await house.turn() == names(application, 2)
    assert await house.turn(100_000) == []
    state = await house.state(made.id)
    assert (state["state"], state["why"]) == ("disabled", "gone")
    await house.noted(application, "c")
    await house.webhooks.change(auditor, made.id, {"enabled": True}, None, "0" * 64)
    await house.noted(application, "d")
    assert await house.turn() == names(application, 2, 3, 5)


async def test_a_receiver_that_takes_nothing_for_days_is_left_alone(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, *(f"n{number}" for number in range(3)))
    post.always = DOWN
    for _ in range(2):
        for wait in (0, *retrying.DELAYS):
            await house.turn(wait)
    state = await house.state(made.id)
    assert (state["state"], state["why"]) == ("disabled", "failing")
    await house.webhooks.change(auditor, made.id, {"enabled": True}, None, "0" * 64)
    assert await house.turn(100_000) == names(application, 3, 4)
    assert (await house.state(made.id))["state"] == "active"


async def test_days_without_events_are_no_days_of_failing(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.webhooks.ping(auditor, made.id)
    post.answers.append(DOWN)
    await house.turn()
    assert (await house.webhooks.standing(made.id)).failing is None
    await house.noted(application, "a")
    post.answers.append(DOWN)
    assert await house.turn(6 * 86_400) == names(application, 2)
    began = clock.milliseconds(house.now)
    assert (await house.webhooks.standing(made.id)).failing == began
    assert (await house.state(made.id))["state"] == "active"


async def test_a_fault_in_sending_is_a_try_that_counts(
    house: House, auditor: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Post):
        async def send(self, message: Message) -> Answer:
            raise OverflowError(message.id)

    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a")
    process = house.process(Broken())
    await process.turn()
    await process.finish(5)
    (waiting,) = await listed(house, auditor, made.id, "pending")
    assert (waiting.attempts, waiting.last_error) == (1, "fault")
    assert "OverflowError" in caplog.text


async def test_what_the_owner_sees_no_longer_is_dropped_and_counted(
    house: House, post: Post, store: Store
) -> None:
    issuer = await house.granted(Role.AUDITOR, "audit-office")
    application = await house.opened()
    made = await house.webhook(issuer)
    await house.noted(application, "a")
    post.answers.append(DOWN)
    assert len(await house.turn()) == 1
    text = await store.read(f"credential/{issuer.credential}")
    assert text is not None
    kept = text.replace(b'["auditor"]', b'["buyer"]')
    assert kept != text
    client = store._client
    await client.set(store._layout.document(f"credential/{issuer.credential}"), kept)
    assert await house.turn(10) == []
    assert await house.webhooks.standing(made.id) == (0, 0, 0, 1, None)


async def test_a_credential_that_ends_ends_the_telling(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.credentials.revoke(OPERATOR, auditor.credential)
    await house.noted(application, "a")
    assert await house.turn() == []
    assert (await house.state(made.id))["why"] == "credential-ended"


async def test_a_credential_that_ends_while_something_waits(
    house: House, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    await house.webhook(auditor)
    await house.noted(application, "a")
    post.answers.append(DOWN)
    await house.turn()
    await house.credentials.revoke(OPERATOR, auditor.credential)
    assert await house.turn(10) == []


async def test_a_credential_that_ends_between_two_deliveries(
    house: House, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a", "b")

    class Ending(Post):
        async def send(self, message: Message) -> Answer:
            await house.credentials.revoke(OPERATOR, auditor.credential)
            return await super().send(message)

    post = Ending()
    process = house.process(post)
    await process.turn()
    await process.finish(5)
    assert post.ids == names(application, 2)
    assert (await house.state(made.id))["why"] == "credential-ended"


async def test_what_waits_again_is_not_forgotten_with_what_was_made(
    house: House, post: Post, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.store.webhooks.KEPT", 1)
    one, two = await house.opened(), await house.opened("two")
    made = await house.webhook(auditor)
    await house.noted(one, "a")
    await house.turn()
    name = post.got[0].id
    await house.webhooks.resend(auditor, made.id, name)
    post.answers.append(DOWN)
    await house.turn()
    await house.noted(two, "a", "b")
    await house.turn()
    (waiting,) = await listed(house, auditor, made.id, "pending")
    assert (waiting.id, waiting.attempts) == (name, 1)


async def test_another_record_of_the_same_seq_is_another_message(
    house: House, post: Post, auditor: Principal, store: Store, server: EmbeddedServer
) -> None:
    """What took a seq in a database that was restored: a receiver that drops repeats takes it."""
    application = await house.opened()
    await house.webhook(auditor)
    await house.noted(application, "a")
    names = store._layout.of_subject(f"application/{application}")
    client = connect(server.url)
    kept = [await client.dump(name) or b"" for name in names]
    await house.turn()
    await house.noted(application, "b")
    await house.turn()
    for name, dumped in zip(names, kept, strict=True):
        await client.restore(name, 0, dumped, replace=True)
    await client.aclose()
    await house.noted(application, "c")
    await house.turn()
    seqs = [orjson.loads(message.body)["seq"] for message in post.got]
    marks = [orjson.loads(message.body)["hash"][:8] for message in post.got]
    assert seqs == [2, 3, 3]
    assert [message.id for message in post.got] == [
        f"msg_{application}_{seq}_{mark}" for seq, mark in zip(seqs, marks, strict=True)
    ]
    assert len(set(marks)) == 3


async def test_a_copy_that_was_made_while_the_queue_changed_goes_on(
    house: House, store: Store, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    post.answers.append(DOWN)
    await house.noted(application, "a")
    await house.turn()
    _, _, _, due, deliveries, *_ = store._layout.of_webhook(made.id)
    await store._client.delete(due, deliveries)
    await store.webhooks.rest(made.id)
    again = house.process(post)
    await again.turn()
    await again.finish(5)
    assert post.ids[-1:] == names(application, 2)
    (found,) = await listed(house, auditor, made.id, "delivered")
    assert (found.type, found.attempts) == ("note", 1)


async def test_a_ping_is_tried_once(house: House, post: Post, auditor: Principal) -> None:
    made = await house.webhook(auditor)
    post.answers.append(DOWN)
    tried = await house.webhooks.ping(auditor, made.id)
    assert isinstance(tried, Delivery)
    assert await house.turn() == [tried.id]
    assert await house.turn(100_000) == []
    assert orjson.loads(post.got[0].body) == [made.id, tried.id, tried.created_at]
    (dead,) = await listed(house, auditor, made.id, "dead")
    assert dead.application == "ping"


async def test_two_processes_deliver_once(house: House, post: Post, auditor: Principal) -> None:
    await house.webhook(auditor)
    applications = []
    other = house.process(post)
    for number in range(4):
        applications += [await house.opened(f"{number}-{one}") for one in range(5)]
        if number % 2:
            await asyncio.gather(house.deliveries.turn(), other.turn())
        for one in (house.deliveries, other):  # what the other remembers is out of date
            await one.turn()
            await one.finish(5)
    assert sorted(post.ids) == sorted(name for one in applications for name in names(one, 1))


async def test_whoever_was_too_slow_changes_nothing(
    house: House, store: Store, post: Post, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a", "b")

    class Slow(Post):
        async def send(self, message: Message) -> Answer:
            house.now = house.now.replace("T04:", "T05:")
            post.answers.extend([Answer(204), DOWN])
            assert await house.turn() == names(application, 2, 3)
            return DOWN

    slow = house.process(Slow())
    await slow.turn()
    await slow.finish(5)
    (made_first,) = await listed(house, auditor, made.id, "delivered")
    assert (made_first.seq, made_first.last_error) == (2, None)
    assert await house.turn(5) == names(application, 3)


async def test_without_a_secret_it_waits_for_a_new_one(
    house: House, post: Post, store: Store, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await store.webhooks.forget_secret(made.id, made.document.snapshot["secret"])
    await house.noted(application, "a")
    assert await house.turn() == []
    (waiting,) = await listed(house, auditor, made.id, "pending")
    assert (waiting.last_error, waiting.attempts) == ("secret-missing", 0)
    await house.webhooks.rotate(auditor, made.id, None, "0" * 64)
    assert await house.turn(300) == names(application, 2)


async def test_in_a_database_that_was_built_anew_it_begins_now(
    house: House, post: Post, store: Store, auditor: Principal
) -> None:
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, "a")
    await store.webhooks.discard(made.id)
    await house.turn()
    await house.webhooks.rotate(auditor, made.id, None, "0" * 64)
    await house.noted(application, "b")
    assert await house.turn() == names(application, 3)


async def test_the_history_is_bounded(
    house: House, post: Post, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.store.webhooks.KEPT", 3)
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, *"abcde")
    await house.turn()
    assert [one.seq for one in await listed(house, auditor, made.id, None)] == [6, 5, 4]
    assert (await house.webhooks.standing(made.id)).delivered == 5


async def test_a_full_queue_waits_in_the_feed(
    house: House, post: Post, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.webhooks.filling.FULL", 2)
    monkeypatch.setattr("workflow.webhooks.filling.STRETCH", 2)
    application = await house.opened()
    made = await house.webhook(auditor)
    await house.noted(application, *"abcdef")
    post.answers.append(DOWN)
    await house.turn()
    assert (await house.webhooks.standing(made.id)).pending in (2, 3)  # a stretch more at the most
    sent = [name for _ in range(4) for name in await house.turn(5)]
    assert sent == names(application, *range(2, 8))


async def test_a_full_queue_is_not_filled_again_and_again(
    house: House, post: Post, auditor: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.webhooks.filling.FULL", 1)
    monkeypatch.setattr("workflow.webhooks.filling.STRETCH", 1)
    application = await house.opened()
    await house.webhook(auditor)
    await house.noted(application, "a", "b")
    post.answers.append(DOWN)
    await house.turn()
    looked = []
    after = house.store.feeds.after

    async def noticed(*arguments: Any) -> Any:
        looked.append(arguments)
        return await after(*arguments)

    monkeypatch.setattr(house.store.feeds, "after", noticed)
    assert await house.turn() == []
    assert looked == []
    assert await house.turn(5) == names(application, 2)
    assert await house.turn() == names(application, 3)


async def test_a_feed_that_does_not_go_on_is_told_of_once(
    house: House, store: Store, auditor: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    application = await house.opened()
    await house.webhook(auditor)
    await house.turn()
    await house.noted(application, "a", "b")
    for tag in store._layout.tags:
        await store._client.xtrim(feed(tag), maxlen=1, approximate=False)
    for _ in range(2):
        assert await house.turn() == []
    assert caplog.text.count("its feed does not go on") == 1


async def test_feeds_are_needed_up_to_where_an_active_webhook_has_read(
    house: House, store: Store, auditor: Principal
) -> None:
    assert await store.webhooks.least() == {}
    made = await house.webhook(auditor)
    await house.opened()
    behind = await store.webhooks.least()
    await house.turn()
    ahead = await store.webhooks.least()
    assert list(ahead.values()) == await store.feeds.last()
    assert sum(behind.values()) < sum(ahead.values())
    await house.webhooks.change(auditor, made.id, {"enabled": False}, None, "0" * 64)
    assert await store.webhooks.least() == {}
