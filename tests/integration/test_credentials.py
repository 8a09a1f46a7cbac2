"""Keys over their lives: granted, rotated, expired, revoked; and the operator's, made first."""

import asyncio
from dataclasses import replace

import pytest

from tests.integration.processes import (
    MARK,
    OFFICER,
    READER,
    Clocks,
    Process,
    made,
    mark_of,
    secret_of,
    stored,
    token,
    types,
)
from tests.integration.test_desk import code_of
from tests.unit.acting import AUDITOR, NOW, OPERATOR, RECORDER, person
from workflow.credentials import Granted
from workflow.desk import Accepted
from workflow.domain import apikey
from workflow.domain.apikey import OPERATOR as THE_OPERATORS
from workflow.domain.principal import EVERY_SCOPE, Principal, Role, Scope
from workflow.queries import Queries
from workflow.store import Store


async def test_a_key_comes_in_as_what_was_granted(here: Process) -> None:
    for rights in (OFFICER, READER):
        identifier, key = await here.make(rights)
        assert here.identities.at_hand(key) is None
        expected = Principal(*rights[:4], identifier, rights.scopes, mark_of(key))
        assert await here.identities.principal_of_key(key) == expected
        assert here.identities.at_hand(key) == expected


@pytest.mark.parametrize(
    "spoilt",
    ["", "clr", "{id}_{secret}", "xyz_{id}_{secret}", "clr__{secret}", "clr_{id}", "clr_{id}_",
     "clr_{id}_{secret}x", "clr_{id}_{other}", "clr_{id}x_{secret}", "clr_a/b_{secret}"],
)  # fmt: skip
async def test_what_is_not_the_key_lets_nobody_in(here: Process, spoilt: str) -> None:
    identifier, key = await here.make()
    _, other = await here.make()
    assert await here.good(key, other) == [True, True]
    wrong = spoilt.format(id=identifier, secret=secret_of(key), other=secret_of(other))
    assert await here.good(wrong) == [False]


async def test_nothing_that_is_stored_tells_a_key(here: Process, store: Store) -> None:
    identifier, first = await here.make()
    _, second = await here.rotate(OPERATOR, identifier, overlap=60)
    records = await store.records(f"credential/{identifier}", 1, 9)
    kept = b"".join((*records, (await stored(store, identifier)).encode()))
    for key in (first, second):
        assert secret_of(key).encode() not in kept
        assert apikey.digest_of(key).encode() in kept
    assert await types(store, identifier) == ["grant", "rotate"]


async def test_an_old_secret_is_good_until_the_overlap_ends(here: Process, clocks: Clocks) -> None:
    identifier, first = await here.make()
    _, second = await here.rotate(OPERATOR, identifier, overlap=60)
    assert await here.good(first, second) == [True, True]
    assert (await here.admitted(first)).shown == mark_of(first)
    assert (await here.admitted(second)).shown == mark_of(second)
    clocks.seconds += 59.999
    assert await here.good(first, second) == [True, True]
    clocks.seconds += 0.001  # what is known is still fresh
    assert here.identities.at_hand(first) is None
    assert await here.good(first, second) == [False, True]


async def test_a_second_rotation_ends_what_the_first_one_kept(here: Process) -> None:
    identifier, first = await here.make()
    _, second = await here.rotate(OPERATOR, identifier, overlap=60)
    _, third = await here.rotate(OPERATOR, identifier, overlap=60)
    assert await here.good(first, second, third) == [False, True, True]
    _, last = await here.rotate(OPERATOR, identifier)
    assert await here.good(second, third, last) == [False, False, True]


async def test_whoever_comes_in_with_the_old_secret_does_not_rotate(here: Process) -> None:
    identifier, first = await here.make()
    _, second = await here.rotate(await here.admitted(first), identifier, overlap=60)
    old = await here.admitted(first)
    refused = await here.credentials.rotate(old, identifier, 60, None, MARK)
    assert code_of(refused) == "old-secret"
    _, third = await here.rotate(await here.admitted(second), identifier, overlap=60)
    assert await here.good(first, second, third) == [False, True, True]


async def test_who_may_not_rotate_or_revoke_is_told_no_more_than_they_know(here: Process) -> None:
    identifier, key = await here.make()
    stranger = replace(RECORDER, credential="kother")
    for who, own, other in (
        (stranger, identifier, "unknown-credential"),
        (AUDITOR, identifier, "role-may-not"),
        (OPERATOR, "knobody", "unknown-credential"),
    ):
        assert code_of(await here.credentials.rotate(who, own, 0, None, MARK)) == other
        assert code_of(await here.credentials.revoke(who, own)) == other
    holder = await here.admitted(key)
    assert code_of(await here.credentials.revoke(holder, identifier)) == "role-may-not"
    assert await here.good(key) == [True]


async def test_an_expired_key_is_none(here: Process, clocks: Clocks) -> None:
    until = clocks.after(10)
    identifier, key = await here.make(expires_at=until)
    clocks.seconds = 9.999
    assert await here.good(key) == [True]
    clocks.seconds = 10  # what is known is still fresh
    assert await here.good(key) == [False]
    assert await here.identities.principal_of_session(identifier, mark_of(key)) is None
    refused = await here.credentials.rotate(OPERATOR, identifier, 60, None, MARK)
    assert code_of(refused) == "credential-expired"
    for past in (until, NOW):
        refused = await here.credentials.grant(OPERATOR, OFFICER, past, None, MARK)
        assert code_of(refused) == "already-past"


async def test_a_revoked_key_ends_at_once_and_for_good(here: Process, store: Store) -> None:
    identifier, key = await here.make()
    assert await here.good(key) == [True]
    assert isinstance(await here.credentials.revoke(OPERATOR, identifier), Accepted)
    assert await here.good(key) == [False]
    again = await here.credentials.revoke(OPERATOR, identifier)
    rotated = await here.credentials.rotate(OPERATOR, identifier, 60, None, MARK)
    assert code_of(again) == code_of(rotated) == "credential-revoked"
    assert await here.good(key) == [False]
    assert await types(store, identifier) == ["grant", "revoke"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": frozenset()}, "roles-unfit"),
        ({"roles": frozenset({Role.OFFICER, Role.OPERATOR})}, "roles-unfit"),
        ({"roles": frozenset({Role.OFFICER, Role.AUDITOR})}, "roles-unfit"),
        ({"authorities": frozenset({"miit", "mitt"})}, "unknown-authority"),
        ({"authorities": frozenset()}, "authorities-unfit"),
        ({"roles": frozenset({Role.RECORDER})}, "authorities-unfit"),
    ],
)
async def test_rights_that_nobody_can_hold_are_given_by_no_key_and_by_no_token(
    here: Process, queries: Queries, changes: dict[str, frozenset[str]], code: str
) -> None:
    rights = OFFICER._replace(**changes)  # type: ignore[arg-type]
    refused = await here.credentials.grant(OPERATOR, rights, None, None, MARK)
    assert code_of(refused) == code
    assert await here.identities.principal_of_token(token(rights, 1)) is None
    assert (await queries.credentials((), 9, None)).items == []


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (RECORDER, "role-may-not"),
        (replace(OPERATOR, scopes=EVERY_SCOPE - {Scope.MANAGE}), "scope-missing"),
    ],
)
async def test_who_may_not_grant_is_told_so(here: Process, who: Principal, code: str) -> None:
    assert code_of(await here.credentials.grant(who, OFFICER, None, None, MARK)) == code


async def test_a_repeat_makes_no_second_key_and_shows_none(here: Process, there: Process) -> None:
    first = await here.credentials.grant(OPERATOR, OFFICER, None, "k", MARK)
    identifier, key = made(first)
    for process in (here, there):
        again = await process.credentials.grant(OPERATOR, OFFICER, None, "k", MARK)
        assert isinstance(again, Granted)
        assert (again.id, again.key, again.replayed) == (identifier, None, True)
        other = await process.credentials.grant(OPERATOR, READER, None, "k", "b" * 64)
        assert code_of(other) == "idempotency-key-reused"
        assert await process.good(key) == [True]
    colleague = person(Role.OPERATOR, "operations", "another")
    theirs, _ = made(await here.credentials.grant(colleague, OFFICER, None, "k", MARK))
    assert theirs != identifier


async def test_a_repeat_of_a_rotation_shows_no_key(here: Process) -> None:
    identifier, _ = await here.make()
    first = await here.credentials.rotate(OPERATOR, identifier, 60, "k", MARK)
    again = await here.credentials.rotate(OPERATOR, identifier, 60, "k", MARK)
    assert isinstance(again, Granted)
    assert (again.key, again.replayed) == (None, True)
    assert await here.good(made(first)[1]) == [True]


async def test_a_repeat_shows_no_credential_to_whoever_may_not_see_it(here: Process) -> None:
    """Somebody who was an operator, and is a recorder now."""
    await here.credentials.grant(OPERATOR, OFFICER, None, "k", MARK)
    demoted = replace(OPERATOR, roles=frozenset({Role.RECORDER}), credential="kdemoted")
    again = await here.credentials.grant(demoted, OFFICER, None, "k", MARK)
    assert code_of(again) == "unknown-credential"


async def test_credentials_are_found_by_their_organisation(here: Process, queries: Queries) -> None:
    (first, _), (second, _) = await here.make(), await here.make(OFFICER._replace(name="zhao"))
    await here.make(READER)
    found = await queries.credentials(("organisation=miit",), 9, None)
    assert {identifier for identifier, _ in found.items} == {first, second}


async def test_the_first_start_makes_one_operator(here: Process, there: Process) -> None:
    key, other = here.credentials.new_key(), there.credentials.new_key()
    assert await here.credentials.first_start(key)
    for process, late in ((here, key), (here, other), (there, other)):
        assert not await process.credentials.first_start(late)
    assert await there.good(key, other) == [True, False]
    operator = await here.admitted(key)
    assert operator.credential == THE_OPERATORS
    assert operator.acting == {Role.OPERATOR}


async def test_two_first_starts_at_once_make_one_operator(
    here: Process, there: Process, store: Store
) -> None:
    keys = [here.credentials.new_key(), there.credentials.new_key()]
    won = await asyncio.gather(
        here.credentials.first_start(keys[0]), there.credentials.first_start(keys[1])
    )
    assert sorted(won) == [False, True]
    for process in (here, there):
        assert await process.good(*keys) == list(won)
    assert await types(store, THE_OPERATORS) == ["grant"]


async def test_a_lost_operators_key_is_replaced_at_once_even_when_revoked(
    here: Process, there: Process, store: Store
) -> None:
    lost = here.credentials.new_key()
    await here.credentials.first_start(lost)
    _, rotated = await here.rotate(await here.admitted(lost), THE_OPERATORS, overlap=3600)
    assert await here.good(lost, rotated) == [True, True]
    second = here.credentials.new_key()
    assert await here.credentials.reset_operator(second) is None
    assert await here.good(lost, rotated, second) == [False, False, True]
    own = await here.admitted(second)
    assert code_of(await here.credentials.revoke(own, THE_OPERATORS)) == "own-credential"
    await there.credentials.revoke(OPERATOR, THE_OPERATORS)
    third = there.credentials.new_key()
    assert await there.credentials.reset_operator(third) is None
    assert await there.good(second, third) == [False, True]
    assert (await there.admitted(third)).acting == {Role.OPERATOR}
    expected = ["grant", "rotate", "reset", "revoke", "reset"]
    assert await types(store, THE_OPERATORS) == expected
