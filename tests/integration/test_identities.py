"""Who comes in with what a process knows: keys, sessions, tokens; and when they last did."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from tests.integration.processes import (
    MARK,
    OFFICER,
    READER,
    Clocks,
    Process,
    mark_of,
    token,
    types,
)
from tests.integration.test_desk import code_of
from tests.unit.acting import OPERATOR
from workflow import identities
from workflow.desk import Accepted
from workflow.domain.canonical import decode
from workflow.domain.principal import EVERY_SCOPE, Principal, Scope
from workflow.identities import FRESH
from workflow.store import Store


async def test_a_revocation_anywhere_holds_everywhere_in_time(
    here: Process, there: Process, clocks: Clocks
) -> None:
    identifier, key = await there.make()
    assert await here.good(key) == [True]
    assert isinstance(await there.credentials.revoke(OPERATOR, identifier), Accepted)
    assert await there.good(key) == [False]
    clocks.seconds += FRESH + 0.001
    assert here.identities.at_hand(key) is None
    assert await here.identities.principal_of_session(identifier, mark_of(key)) is None
    assert await here.good(key) == [False]


async def test_a_credential_is_looked_up_anew_in_time_and_when_it_is_forgotten(
    here: Process, clocks: Clocks
) -> None:
    identifier, key = await here.make()
    assert await here.good(key) == [True]
    clocks.seconds += FRESH
    assert here.identities.at_hand(key) is not None
    clocks.seconds += 0.001
    assert here.identities.at_hand(key) is None
    assert await here.good(key) == [True]
    here.identities.forget(identifier)
    here.identities.forget(identifier)
    assert here.identities.at_hand(key) is None


async def test_more_credentials_than_a_process_remembers_are_good_all_the_same(
    here: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "KNOWN", 2)
    keys = [(await here.make())[1] for _ in range(3)]
    for _ in range(2):
        for key in keys:
            await here.admitted(key)
        known = [here.identities.at_hand(key) is not None for key in keys]
        assert known == [False, True, True]


async def test_a_session_ends_with_the_secret_that_it_began_with(
    here: Process, clocks: Clocks
) -> None:
    identifier, first = await here.make()
    _, second = await here.rotate(OPERATOR, identifier, overlap=60)
    sessions = here.identities.principal_of_session
    for key in (first, second):
        principal = await sessions(identifier, mark_of(key))
        assert principal == await here.admitted(key)
    clocks.seconds += 60
    assert await sessions(identifier, mark_of(first)) is None
    assert await sessions(identifier, mark_of(second)) is not None
    await here.rotate(OPERATOR, identifier)
    assert await sessions(identifier, mark_of(second)) is None


async def test_a_session_of_no_secret_ends_with_its_credential(here: Process) -> None:
    identifier, _ = await here.make()
    sessions = here.identities.principal_of_session
    _, key = await here.rotate(OPERATOR, identifier)
    assert await sessions(identifier, "") == await here.admitted(key)
    assert await sessions("knobody", "") is None
    await here.credentials.revoke(OPERATOR, identifier)
    assert await sessions(identifier, "") is None


async def test_rights_that_an_issuer_gives_leave_a_grant_once(
    here: Process, there: Process, store: Store
) -> None:
    principal = await here.identities.principal_of_token(token(OFFICER, 100))
    assert principal is not None
    assert principal == Principal(*OFFICER[:4], principal.credential, EVERY_SCOPE, "")
    for process in (here, there):
        for issued_at in (99, 100, 101):
            again = await process.identities.principal_of_token(token(OFFICER, issued_at))
            assert again == principal
    assert await types(store, principal.credential) == ["grant"]
    (record,) = await store.records(f"credential/{principal.credential}", 1, 9)
    assert decode(record)["principal"] == "issuer:login.example.org"
    other = await here.identities.principal_of_token(token(OFFICER, 100, "s-2"))
    assert other is not None
    assert other.credential != principal.credential


async def test_a_token_narrows_its_scopes_each_time_anew(here: Process, store: Store) -> None:
    wanted = [frozenset({Scope.READ}), EVERY_SCOPE, frozenset({Scope.POST})]
    tokens = [token(OFFICER._replace(scopes=scopes), 100) for scopes in wanted]
    found = [await here.identities.principal_of_token(one) for one in tokens]
    assert [one and one.scopes for one in found] == wanted
    (identifier,) = {one.credential for one in found if one}
    assert await types(store, identifier) == ["grant"]


async def test_newer_rights_replace_those_of_older_tokens(
    here: Process, there: Process, store: Store, clocks: Clocks
) -> None:
    first = await here.identities.principal_of_token(token(OFFICER, 100))
    await there.identities.principal_of_token(token(OFFICER, 100))
    moved = OFFICER._replace(organisation="ndrc", authorities=frozenset({"ndrc"}))
    second = await here.identities.principal_of_token(token(moved, 101))
    assert first is not None
    assert second == replace(first, organisation="ndrc", authorities=frozenset({"ndrc"}))
    for issued_at in (100, 101):
        assert await here.identities.principal_of_token(token(OFFICER, issued_at)) is None
    clocks.seconds += FRESH + 0.001
    assert await there.identities.principal_of_token(token(OFFICER, 100)) is None
    assert await there.identities.principal_of_token(token(moved, 101)) == second
    assert await here.identities.principal_of_token(token(OFFICER, 102)) == first
    assert await types(store, first.credential) == ["grant"] * 3


async def test_a_process_that_knows_too_little_gives_no_older_rights(
    here: Process, there: Process, store: Store
) -> None:
    """It believes what it read a moment ago; the record is decided on what is stored."""
    moved = OFFICER._replace(organisation="ndrc", authorities=frozenset({"ndrc"}))
    older = OFFICER._replace(name="qian-li")
    assert await here.identities.principal_of_token(token(OFFICER, 100)) is not None
    assert await there.identities.principal_of_token(token(moved, 102)) is not None
    assert await here.identities.principal_of_token(token(older, 101)) is None
    newest = await here.identities.principal_of_token(token(moved, 102))
    assert newest is not None
    assert newest.organisation == "ndrc"
    assert await types(store, newest.credential) == ["grant", "grant"]


async def test_tokens_that_come_at_once_give_their_own_rights_or_none(
    here: Process, there: Process
) -> None:
    """Whichever is recorded first, nobody comes in as what another token says."""
    moved = OFFICER._replace(organisation="ndrc", authorities=frozenset({"ndrc"}))
    tokens = [token(moved, 102), token(OFFICER, 101), token(OFFICER, 100), token(moved, 103)]
    for _ in range(2):
        found = await asyncio.gather(
            *(one.identities.principal_of_token(each) for one in (here, there) for each in tokens)
        )
        for each, principal in zip(tokens * 2, found, strict=True):
            assert principal is None or principal.organisation == each.rights.organisation
            assert principal is not None or each.rights is OFFICER


async def test_a_revoked_credential_of_tokens_stays_so(
    here: Process, there: Process, clocks: Clocks, store: Store
) -> None:
    first = await here.identities.principal_of_token(token(OFFICER, 100))
    assert first is not None
    assert await there.identities.principal_of_token(token(OFFICER, 100)) == first
    refused = await here.credentials.rotate(OPERATOR, first.credential, 60, None, MARK)
    assert code_of(refused) == "not-a-key"
    await here.credentials.revoke(OPERATOR, first.credential)
    promoted = token(READER, 101)
    for process in (here, there):  # there, what is known is still fresh
        assert await process.identities.principal_of_token(promoted) is None
    clocks.seconds += FRESH + 0.001
    for process in (here, there):
        for late in (token(OFFICER, 100), token(OFFICER, 102), promoted):
            assert await process.identities.principal_of_token(late) is None
    assert await here.identities.principal_of_session(first.credential, "") is None
    assert await types(store, first.credential) == ["grant", "revoke"]


async def test_the_last_use_is_told_from_here_and_from_what_was_noted(
    here: Process, there: Process, clocks: Clocks
) -> None:
    made_keys = [await here.make() for _ in range(3)]
    (one, key), (two, other), (never, _) = made_keys
    assert await here.identities.last_used([]) == []
    assert await here.identities.last_used([one, two, never]) == [None, None, None]
    await there.admitted(key)
    await there.admitted(other)
    assert await here.identities.last_used([one]) == [None]
    await there.identities.note_uses()
    clocks.seconds = 10
    await here.admitted(other)
    expected = [clocks.after(-10), clocks.after(0), None]
    assert await here.identities.last_used([one, two, never]) == expected
    await here.identities.note_uses()
    await there.identities.note_uses()  # nothing since
    assert await there.identities.last_used([one, two, never]) == expected


async def test_every_way_in_is_a_use_and_a_refusal_is_none(here: Process, clocks: Clocks) -> None:
    identifier, key = await here.make()
    bearer = await here.identities.principal_of_token(token(READER, 100))
    assert bearer is not None
    assert await here.identities.last_used([identifier]) == [None]
    await here.good(key + "x")
    await here.identities.principal_of_session(identifier, "0" * 16)
    assert await here.identities.last_used([identifier]) == [None]
    sessions = here.identities.principal_of_session
    for way in (
        partial(here.identities.principal_of_key, key),
        partial(sessions, identifier, mark_of(key)),
        partial(sessions, identifier, ""),
        partial(asyncio.to_thread, here.identities.at_hand, key),
    ):
        clocks.seconds += FRESH / 10
        assert await way() is not None
        assert await here.identities.last_used([identifier]) == [clocks.present()]
    assert await here.identities.principal_of_token(token(READER, 100)) == bearer
    assert await here.identities.last_used([bearer.credential]) == [clocks.present()]
