"""The sequencer: everything once, in the order of the feeds, and one tree whatever happens."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from tests.integration.log.conftest import Begin, Writing
from tests.integration.store.servers import ask
from workflow.anchor import Apart, compare
from workflow.log.directory import Damaged, LogDirectory
from workflow.log.intent import State
from workflow.log.signing import LogKeys
from workflow.log.tree import LogReader
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.inclusion import InclusionProof
from workflow.proof.merkle import Frontier, leaf_hash
from workflow.proof.unsound import Unsound
from workflow.sequencing import Overtaken, Sequencer
from workflow.store import Store


async def everything(sequencer: Sequencer) -> None:
    """Add until there is no more."""
    while await sequencer.turn():
        pass


async def spell(sequencer: Sequencer) -> None:
    """The same, as a holder that ends then."""
    try:
        await everything(sequencer)
    finally:
        sequencer._directory.release()


async def check(store: Store, log: LogReader, keys: LogKeys) -> list[bytes]:
    """The entries of the log, which is whole: signed, every record once at its place, and each
    partition in the order of its feed.
    """
    raw = log.checkpoint()
    assert raw is not None
    checkpoint, _ = open_checkpoint(raw, keys.public())
    entries = log.entries(range(checkpoint.size))
    tree = Frontier()
    for entry in entries:
        tree.append(leaf_hash(entry))
    assert tree.root() == checkpoint.root == log.root(checkpoint.size)
    order = {entry: index for index, entry in enumerate(entries)}
    assert len(order) == len(entries)
    total = 0
    for partition, last in enumerate(await store.feeds.last()):
        if last:
            run = await store.feeds.stretch(partition, 0, last)
            places = [order[record] for record in run.records]
            assert places == sorted(places)
            total += len(places)
            for subject, seq, place in zip(run.subjects, run.seqs, places, strict=True):
                assert await store.places(subject.decode(), int(seq), int(seq)) == [place]
    assert total == len(entries)
    return entries


async def test_every_record_is_in_the_log_and_has_a_proof(
    begin: Begin, store: Store, writing: Writing, keys: LogKeys, directory: LogDirectory
) -> None:
    sequencer, log = begin(), LogReader(directory.path)
    await everything(sequencer)
    for count in (1, 300, 5):
        await writing.add(count)
        before = log.size
        await everything(sequencer)
        entries = await check(store, log, keys)
        assert len(entries) == before + count
        raw = log.checkpoint()
        assert raw is not None
        for index in (0, before, len(entries) - 1):
            path = tuple(log.inclusion(index, log.size))
            InclusionProof(index, path, raw).check(entries[index], keys.public())
    await compare(store, directory)


async def test_nothing_new_is_no_new_checkpoint(
    begin: Begin, writing: Writing, directory: LogDirectory
) -> None:
    sequencer = begin()
    await everything(sequencer)
    published = directory.checkpoint()
    stamp = (directory.path / "checkpoint").stat().st_mtime_ns
    await everything(sequencer)
    assert directory.checkpoint() == published
    assert (directory.path / "checkpoint").stat().st_mtime_ns == stamp


async def test_a_backlog_is_added_batch_by_batch(
    begin: Begin,
    store: Store,
    writing: Writing,
    keys: LogKeys,
    directory: LogDirectory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workflow.batch.BATCH", 100)
    monkeypatch.setattr("workflow.sequencing.CALL", 40)
    await writing.add(450)
    sequencer, sizes = begin(), []
    while await sequencer.turn():
        sizes.append(directory.signed().size)
    assert len(sizes) >= 3
    assert all(later - earlier <= 140 for earlier, later in pairwise(sizes))
    await check(store, LogReader(directory.path), keys)


async def test_what_comes_meanwhile_holds_up_no_checkpoint(
    begin: Begin,
    store: Store,
    writing: Writing,
    directory: LogDirectory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0
    after = store.feeds.after

    async def under_load(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        found = await after(*given)
        await writing.add(3)
        return found

    await writing.add(10)
    monkeypatch.setattr(store.feeds, "after", under_load)
    await begin().turn()
    assert asked == 1
    assert directory.signed().size == 11


class Crash(Exception):
    """The process ends here."""


class Counted:
    """Lets the n-th of the steps that change or read something crash, before or after it."""

    def __init__(self, at: int, after: bool) -> None:
        self.left, self.after = at, after

    def step(self) -> bool:
        self.left -= 1
        return self.left == 0

    def plain(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*given: Any, **named: Any) -> Any:
            crashes = self.step()
            if crashes and not self.after:
                raise Crash
            found = function(*given, **named)
            if crashes:
                raise Crash
            return found

        return stepped

    def waiting(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def stepped(*given: Any, **named: Any) -> Any:
            crashes = self.step()
            if crashes and not self.after:
                raise Crash
            found = await function(*given, **named)
            if crashes:
                raise Crash
            return found

        return stepped


async def one_crash(
    sequencer: Sequencer, store: Store, at: int, after: bool, patch: pytest.MonkeyPatch
) -> bool:
    """Let a sequencer work until it crashes at a step; False where it has fewer."""
    counted = Counted(at, after)
    with patch.context() as inner:
        for name in ("_replace", "sync"):
            original = getattr(__import__("workflow.log.directory", fromlist=[name]), name)
            inner.setattr(f"workflow.log.directory.{name}", counted.plain(original))
        inner.setattr(Path, "unlink", counted.plain(Path.unlink))
        inner.setattr(store, "place", counted.waiting(store.place))
        for name in ("publish", "after", "published", "stretch"):
            inner.setattr(store.feeds, name, counted.waiting(getattr(store.feeds, name)))
        try:
            await spell(sequencer)
        except Crash:
            return True
    return False


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whichever_step_is_the_last_one_the_next_holder_continues_the_same_tree(
    begin: Begin,
    store: Store,
    writing: Writing,
    keys: LogKeys,
    directory: LogDirectory,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,
) -> None:
    log, at, crashed = LogReader(directory.path), 0, True
    written: list[bytes] = []
    while crashed:
        at += 1
        await writing.add(60 if at % 4 == 0 else 9)
        crashed = await one_crash(begin(), store, at, after, monkeypatch)
        signed = LogReader(directory.path).size
        assert signed >= len(written)
        again = at % 3 == 0 and await one_crash(begin(), store, 1 + at // 3, after, monkeypatch)
        await spell(begin())
        entries = await check(store, log, keys)
        assert entries[: len(written)] == written
        assert again or len(entries) > len(written)
        written = entries
    assert at > 15


class Held(LogDirectory):
    """A folder whose holder stands still at one of its steps, without knowing; its lock was lost,
    as on a network's filesystem.
    """

    def __init__(self, path: Path, step: str) -> None:
        super().__init__(path)
        self.step = step
        self.meanwhile: Callable[[], object] = bool

    def hold(self) -> bool:
        return True

    def _stand_still(self, step: str) -> None:
        if step == self.step:
            self.step = ""
            self.meanwhile()

    def intend(self, intent: Any) -> None:
        self._stand_still("before the intent")
        super().intend(intent)
        self._stand_still("behind the intent")

    def write(self, files: Any) -> None:
        tiles = any(name.startswith("tile/") for name in files)
        if tiles:
            self._stand_still("before the tiles")
        super().write(files)
        if tiles:
            self._stand_still("behind the tiles")

    def publish(self, raw: bytes, state: State) -> None:
        self._stand_still("before the checkpoint")
        super().publish(raw, state)


STEPS = ("before the intent", "behind the intent", "before the tiles", "behind the tiles",
         "before the checkpoint")  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("apart", [False, True], ids=["one-folder", "two-copies"])
async def test_a_holder_that_stood_still_cannot_make_a_second_tree(
    begin: Begin,
    store: Store,
    writing: Writing,
    keys: LogKeys,
    directory: LogDirectory,
    tmp_path: Path,
    step: str,
    apart: bool,
) -> None:
    """It wakes when another, in the same folder or in a copy, has gone on for a while."""
    first = begin()
    await writing.add(40)
    await everything(first)
    first._directory.release()
    held = Held(directory.path, step)
    stale = begin(held)
    here = tmp_path / "copy" if apart else directory.path
    loop = asyncio.get_running_loop()

    async def go_on() -> None:
        other = begin(LogDirectory(here))
        for _ in range(3):
            await writing.add(70)
            await everything(other)
        other._directory.release()

    def meanwhile() -> None:
        if apart:
            shutil.copytree(directory.path, here)
        asyncio.run_coroutine_threadsafe(go_on(), loop).result()

    await writing.add(11)
    held.meanwhile = meanwhile
    try:
        await everything(stale)
    except (Overtaken, Apart):
        assert step in ("before the intent", "behind the intent")
    log = LogReader(here)
    entries = await check(store, log, keys)
    following = begin(LogDirectory(here))
    await writing.add(5)
    await everything(following)
    assert (await check(store, log, keys))[: len(entries)] == entries
    if apart:  # what the other signed there is a beginning of the one tree
        left = LogReader(directory.path)
        assert left.root(left.size) == log.root(left.size)
        with pytest.raises(Apart, match=r"and the folder|checkpoint covers"):
            await everything(begin(LogDirectory(directory.path)))


async def test_one_at_a_time_works_and_another_takes_over(
    begin: Begin, store: Store, writing: Writing, directory: LogDirectory
) -> None:
    first, second = begin(), begin()
    await everything(first)
    size = directory.signed().size
    await writing.add(3)
    await everything(second)
    assert directory.signed().size == size
    first._directory.release()
    await everything(second)
    assert directory.signed().size == size + 3
    (directory.path / "lock").unlink()
    await writing.add(2)
    third = begin()
    await everything(third)
    assert directory.signed().size == size + 5
    await writing.add(1)
    await everything(second)  # its lock was taken away
    assert directory.signed().size == size + 5


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(["FLUSHALL"], id="emptied"),
        pytest.param(["DEL", "clearance:log"], id="log-forgotten"),
        pytest.param(["SET", "clearance:log", "3 " + "ab" * 32], id="log-behind"),
        pytest.param(["SET", "clearance:log", "nonsense"], id="log-nonsense"),
        pytest.param(["SET", "clearance:log", "99 " + "ab" * 32], id="log-elsewhere"),
    ],
)
async def test_a_database_that_is_behind_the_checkpoint_is_noticed_while_it_runs(
    begin: Begin,
    store: Store,
    writing: Writing,
    directory: LogDirectory,
    client: Redis,
    harm: list[str],
) -> None:
    sequencer = begin()
    await writing.add(20)
    await everything(sequencer)
    signed = directory.checkpoint()
    await ask(client, *harm)
    with pytest.raises(Apart):
        await sequencer.turn()
    with pytest.raises(Apart):
        await compare(store, directory)
    await asyncio.wait_for(sequencer.run(), 5)
    assert directory.finding()
    assert directory.checkpoint() == signed


async def test_a_record_that_was_changed_or_taken_away_is_noticed(
    begin: Begin, store: Store, writing: Writing, directory: LogDirectory, client: Redis
) -> None:
    sequencer = begin()
    await writing.add(30)
    await everything(sequencer)
    await compare(store, directory)
    trail = store._layout.trail("application/a3")
    original = (await store.records("application/a3", 2, 2))[0]
    await ask(client, "LSET", trail, "1", original.replace(b"2", b"9"))
    with pytest.raises(Apart, match="record 2 of application/a3"):
        await compare(store, directory)
    await ask(client, "LSET", trail, "1", original)
    await compare(store, directory)
    feed = f"{store._layout.tag('application/a3')}f"
    await ask(client, "XDEL", feed, "0-1")
    await writing.add(7)
    await everything(sequencer)  # what is in the log is not read again
    last = (await store.feeds.last())[store._layout.partition("application/a3")]
    await ask(client, "XDEL", feed, f"0-{last}")
    with pytest.raises(Apart, match=r"rolled back|gap|missing"):
        await compare(store, directory)


async def test_a_record_that_is_gone_before_it_was_added_is_noticed(
    begin: Begin, store: Store, writing: Writing, directory: LogDirectory, client: Redis
) -> None:
    sequencer = begin()
    await everything(sequencer)
    await writing.add(4, subjects=4)
    feed = f"{store._layout.tag('application/a1')}f"
    last = (await store.feeds.last())[store._layout.partition("application/a1")]
    trail = store._layout.trail("application/a1")
    (record,) = await store.records("application/a1", 1, 1)
    await ask(client, "DEL", trail)
    with pytest.raises(Apart, match="missing"):
        await sequencer.turn()
    await ask(client, "RPUSH", trail, record)
    await ask(client, "XDEL", feed, f"0-{last}")
    await writing.add(2, subjects=2)
    with pytest.raises(Apart, match="missing"):
        await sequencer.turn()


FORGED = b'{"seq":%d,"subject":"application/a1"}'

ROLLED_BACK = [
    pytest.param(["XDEL", "{0}f", "0-{1}"], "rolled back", id="feed"),
    pytest.param(["XTRIM", "{}f", "MAXLEN", "0"], "rolled back", id="feed-emptied"),
    pytest.param(["LSET", "{}t:application/a0", "4", "{{}}"], "record 5", id="record"),
    pytest.param(["DEL", "{}t:application/a0"], "record 5", id="trail"),
]


@pytest.mark.parametrize(("harm", "told"), ROLLED_BACK)
async def test_feeds_that_were_rolled_back_are_noticed_while_it_runs(
    begin: Begin,
    store: Store,
    writing: Writing,
    directory: LogDirectory,
    client: Redis,
    monkeypatch: pytest.MonkeyPatch,
    harm: list[str],
    told: str,
) -> None:
    sequencer = begin()
    await writing.add(5, subjects=1)
    await everything(sequencer)
    monkeypatch.setattr("workflow.sequencing.LOOK", 0)
    assert not await sequencer.turn()
    last = (await store.feeds.last())[store.partition("application/a0")]
    await ask(client, *(word.format(store._layout.tag("application/a0"), last) for word in harm))
    with pytest.raises(Apart, match=told):
        await sequencer.turn()


OUT_OF_TURN = [
    pytest.param([["XADD", "{0}f", "0-*", "s", "{1}", "n", "1"]], id="again"),
    pytest.param([["XADD", "{0}f", "0-*", "s", "{1}", "n", "4"]], id="to-come"),
    pytest.param([["RPUSH", "{}t:{}", FORGED % 3], ["SET", "{}d:{}", b"3 head now {}"]], id="gap"),
    pytest.param([["LSET", "{}t:{}", "2", FORGED % 4]], id="of-another-number"),
    pytest.param([["LSET", "{}t:{}", "2", FORGED.replace(b"a1", b"a2") % 3]], id="of-another"),
    pytest.param([["LSET", "{}t:{}", "2", b"{}"]], id="of-none"),
    pytest.param([["SETRANGE", "{}p:{}", "12", b"\0\0\0\0\0\1"]], id="noted-already"),
    pytest.param([["DEL", "{}p:{}"]], id="forgotten"),
]


@pytest.mark.parametrize("harm", OUT_OF_TURN)
async def test_a_record_that_does_not_follow_those_in_the_log_is_not_signed(
    begin: Begin,
    store: Store,
    writing: Writing,
    directory: LogDirectory,
    client: Redis,
    harm: list[list[str | bytes]],
) -> None:
    subject = "application/a1"
    sequencer = begin()
    await writing.add(4, subjects=2)
    await everything(sequencer)
    signed, published = directory.checkpoint(), await store.feeds.published()
    gap = harm[0][0] == "RPUSH"
    if not gap:
        await writing.add(2, subjects=2)
    for command in harm:
        named = (
            word.format(store._layout.tag(subject), subject) if isinstance(word, str) else word
            for word in command
        )
        await ask(client, *named)
    if gap:
        writing.records[subject].append(FORGED % 3)
        await writing.add(2, subjects=2)
    with pytest.raises(Apart, match=r"follows those in the log|in the place of record|missing"):
        await sequencer.turn()
    assert directory.checkpoint() == signed
    assert await store.feeds.published() == published


async def test_a_record_within_one_batch_twice_is_not_signed(
    begin: Begin, store: Store, writing: Writing, directory: LogDirectory, client: Redis
) -> None:
    sequencer = begin()
    await everything(sequencer)
    signed = directory.checkpoint()
    await writing.add(1, subjects=1)
    feed = f"{store._layout.tag('application/a0')}f"
    await ask(client, "XADD", feed, "0-*", "s", "application/a0", "n", "1")
    with pytest.raises(Apart, match="record 1 of application/a0"):
        await sequencer.turn()
    assert directory.checkpoint() == signed


async def test_what_was_changed_in_the_way_that_the_log_came_is_noticed(
    begin: Begin, writing: Writing, directory: LogDirectory
) -> None:
    sequencer = begin()
    await writing.add(9)
    await spell(sequencer)
    signed = directory.signed()
    (progress,) = directory.path.glob("progress-*.json")
    fields = orjson.loads(progress.read_bytes())
    partition = next(place for place, one in enumerate(fields["positions"]) if one)
    fields["positions"][partition] -= 1
    progress.write_bytes(orjson.dumps(fields))
    await writing.add(1)
    with pytest.raises(Damaged, match="positions"):
        await begin().turn()
    assert directory.signed() == signed


async def test_tiles_or_a_checkpoint_that_were_changed_are_noticed(
    begin: Begin, store: Store, writing: Writing, directory: LogDirectory
) -> None:
    sequencer = begin()
    await writing.add(20)
    await everything(sequencer)
    (tile,) = directory.path.glob("tile/0/000.p/*")
    whole = tile.read_bytes()
    tile.write_bytes(bytes(len(whole)))
    sequencer._directory.release()
    sequencer = begin()
    with pytest.raises(Damaged):
        await sequencer.turn()
    tile.write_bytes(whole)
    checkpoint = directory.path / "checkpoint"
    signed = checkpoint.read_bytes()
    checkpoint.write_bytes(signed[:-6] + b"AAAA=\n")
    with pytest.raises(Unsound, match="signature"):
        await sequencer.turn()
    checkpoint.write_bytes(signed)
    await sequencer.turn()


async def test_a_rotation_is_in_the_log_and_both_keys_sign_the_checkpoint_that_covers_it(
    begin: Begin, store: Store, writing: Writing, keys: LogKeys, directory: LogDirectory
) -> None:
    sequencer = begin()
    await everything(sequencer)
    (old,) = keys.public()
    coming = keys.rotate()
    assert coming is not None
    assert keys.rotate() is None
    await writing.add(3)
    await everything(sequencer)
    raw = directory.checkpoint()
    assert raw is not None
    for key in (old, coming.verifier):
        open_checkpoint(raw, [key])
    assert keys.public() == (old, coming.verifier)
    assert (keys.present(), keys.coming()) == (coming, None)
    (record,) = await store.records("log/keys", 1, 9)
    fields = orjson.loads(record)
    assert fields["data"] == {"key": str(old), "next": str(coming.verifier)}
    await writing.add(1)
    await everything(sequencer)
    raw = directory.checkpoint()
    assert raw is not None
    open_checkpoint(raw, [coming.verifier])
    with pytest.raises(ValueError, match="no key"):
        open_checkpoint(raw, [old])
    await check(store, LogReader(directory.path), keys)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_rotation_outlives_a_crash_at_any_step(
    begin: Begin,
    store: Store,
    writing: Writing,
    keys: LogKeys,
    directory: LogDirectory,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,
) -> None:
    at, crashed, publish = 0, True, LogDirectory.publish
    await spell(begin())
    while crashed:
        at += 1
        old, coming = keys.present(), keys.rotate()
        assert old is not None
        assert coming is not None
        covering: list[bytes] = []

        def noted(self: LogDirectory, raw: bytes, state: State, to: list[bytes] = covering) -> None:
            to.append(raw)
            publish(self, raw, state)

        with monkeypatch.context() as patch:
            patch.setattr(LogDirectory, "publish", noted)
            crashed = await one_crash(begin(), store, at, after, monkeypatch)
            await spell(begin())
        assert (keys.present(), keys.coming()) == (coming, None)
        for key in (old.verifier, coming.verifier):
            open_checkpoint(covering[0], [key])
        assert len(await store.records("log/keys", 1, 999)) == at
        await check(store, LogReader(directory.path), keys)
    assert at > 10
