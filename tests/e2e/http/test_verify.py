"""`trail:verify`: what an intruder changes in the database is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from tests.e2e.commands import PATIENCE
from tests.e2e.http.conftest import answering
from tests.e2e.http.database import Database
from tests.e2e.http.journey import Application, in_the_log, opened
from tests.keyring import Keyring
from workflow.domain import canonical, trail
from workflow.domain.record import hash_of


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service of its own, for what is damaged here would stop the log of others."""
    return tmp_path_factory.mktemp("damaged")


@contextmanager
def asking(own: Path, **environment: str) -> Iterator[httpx.Client]:
    """A client of that service, as long as it runs in this environment."""
    with answering(own, **environment) as address:
        keyring = Keyring(own / "data", lambda: address)
        with httpx.Client(base_url=address, auth=keyring, timeout=PATIENCE) as made:
            yield made


@pytest.fixture(scope="module")
def in_log(own: Path) -> str:
    """An application of that service whose three records came into the log."""
    with asking(own) as client:
        return in_the_log(client).id


@pytest.fixture(scope="module")
def client(own: Path, in_log: str) -> Iterator[httpx.Client]:
    """A client of that service, whose log is there to be read, and grows no more."""
    assert in_log
    with asking(own, CLEARANCE_LOG_SEQUENCE="no") as made:
        yield made


@pytest.fixture(scope="module")
def logged(client: httpx.Client, in_log: str) -> Application:
    """A trail of three records, all of them in the log."""
    return Application(client, in_log)


@pytest.fixture(scope="module")
def database(client: httpx.Client, own: Path) -> Iterator[Database]:
    """Its database, reached past it."""
    assert not client.is_closed
    with Redis(unix_socket_path=str(own / "data" / "valkey.sock")) as redis:
        yield Database(redis)


@pytest.fixture(scope="module")
def granted(client: httpx.Client) -> Application:
    """A trail of four records."""
    application = opened(client)
    for who, kind in (("ndrc", "grant_in_principle"), ("miit", "approve"), ("buyer", "note")):
        application.accept(who, kind)
    return application


def verified(application: Application) -> dict[str, Any]:
    answer = application.client.get(f"{application.path}/trail:verify")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_a_sound_trail_is_good(granted: Application) -> None:
    found = verified(granted)
    assert (found["ok"], found["checked"], found["first_bad"]) == (True, 4, None)
    assert found["head"] == granted.now()["head"]


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_any_changed_byte_of_a_record_is_found(
    granted: Application, database: Database, seq: int
) -> None:
    content = database.record(granted.id, seq)
    try:
        for at in range(0, len(content), 97):
            database.set_record(granted.id, seq, flipped(content, at))
            found = verified(granted)
            assert (found["ok"], found["first_bad"], found["checked"]) == (False, seq, seq - 1)
    finally:
        database.set_record(granted.id, seq, content)
    assert verified(granted)["ok"] is True


def test_any_changed_byte_of_the_document_is_found(
    granted: Application, database: Database
) -> None:
    content = database.document(granted.id)
    version, head, recorded, _ = content.split(b" ", 3)
    preamble = len(version) + len(head) + len(recorded) + 3
    try:
        for at in [*range(preamble), *range(preamble, len(content), 37)]:
            database.set_document(granted.id, flipped(content, at))
            found = verified(granted)
            assert found["ok"] is False, (at, content[at : at + 1])
            assert found["first_bad"] is not None
    finally:
        database.set_document(granted.id, content)
    assert verified(granted)["ok"] is True


def test_records_that_changed_places_are_found(granted: Application, database: Database) -> None:
    second, third = database.record(granted.id, 2), database.record(granted.id, 3)
    try:
        database.set_record(granted.id, 2, third)
        database.set_record(granted.id, 3, second)
        assert verified(granted)["first_bad"] == 2
    finally:
        database.set_record(granted.id, 2, second)
        database.set_record(granted.id, 3, third)


def test_a_record_of_another_trail_is_found(
    client: httpx.Client, granted: Application, database: Database
) -> None:
    other = opened(client)
    own = database.record(granted.id, 1)
    try:
        database.set_record(granted.id, 1, database.record(other.id, 1))
        assert verified(granted)["ok"] is False
    finally:
        database.set_record(granted.id, 1, own)


def test_a_shortened_trail_is_found(client: httpx.Client, database: Database) -> None:
    application = opened(client)
    application.accept("buyer", "note")
    database.cut(application.id, 1)
    found = verified(application)
    assert (found["ok"], found["checked"], found["first_bad"]) == (False, 1, 2)


def test_a_document_set_back_is_found(client: httpx.Client, database: Database) -> None:
    application = opened(client)
    before = database.document(application.id)
    application.accept("ndrc", "grant_in_principle")
    database.set_document(application.id, before)
    found = verified(application)
    assert (found["ok"], found["checked"], found["first_bad"]) == (False, 2, 3)


def test_the_records_before_the_bad_one_can_still_be_read(
    client: httpx.Client, database: Database
) -> None:
    application = opened(client)
    application.accept("buyer", "note")
    database.set_record(application.id, 2, flipped(database.record(application.id, 2), 40))
    assert verified(application)["first_bad"] == 2
    assert client.get(f"{application.path}/trail/1").json()["type"] == "create"


def test_chain_and_log_are_told_apart(logged: Application, database: Database) -> None:
    sound = verified(logged)
    assert (sound["ok"], sound["checked"]) == (True, 3)
    assert sound["log"] == sound["log"] | {"checked_to": 3, "ok": True, "first_bad": None}
    assert sound["log"]["size"] >= 3
    places = database.places(logged.id)
    try:
        for content, told in (
            (places[6:12] + places[:6] + places[12:], (None, 1, "another entry")),
            (places[:6] + b"\0" * 6 + places[12:], (1, 2, "no place in the log, and a later")),
            (places + places[:6], (3, 4, "it is missing here")),
        ):
            database.set_places(logged.id, content)
            found = verified(logged)
            assert (found["ok"], found["checked"], found["first_bad"]) == (False, 3, None)
            log = found["log"]
            assert (log["checked_to"], log["first_bad"]) == told[:2]
            assert told[2] in log["reason"]
        for content, reached in ((b"", None), (places[:12], 2)):  # cut: they cannot be new
            database.set_places(logged.id, content)
            log = verified(logged)["log"]
            assert (log["ok"], log["checked_to"], log["first_bad"]) == (
                False,
                reached,
                (reached or 0) + 1,
            )
            assert "has come further" in log["reason"]
    finally:
        database.set_places(logged.id, places)
    assert verified(logged)["log"] == sound["log"] | {"size": verified(logged)["log"]["size"]}


def test_a_trail_rewritten_with_its_chain_is_not_that_of_the_log(
    logged: Application, database: Database
) -> None:
    """Who writes to the database can make every hash fit again, but for the log's."""
    stored = [database.record(logged.id, seq) for seq in (1, 2, 3)]
    document = database.document(logged.id)
    try:
        rewrite(logged.id, database, stored)
        found = verified(logged)
        assert (found["checked"], found["first_bad"]) == (3, None)
        log = found["log"]
        assert (found["ok"], log["ok"], log["checked_to"], log["first_bad"]) == (False, False, 2, 3)
    finally:
        database.set_record(logged.id, 3, stored[2])
        database.set_document(logged.id, document)
    assert verified(logged)["ok"] is True


def rewrite(application: str, database: Database, stored: list[bytes]) -> None:
    """Change the text of the note, with its hash and what the document says."""
    record = canonical.decode(stored[2])
    (added,) = (path for path in record["changes"]["set"] if path.startswith("/notes"))
    record["changes"]["set"][added]["text"] = "another text"
    record["hash"] = hash_of(record)
    forged = canonical.encode(record)
    checker = trail.Checker()
    for text in (*stored[:2], forged):
        assert checker.take(text)
    database.set_record(application, 3, forged)
    database.set_document(application, checker.document().encode())
