"""A database that is lost is rebuilt from the log to the byte; one that differs is not touched."""

import shutil

import orjson
import pytest
from redis.asyncio import Redis

from tests.integration.events import CATALOG, PROCEDURE, creation, event
from tests.integration.log.conftest import Begin
from tests.integration.log.dumping import dump
from tests.integration.store.servers import ask
from tests.logs import retold
from tests.unit.acting import RECORDER, THE_BUYER, officer
from workflow.anchor import Apart, Behind, compare
from workflow.catalog import Catalog
from workflow.checking import Comparison
from workflow.desk import Accepted
from workflow.domain.record import Document
from workflow.domain.trail import verify
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.tree import LogReader
from workflow.recovery import Recovery
from workflow.sequencing import Sequencer
from workflow.service import Service
from workflow.store import Commit, EmbeddedServer, Store, connect
from workflow.worker import Worker


async def nothing_more(sequencer: Sequencer) -> None:
    """Let the log have everything, and nobody hold it."""
    while await sequencer.turn():
        pass
    await sequencer.finish()


async def lives(service: Service) -> None:
    """Some applications of the first procedure: approved, corrected, found by words."""
    for number in range(5):
        key = f"submit-{number}"
        name, outcome = await service.create(
            THE_BUYER, PROCEDURE, creation(key, reference=f"R {number}")
        )
        assert isinstance(outcome, Accepted)
        await service.post(RECORDER, name, event("note", f"n{number}"))
        for body in ("miit", "mofcom")[: number % 3]:
            await service.post(officer(body), name, event("approve", f"a-{body}", authority=body))


async def recover(store: Store, directory: LogDirectory, catalog: Catalog) -> int:
    told: list[int] = []
    recovered = await Recovery(store, catalog, directory).run(told.append)
    assert told == sorted(told)
    assert told[-1] == 2 * recovered.size
    assert recovered.unsettled == ()
    return recovered.size


async def test_an_emptied_database_is_rebuilt_to_the_byte(
    begin: Begin,
    service: Service,
    store: Store,
    client: Redis,
    server: EmbeddedServer,
    directory: LogDirectory,
) -> None:
    await lives(service)
    worker = Worker(store, CATALOG, service)
    await worker.turn()
    await nothing_more(begin())
    before = await dump(client)
    assert {name.split(b"}")[-1].partition(b":")[0] for name in before} >= {
        *(b"d", b"t", b"e", b"p", b"x", b"w", b"n", b"f")
    }
    await ask(client, "FLUSHALL")
    async with Store(connect(server.url)) as fresh:
        with pytest.raises(Apart, match="rolled back"):
            await compare(fresh, directory)
        size = await recover(fresh, directory, CATALOG)
        await Worker(fresh, CATALOG, service).turn()
        assert await dump(client) == before
        await compare(fresh, directory)
        assert await Comparison(fresh, directory).run(lambda _: None) == size
        await fresh.seal(b"secret")
        assert await recover(fresh, directory, CATALOG) == size  # what is there stays
        assert await fresh.seal(b"another") == b"another"
        assert await dump(client) == before


async def test_a_folder_that_is_behind_takes_nothing_back(
    begin: Begin, service: Service, store: Store, directory: LogDirectory
) -> None:
    await lives(service)
    await nothing_more(begin())
    older = {path: path.read_bytes() for path in directory.path.rglob("*") if path.is_file()}
    before = directory.signed()
    await service.register_buyer(RECORDER, "later", {"en": "Later", "zh": None}, "0" * 64)
    await nothing_more(begin())
    last = await store.feeds.published()
    shutil.rmtree(directory.path)
    for path, content in older.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert (directory.signed(), last == str(before)) == (before, False)
    for work in (Recovery(store, CATALOG, directory).run(print), compare(store, directory)):
        with pytest.raises(Behind, match="knows"):
            await work
    assert await store.feeds.published() == last


async def test_what_an_intent_says_wrongly_is_mended(
    begin: Begin, service: Service, store: Store, directory: LogDirectory
) -> None:
    await lives(service)
    await nothing_more(begin())
    state = directory.signed()
    sound = directory.intent(state)
    assert sound is not None
    wrong = [max(0, one - 1) for one in sound.positions]
    directory.intend(sound._replace(positions=wrong))
    await recover(store, directory, CATALOG)
    mended = directory.intent(state)
    assert mended is not None
    assert list(mended.positions) == list(sound.positions)


async def test_a_recovery_that_was_interrupted_goes_on(
    begin: Begin,
    service: Service,
    client: Redis,
    server: EmbeddedServer,
    directory: LogDirectory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workflow.recovery.GROUP", 256)
    monkeypatch.setattr("workflow.recovery.REMEMBERED", 2)
    for number in range(600):
        await service.register_buyer(
            RECORDER, f"b{number % 7}", {"en": f"B {number}", "zh": None}, "0" * 64
        )
    await nothing_more(begin())
    before = await dump(client)
    await ask(client, "FLUSHALL")

    def interrupt(told: int) -> None:
        if told > 900:
            raise KeyboardInterrupt

    async with Store(connect(server.url)) as fresh:
        with pytest.raises(KeyboardInterrupt):
            await Recovery(fresh, CATALOG, directory).run(interrupt)
        assert await dump(client) != before
        with pytest.raises(Apart):
            await compare(fresh, directory)
        assert await recover(fresh, directory, CATALOG) == LogReader(directory.path).size
        assert await dump(client) == before


async def test_what_somebody_else_has_put_among_the_records_is_found(
    begin: Begin, service: Service, server: EmbeddedServer, directory: LogDirectory
) -> None:
    await lives(service)
    await nothing_more(begin())
    client = connect(server.url)
    await ask(client, "FLUSHALL")
    async with Store(client) as fresh:
        for number in range(64):
            other = Commit(f"application/x{number}", b"e" * 16, 0, b"1 head now {}", b"{}", 1)
            await fresh.commit([other])
        with pytest.raises(Apart, match="has what is not in the log"):
            await Recovery(fresh, CATALOG, directory).run(lambda _: None)


async def test_a_database_that_differs_is_not_touched(
    begin: Begin,
    service: Service,
    store: Store,
    client: Redis,
    directory: LogDirectory,
) -> None:
    await lives(service)
    await nothing_more(begin())
    (name,) = (await store.page("buyer", (), 1)).ids
    trail = store._layout.trail(f"buyer/{name}")
    (record,) = await store.records(f"buyer/{name}", 1, 1)
    await ask(client, "LSET", trail, "0", record.replace(b"Example", b"Exchange"))
    before = await dump(client)
    with pytest.raises(Apart, match=f"buyer/{name}"):
        await recover(store, directory, CATALOG)
    assert await dump(client) == before


CHANGES = [
    pytest.param("tile/entries/000.p/*", b"Example", b"Exchange", "ends within", id="length"),
    pytest.param("tile/entries/000.p/*", b"Example", b"Fxample", "entry 0 ", id="entry"),
    pytest.param("tile/entries/000.p/*", b'{"authority"', b'["authority"', "entry 0 ", id="form"),
    pytest.param("tile/0/000.p/*", b"", b"", "tiles", id="tile"),
]


@pytest.mark.parametrize(("path", "old", "new", "told"), CHANGES)
async def test_a_log_that_is_not_what_was_signed_is_not_taken_for_it(
    begin: Begin,
    store: Store,
    client: Redis,
    directory: LogDirectory,
    path: str,
    old: bytes,
    new: bytes,
    told: str,
) -> None:
    await nothing_more(begin())
    (file,) = directory.path.glob(path)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(old, new, 1) if old else whole[::-1])
    assert file.read_bytes() != whole
    with pytest.raises(Damaged, match=told):
        await Comparison(store, directory).run(lambda _: None)
    before = await dump(client)
    with pytest.raises(Damaged, match=told):
        await recover(store, directory, CATALOG)
    assert await dump(client) == before


HARM = [
    pytest.param(["LSET", "{}t:{}", "0", "{{}}"], "record 1", id="record"),
    pytest.param(["DEL", "{}t:{}"], "record 1", id="trail"),
    pytest.param(["SET", "{}d:{}", "1 x y {{}}"], "leads to", id="document"),
    pytest.param(["DEL", "{}d:{}"], "missing", id="no-document"),
    pytest.param(["SETRANGE", "{}p:{}", "4", "x"], "places", id="place"),
    pytest.param(["XDEL", "{}f", "0-1"], "feed", id="feed"),
    pytest.param(["RPUSH", "{}t:{}", "{{}}"], "record 2 of", id="beyond"),
]


@pytest.mark.parametrize(("harm", "told"), HARM)
async def test_the_first_difference_is_named(
    begin: Begin,
    service: Service,
    store: Store,
    client: Redis,
    directory: LogDirectory,
    harm: list[str],
    told: str,
) -> None:
    await nothing_more(begin())
    (name,) = (await store.page("buyer", (), 1)).ids
    subject = f"buyer/{name}"
    assert await Comparison(store, directory).run(lambda _: None) == 1
    await ask(client, *(word.format(store._layout.tag(subject), subject) for word in harm))
    with pytest.raises(Apart, match=told):
        await Comparison(store, directory).run(lambda _: None)


async def push(store: Store, client: Redis, subject: str) -> None:
    """Write to the database, behind the service, a record that is sound and what it leads to."""
    there = await store.records(subject, 1, 99) or await store.records("buyer/other", 1, 99)
    told = [orjson.loads(text) for text in there]
    name = subject.removeprefix("buyer/")
    added = {**told[-1], "seq": len(told) + 1, "prev": told[-1]["hash"], "data": {"by": "hand"}}
    forged = retold([orjson.dumps(one) for one in [*told, added]], subject)
    verdict = verify(forged)
    assert verdict.ok
    document = Document(verdict.checked, verdict.head, added["recorded_at"], verdict.snapshot)
    await ask(client, "DEL", store._layout.trail(subject))
    await ask(client, "RPUSH", store._layout.trail(subject), *forged)
    await ask(client, "SET", store._layout.document(subject), document.encode())
    await ask(client, "ZADD", f"{store._layout.tag(subject)}x:buyer:", "1", name)


@pytest.mark.parametrize("place", [False, True], ids=["no-place", "with-a-place"])
@pytest.mark.parametrize(("name", "seq"), [("b", 2), ("another", 1)])
async def test_a_record_that_is_on_no_way_into_the_log_is_named(
    begin: Begin,
    service: Service,
    store: Store,
    client: Redis,
    directory: LogDirectory,
    name: str,
    seq: int,
    place: bool,
) -> None:
    for one in ("b", "other"):
        await service.register_buyer(RECORDER, one, {"en": one, "zh": None}, "0" * 64)
    await nothing_more(begin())
    subject = f"buyer/{name}"
    await push(store, client, subject)
    if place:
        await store.place([(subject, seq, [0])])
    with pytest.raises(Apart, match=f"record [12] of {subject}"):
        await Comparison(store, directory).run(lambda _: None)


async def test_a_record_on_its_way_into_the_log_is_no_difference(
    begin: Begin, service: Service, store: Store, client: Redis, directory: LogDirectory
) -> None:
    for one in ("b", "other"):
        await service.register_buyer(RECORDER, one, {"en": one, "zh": None}, "0" * 64)
    await nothing_more(begin())
    await lives(service)
    size = directory.signed().size
    assert await Comparison(store, directory).run(lambda _: None) == size
    last = (await store.feeds.last())[store.partition("buyer/other")]
    await push(store, client, "buyer/other")
    await ask(
        client, "XADD", f"{store._layout.tag('buyer/other')}f", "0-*", "s", "buyer/other", "n", "2"
    )
    assert (await store.feeds.last())[store.partition("buyer/other")] == last + 1
    assert await Comparison(store, directory).run(lambda _: None) == size
