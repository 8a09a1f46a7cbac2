"""A backup made under load is a whole log and what lies beside it, or it is refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from zipfile import ZipFile

import pytest
from redis.asyncio import Redis

from api import backups, key_files, work
from api.log_start import LogUnfit, prepare_log
from api.settings import Settings
from tests.faults.test_webhooks import subscribed
from tests.integration.events import CATALOG, event
from tests.integration.log.conftest import Begin
from tests.integration.log.dumping import dump
from tests.integration.log.test_recovery import lives, nothing_more
from tests.integration.store.servers import ask
from tests.unit.acting import RECORDER
from workflow.anchor import Apart, Unfinished, compare
from workflow.backup import restoring
from workflow.backup.cut import NotCovered
from workflow.backup.file import BESIDE, KEYS, LOG, MANIFEST, BackupFile, Manifest, NoBackup
from workflow.backup.making import write
from workflow.backup.pieces import encoded
from workflow.backup.proving import prove
from workflow.catalog import Catalog
from workflow.checking import Comparison
from workflow.desk import Accepted
from workflow.log.directory import LOCK, Damaged, LogDirectory
from workflow.log.intent import NOTHING
from workflow.log.signing import KEY, PUBLIC, LogKeys
from workflow.proof.keys import SignerKey, VerifierKey
from workflow.recovery import Recovered, Recovery
from workflow.sequencing import Sequencer
from workflow.service import Service
from workflow.store import Commit, EmbeddedServer, JournalStore, Piece, Store, connect
from workflow.store.keys import Layout
from workflow.webhooks.secretless import secretless
from workflow.webhooks.subscriptions import mark_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


URL = "https://receiver.example/hook"


def ignored(_: int) -> None:
    pass


async def made(
    store: Store,
    directory: LogDirectory,
    file: Path,
    patience: float = 20.0,
    waits: asyncio.Event | None = None,
) -> Manifest:
    """`waits` is set when the log is waited for."""

    def files() -> dict[str, str]:
        if waits is not None:
            waits.set()
        folder = directory.path.parent
        return {name: key_files.read(folder / name) or "" for name in (PUBLIC, KEY)}

    with file.open("wb") as into:
        return await write(
            store, directory, files, PUBLIC, into, patience=patience, advance=ignored
        )


async def put(
    file: Path, store: Store, directory: LogDirectory, told: Callable[[int], None] = ignored
) -> Recovered:
    """Put it back where there is nothing, or where that was cut short."""
    with BackupFile(file) as opened:
        return await restoring.fill(opened, store, CATALOG, directory, told)


@asynccontextmanager
async def emptied(server: EmbeddedServer) -> AsyncIterator[Store]:
    """A database that somebody has lost."""
    client = connect(server.url)
    await ask(client, "FLUSHALL")
    async with Store(client) as fresh:
        yield fresh


class Load:
    """Posts for as long as the test lets it, and notes what was acknowledged."""

    def __init__(self, service: Service, application: str) -> None:
        self._service, self._application = service, application
        self.version = 0
        self.begun = asyncio.Event()

    async def run(self) -> None:
        for number in count():
            done = event("note", f"l{number}")
            outcome = await self._service.post(RECORDER, self._application, done)
            assert isinstance(outcome, Accepted)
            self.version = outcome.document.version
            self.begun.set()


async def test_what_was_acknowledged_before_comes_back_and_goes_on(
    begin: Begin,
    service: Service,
    store: Store,
    server: EmbeddedServer,
    application: str,
    keys: LogKeys,
    directory: LogDirectory,
    file: Path,
) -> None:
    await lives(service)
    seal = await store.seal(bytes(range(256)))
    await store.note_uses({"k1": "2026-01-30T00:00:00Z"})
    journal = JournalStore(connect(server.url), 10_000)
    await journal.add("w", 1, [b"%d" % number for number in range(1200)])
    load, sequencer = (
        Load(service, application),
        Sequencer(store, directory, keys, service, pause=0.05),
    )
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.run()) for one in (load, sequencer)]
        await load.begun.wait()
        before = load.version
        manifest = await made(store, directory, file)
        after = load.version
        for task in running:
            task.cancel()
    assert after > before, "nothing was posted meanwhile"
    entries = await journal.page(None, None, None, False, 2000)
    originals = await store.records(f"application/{application}", 1, after)
    elsewhere = LogDirectory(file.with_name("elsewhere"))
    async with emptied(server) as fresh:
        assert (await put(file, fresh, elsewhere)).size == manifest.size
        await compare(fresh, elsewhere)
        assert await Comparison(fresh, elsewhere).run(ignored) == manifest.size
        found = await fresh.records(f"application/{application}", 1, after)
        assert before <= len(found) <= after
        assert found == originals[: len(found)]
        assert await fresh.seal(b"another") == b"another" != seal
        assert await fresh.uses(["k1"]) == ["2026-01-30T00:00:00Z"]
        assert await journal.page(None, None, None, False, 2000) == entries
        again = Service(fresh, CATALOG)
        outcome = await again.post(RECORDER, application, event("note", "later"))
        assert isinstance(outcome, Accepted)
        assert outcome.document.version == len(found) + 1
        await nothing_more(Sequencer(fresh, elsewhere, keys, again))
        assert elsewhere.signed().size == manifest.size + 1
        await again.finish()
    await journal.close()


async def test_one_that_is_cut_short_anywhere_goes_on(
    begin: Begin,
    service: Service,
    store: Store,
    client: Redis,
    server: EmbeddedServer,
    directory: LogDirectory,
    file: Path,
) -> None:
    await lives(service)
    await store.note_uses({"k1": "2026-01-30T00:00:00Z"})
    await nothing_more(begin())
    size = (await made(store, directory, file)).size
    whole = await dump(client)

    class Killed(Exception):
        pass

    def until(most: int) -> Callable[[int], None]:
        def told(now: int) -> None:
            if now >= most:
                raise Killed

        return told

    elsewhere = LogDirectory(file.with_name("elsewhere"))
    async with emptied(server) as fresh:
        for most in (1, size + 1):
            with pytest.raises(Killed):
                await put(file, fresh, elsewhere, until(most))
        await put(file, fresh, elsewhere)
        assert await dump(client) == whole
        await put(file, fresh, elsewhere)  # what is there stays
        assert await dump(client) == whole
        assert await fresh.uses(["k1"]) == ["2026-01-30T00:00:00Z"]


async def test_a_server_of_ones_own_has_to_be_empty(
    begin: Begin, service: Service, server: EmbeddedServer, directory: LogDirectory, file: Path
) -> None:
    await lives(service)
    await nothing_more(begin())
    folder, other = directory.path.parent, file.with_name("other")
    settings = Settings(data=folder, redis_url=server.url)
    with file.open("w+b") as into:
        manifest = await backups.made(settings, into, secret=True, patience=20.0, advance=ignored)
    assert manifest.parts.keys() == {BESIDE, KEYS + PUBLIC, KEYS + KEY}
    settings = Settings(data=other, redis_url=server.url)
    with BackupFile(file) as opened:
        with pytest.raises(restoring.Occupied, match=f"has {manifest.size} records"):
            await backups.restored(settings, opened, ignored)
        assert not other.exists()
        async with emptied(server):
            pass
        assert (await backups.restored(settings, opened, ignored)).size == manifest.size
        for name in (KEY, PUBLIC):
            assert key_files.read(other / name) == key_files.read(folder / name)
        assert (other / KEY).stat().st_mode & 0o777 == 0o600
        assert restoring.cut_short(other) is None
        with pytest.raises(restoring.Occupied, match="is not empty"):
            await backups.restored(settings, opened, ignored)


async def test_nobody_works_with_a_database_that_is_half_restored(
    begin: Begin, service: Service, server: EmbeddedServer, directory: LogDirectory, file: Path
) -> None:
    await lives(service)
    await nothing_more(begin())
    half, own = (Settings(data=file.with_name(name), redis_url=server.url) for name in "ab")
    settings = Settings(data=directory.path.parent, redis_url=server.url)
    with file.open("w+b") as into:
        await backups.made(settings, into, secret=True, patience=20.0, advance=ignored)

    def killed(_: int) -> None:
        raise InterruptedError

    async with emptied(server) as fresh:
        with BackupFile(file) as opened:
            with pytest.raises(InterruptedError):
                await backups.restored(half, opened, killed)
            for unfit in (half, own):
                with pytest.raises(LogUnfit, match=r"cut short.*clearance restore"):
                    await prepare_log(unfit, fresh)
                with pytest.raises(LogUnfit, match=r"cut short.*clearance restore"):
                    await work.check(server.url, unfit)
            assert not own.data.exists()
            with pytest.raises(Unfinished):
                await Recovery(fresh, CATALOG, directory).run(ignored)
            await Service(fresh, CATALOG).register_buyer(
                RECORDER, "else", {"en": "Else", "zh": None}, "0" * 64
            )
            with pytest.raises(Apart, match="not in the log"):
                await backups.restored(half, opened, ignored)
    async with emptied(server):
        with BackupFile(file) as opened:
            await backups.restored(half, opened, ignored)


async def test_who_began_a_log_meanwhile_keeps_the_database(
    begin: Begin,
    service: Service,
    store: Store,
    server: EmbeddedServer,
    directory: LogDirectory,
    file: Path,
) -> None:
    await lives(service)
    await nothing_more(begin())
    await made(store, directory, file)
    async with emptied(server) as fresh:
        await fresh.feeds.publish("", str(NOTHING))
        with pytest.raises(restoring.Occupied, match="says of its log"):
            await put(file, fresh, LogDirectory(file.with_name("elsewhere")))
        assert await fresh.feeds.published() == str(NOTHING)


async def test_without_keys_it_holds_none_that_is_secret(
    begin: Begin, service: Service, server: EmbeddedServer, directory: LogDirectory, file: Path
) -> None:
    await nothing_more(begin())
    settings = Settings(data=directory.path.parent, redis_url=server.url)
    with file.open("w+b") as into:
        await backups.made(settings, into, secret=False, patience=20.0, advance=ignored)
    with BackupFile(file) as opened:
        assert opened.keys().keys() == {PUBLIC}
    rewritten(file, MANIFEST, manifest_with(parts={KEYS + "passwd": sha256(b"x").hexdigest()}))
    with ZipFile(file, "a") as archive:
        archive.writestr(KEYS + "passwd", b"x")
    with (
        BackupFile(file) as opened,
        pytest.raises(NoBackup, match="keys that no service has"),
    ):
        backups.proved(settings, opened, (), ignored)


def rewritten(file: Path, name: str, change: Callable[[bytes], bytes | None]) -> None:
    """Another archive, sound as one, in which a part is changed or (None) missing."""
    with ZipFile(file) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    changed = change(parts.pop(name))
    with ZipFile(file, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
        if changed is not None:
            archive.writestr(name, changed)


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def manifest_with(**fields: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps(json.loads(content) | fields).encode()


TAMPERED = [
    (LOG + "tile/entries/000.p/{width}", flipped, "entry"),
    (LOG + "tile/entries/000.p/{width}", lambda _: None, "missing"),
    (LOG + "tile/0/000.p/{width}", flipped, "entry"),
    (LOG + "tile/0/000.p/{width}", lambda _: bytes(2**24 + 2**20), "more than any may"),
    (LOG + "checkpoint", flipped, "checkpoint is not good"),
    (LOG + "checkpoint", lambda _: None, "checkpoint is not good"),
    (KEYS + PUBLIC, flipped, "not what was written"),
    (BESIDE, flipped, "beside|cannot be read|not what was written"),
    (BESIDE, lambda content: content + content, "not what was written"),
    (MANIFEST, lambda _: None, "backup.json is missing"),
    (MANIFEST, lambda _: b"[]", "backup.json in it cannot be read"),
    (MANIFEST, manifest_with(format=2), "has format 2"),
    (MANIFEST, manifest_with(size=1), "another log than its checkpoint"),
]


async def test_one_that_was_changed_or_is_anothers_is_refused(
    begin: Begin, service: Service, store: Store, directory: LogDirectory, keys: LogKeys, file: Path
) -> None:
    await lives(service)
    await store.note_uses({"k1": "2026-01-30T00:00:00Z"})
    await nothing_more(begin())
    size = (await made(store, directory, file)).size
    assert proved(file) == proved(file, *keys.public()) == size
    with pytest.raises(NoBackup, match="checkpoint is not good"):
        proved(file, SignerKey.generate("example.org/log").verifier)
    nothing_tampered_with_is_good(file, size)


def proved(file: Path, *known: VerifierKey) -> int:
    with BackupFile(file) as opened:
        return prove(opened, known, CATALOG, ignored).size


def nothing_tampered_with_is_good(file: Path, size: int) -> None:
    sound = file.read_bytes()
    for name, change, told in TAMPERED:
        file.write_bytes(sound)
        rewritten(file, name.format(width=size), change)
        with pytest.raises(NoBackup, match=told):
            proved(file)
    for damaged in (sound[: len(sound) // 2], sound[:-1], b"", b"no archive"):
        file.write_bytes(damaged)
        with pytest.raises(NoBackup, match="no ZIP archive"):
            proved(file)
    refused = 0
    for place in range(60, len(sound) - 60, len(sound) // 40):
        file.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
        try:
            assert proved(file) == size  # a byte that says nothing, such as a date
        except NoBackup:
            refused += 1
    assert refused > 30


def with_part(file: Path, name: str, content: bytes) -> None:
    """Another part, of which the manifest has the digest."""

    def told(manifest: bytes) -> bytes:
        parts = json.loads(manifest)["parts"]
        return manifest_with(parts=parts | {name: sha256(content).hexdigest()})(manifest)

    rewritten(file, MANIFEST, told)
    with ZipFile(file) as archive:
        there = name in archive.namelist()
    if there:
        rewritten(file, name, lambda _: content)
    else:
        with ZipFile(file, "a") as archive:
            archive.writestr(name, content)


def beside(key: str, type_: str, *words: bytes) -> bytes:
    return json.dumps(encoded(Piece(key, type_, True, list(words)))).encode()


OTHER = SignerKey.generate("localhost/other")
SAME_NAME = SignerKey.generate("example.org/log")
ENTRY = (b"1-0", b"2", b"e", b"{}")
PENDING = Layout().of_webhook("w1")[2]
UNFIT = {
    "a key of no kind": (BESIDE, beside("{0}d:buyer/one", "string", b"1"), "nothing is kept in"),
    "half a pair": (BESIDE, beside("clearance:uses", "hash", b"k1"), "is no hash"),
    "nothing": (BESIDE, beside("clearance:uses", "hash"), "is no hash"),
    "two values": (BESIDE, beside("clearance:log:begun", "string", b"1", b"2"), "is no string"),
    "no score": (BESIDE, beside(PENDING, "zset", b"a", b"first"), "is no zset"),
    "half an entry": (BESIDE, beside("clearance:journal", "stream", *ENTRY[:3]), "is no stream"),
    "an entry twice": (BESIDE, beside("clearance:journal", "stream", *ENTRY * 2), "is no stream"),
    "the key of another log": (KEYS + KEY, OTHER.secret().encode(), "not the last of the keys"),
    "another key of its name": (KEYS + KEY, SAME_NAME.secret().encode(), "not the last of the"),
    "no key": (KEYS + KEY, b"key", "no private key"),
    "foreign public keys": (KEYS + PUBLIC, str(SAME_NAME.verifier).encode(), "not the last of the"),
    "no operator's key": (KEYS + "operator.key", b"clr_o", "no key of an operator"),
}


async def test_what_a_service_cannot_go_on_with_is_found_before_anything_is_written(
    begin: Begin, service: Service, store: Store, directory: LogDirectory, file: Path
) -> None:
    await lives(service)
    await nothing_more(begin())
    size = (await made(store, directory, file)).size
    nothing_unfit_is_good(file, size)


def nothing_unfit_is_good(file: Path, size: int) -> None:
    sound, settings = file.read_bytes(), Settings(data=file.parent)
    for part, content, reason in UNFIT.values():
        file.write_bytes(sound)
        with_part(file, part, content)
        with BackupFile(file) as opened, pytest.raises(NoBackup, match=reason):
            backups.proved(settings, opened, (), ignored)
    file.write_bytes(sound)
    with_part(file, BESIDE, beside("clearance:journal", "stream", *ENTRY, b"1-1", *ENTRY[1:]))
    with_part(file, KEYS + "operator.key", f"clr_operator_{'k' * 43}".encode())
    with BackupFile(file) as opened:
        assert backups.proved(settings, opened, (), ignored).size == size
        with pytest.raises(NoBackup, match="procedures that are not served: "):
            prove(opened, (), Catalog([]), ignored)


async def test_a_secret_that_came_while_the_log_was_waited_for_is_kept(
    begin: Begin,
    service: Service,
    store: Store,
    server: EmbeddedServer,
    directory: LogDirectory,
    file: Path,
) -> None:
    first, second = [await subscribed(store, service, URL) for _ in range(2)]
    await nothing_more(begin())
    await service.register_buyer(RECORDER, "later", {"en": "Later", "zh": None}, "0" * 64)
    waits = asyncio.Event()
    waiting = asyncio.create_task(made(store, directory, file, waits=waits))
    await waits.wait()
    third = await subscribed(store, service, URL)
    await store.webhooks.forget_secret(first.id, mark_of(first.secret or ""))
    assert not waiting.done()
    await nothing_more(begin())
    await waiting
    async with emptied(server) as fresh:
        await put(file, fresh, LogDirectory(file.with_name("elsewhere")))
        for one in (first, second, third):
            kept = await fresh.webhooks.secrets(one.id, [mark_of(one.secret or "")])
            assert kept == [one.secret]
        assert await secretless(fresh) == []
        await fresh.webhooks.forget_secret(second.id, mark_of(second.secret or ""))
        assert await secretless(fresh) == [second.id]


async def test_a_log_that_is_behind_or_damaged_is_not_kept(
    begin: Begin, service: Service, store: Store, directory: LogDirectory, file: Path
) -> None:
    await lives(service)
    await nothing_more(begin())
    size = directory.signed().size
    await service.register_buyer(RECORDER, "later", {"en": "Later", "zh": None}, "0" * 64)
    with pytest.raises(NotCovered, match=f"covers {size} records, and not yet {size + 1}"):
        await made(store, directory, file, patience=0.0)
    await nothing_more(begin())
    bundle = next(directory.path.glob("tile/entries/000.p/*"))
    bundle.write_bytes(flipped(bundle.read_bytes()))
    with pytest.raises(Damaged, match="not what was signed"):
        await made(store, directory, file)


def test_a_place_is_claimed_where_nothing_is_or_the_same_was_begun(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "disk" / "log"
    assert not restoring.claim(data, log, "one")
    assert not data.exists()
    (data / "lost+found").mkdir(parents=True)
    assert not restoring.claim(data, log, "one")
    log.mkdir(parents=True)
    (log / "checkpoint").touch()
    with pytest.raises(restoring.Occupied, match="it has checkpoint"):
        restoring.claim(data, log, "one")
    with pytest.raises(restoring.Occupied, match="it has checkpoint"):
        restoring.begin(data, log, "one")  # somebody has been quicker
    (log / "checkpoint").rename(log / LOCK)
    restoring.begin(data, log, "one")
    assert restoring.claim(data, log, "one")
    with pytest.raises(restoring.Occupied, match="another backup"):
        restoring.begin(data, log, "two")
    assert restoring.cut_short(data) == "one"
    restoring.end(data)
    assert restoring.cut_short(data) is None


async def test_what_is_kept_of_a_webhook_comes_back(store: Store, server: EmbeddedServer) -> None:
    listed = Commit("webhook/w1", b"e" * 16, 0, b"1 head now {}", b"{}", 1, add=("",))
    await store.commit([listed])
    names = Layout().of_webhook("w1")
    words = {"hash": [b"a", b"1"], "zset": [b"m", b"7"]}
    for name in names:
        type_ = "hash" if name.partition(":")[0][-1] in "ksr" else "zset"
        await store.beside.put(Piece(name, type_, True, words[type_]))
    kept = [piece async for piece in store.beside.read()]
    assert [piece.key for piece in kept] == list(names)
    async with emptied(server) as fresh:
        for piece in kept:
            await fresh.beside.put(piece)
        await fresh.commit([listed])
        assert [piece async for piece in fresh.beside.read()] == kept


async def test_nothing_but_what_is_kept_beside_is_put_back(store: Store) -> None:
    assert [piece async for piece in store.beside.read()] == []
    with pytest.raises(ValueError, match="nothing is kept in"):
        await store.beside.put(Piece("{0}d:buyer/one", "string", True, [b"1"]))
    service = Service(store, CATALOG)
    await service.register_buyer(RECORDER, "one", {"en": "One", "zh": None}, "0" * 64)
    with pytest.raises(restoring.Occupied, match="has 1 records"):
        await restoring.check_empty(store)
    await service.finish()
