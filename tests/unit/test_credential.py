"""What a credential's events do, each as a pure decision."""

from typing import Any

import pytest

from tests.unit.acting import AUDITOR, NOW, OPERATOR, RECORDER, accepted, told
from workflow.domain import apikey, credential, terms
from workflow.domain.act import Event, Posting
from workflow.domain.credential import Rights
from workflow.domain.principal import EVERY_SCOPE, Principal, Role
from workflow.domain.record import NOTHING, Document

RIGHTS = Rights("Qian", "miit", frozenset({Role.OFFICER}), frozenset({"miit"}))
OTHERS = RIGHTS._replace(name="Zhao")
SECRET, NEWER = apikey.digest("one"), apikey.digest("two")


def posting(kind: str, data: dict[str, Any], who: Principal = OPERATOR) -> Posting:
    event = Event(kind, "key", "f" * 64, None, None, None, (), "", data)
    return Posting("credential/kabc", who, event, NOW, "0" * 32)


def granting(rights: Rights, issued_at: int | None = None, who: Principal = OPERATOR) -> Posting:
    """The grant of a key; of a token where there is a time at which it was issued."""
    key = issued_at is None
    data = rights.written() | {"kind": "key" if key else "token", "scopes": sorted(EVERY_SCOPE)}
    data |= {"issued_at": issued_at, "expires_at": None, "secret": SECRET if key else None}
    return posting("grant", data, who)


@pytest.fixture
def key() -> Document:
    return accepted(credential.grant(NOTHING, granting(RIGHTS))).after


@pytest.fixture
def token() -> Document:
    return accepted(credential.regrant(NOTHING, granting(RIGHTS, 100))).after


def revoked(document: Document) -> Document:
    return accepted(credential.revoke(document, posting("revoke", {}))).after


def test_a_grant_begins_a_credential_and_nothing_else_does(key: Document) -> None:
    assert key.snapshot == granting(RIGHTS).event.data | {
        "previous": None,
        "revoked_at": None,
        "created_at": NOW,
    }
    assert told(credential.grant(key, granting(OTHERS))).code == "credential-exists"
    assert told(credential.rotate(NOTHING, posting("rotate", {}))).code == "unknown-credential"
    assert told(credential.revoke(NOTHING, posting("revoke", {}))).code == "unknown-credential"


@pytest.mark.parametrize("who", [RECORDER, AUDITOR])
def test_operators_alone_grant_and_reset(key: Document, token: Document, who: Principal) -> None:
    for refused in (
        credential.grant(NOTHING, granting(RIGHTS, who=who)),
        credential.regrant(NOTHING, granting(RIGHTS, 101, who)),
        credential.regrant(token, granting(OTHERS, 101, who)),
        credential.reset(key, posting("reset", {"secret": NEWER}, who)),
    ):
        assert told(refused).code == "role-may-not"


def test_an_issuers_newest_word_counts_in_whatever_order_it_comes(token: Document) -> None:
    for issued_at in (99, 100):
        refused = credential.regrant(token, granting(OTHERS, issued_at))
        assert told(refused).code == "credential-exists"
    newer = accepted(credential.regrant(token, granting(OTHERS, 101))).after
    assert (newer.snapshot["name"], newer.snapshot["issued_at"]) == ("Zhao", 101)
    assert newer.snapshot["created_at"] == NOW


def test_what_is_revoked_is_not_granted_anew(token: Document) -> None:
    refused = credential.regrant(revoked(token), granting(OTHERS, 101))
    assert told(refused).code == "credential-revoked"


def test_a_rotation_keeps_the_old_secret_until_its_time(key: Document) -> None:
    until = "2026-02-02T05:00:00.000Z"
    rotation = posting("rotate", {"secret": NEWER, "old_until": until})
    after = accepted(credential.rotate(key, rotation)).after.snapshot
    assert credential.secrets(key.snapshot, NOW) == [SECRET]
    assert credential.secrets(after, NOW) == [NEWER, SECRET]
    assert credential.secrets(after, "2026-02-02T04:59:59.999Z") == [NEWER, SECRET]
    assert credential.secrets(after, until) == [NEWER]


def test_a_reset_leaves_one_secret_and_revives_the_revoked(key: Document) -> None:
    ended = revoked(key)
    assert credential.good_until(key.snapshot) is None
    assert credential.good_until(ended.snapshot) == ""
    again = accepted(credential.reset(ended, posting("reset", {"secret": NEWER}))).after
    assert credential.secrets(again.snapshot, NOW) == [NEWER]
    assert credential.good_until(again.snapshot) is None


def test_a_token_has_no_secret_to_come_in_with_or_to_rotate(token: Document) -> None:
    assert credential.secrets(token.snapshot, NOW) == []
    rotation = posting("rotate", {"secret": NEWER, "old_until": NOW})
    assert told(credential.rotate(token, rotation)).code == "not-a-key"


def test_a_credential_is_found_by_its_organisation_and_its_names(key: Document) -> None:
    found = terms.of_credential("kABC", key.snapshot)
    assert found.terms == {"organisation=miit"}
    assert found.words == {"kabc", "qian", "miit"}
    assert not found.marks
