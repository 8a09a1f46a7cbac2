"""The store: documents, trails and indexes of subjects, changed by commits alone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any, Self, cast

from redis.asyncio import Redis

from workflow.observing import SILENT, Observer
from workflow.store import keys
from workflow.store.agenda import Agenda
from workflow.store.archive import Archive, Reader
from workflow.store.bell import Bell
from workflow.store.beside import Beside
from workflow.store.changes import Changes
from workflow.store.checks import check_state
from workflow.store.commits import Attended, Commit, Due, Loaded, Outcome, Page, Position
from workflow.store.faults import Unavailable, WrongDatabase
from workflow.store.feeds import Feeds
from workflow.store.gathering import Gathering
from workflow.store.group import Chunk, chunks, in_order, send, together
from workflow.store.keys import Layout
from workflow.store.lane import Lane
from workflow.store.link import Link, Links
from workflow.store.listing import Listing
from workflow.store.places import Places, Run
from workflow.store.scripts import ATTEND, BURY, LOAD
from workflow.store.webhooks import WebhookStore

GROUP_BYTES = 4 * 1024 * 1024  # of one commit call; see `group.weight`
GROUP_LOADS = 512
GROUP_READS = 1024

Found = tuple[bytes | None, bytes | int | None]
"""What load.lua returns of an event."""


def one_lane(partition: int) -> int:
    """All partitions share script calls: a single server."""
    del partition
    return 0


class Store:
    """Every way to the data. It knows no rule of any procedure.

    A lane is what may share one script call, so `lane_of` says which partitions lie together.
    `archived` reads records that were moved to the log. `observer`: whoever counts what is done
    on this store, here and above. Raises `Unavailable` when nothing has happened,
    `DurabilityUnknown` from commits, and `ArchiveUnreadable` where a record is read.
    """

    def __init__(
        self,
        client: Redis,
        partitions: int = 64,
        lane_of: Callable[[int], int] = one_lane,
        archived: Reader | None = None,
        observer: Observer = SILENT,
    ) -> None:
        self.observer = observer
        self._client = client
        self._layout = Layout(partitions)
        self._lane_of = [lane_of(partition) for partition in range(partitions)]
        self._links = Links(client)
        self._own: list[Link] = []
        self.listing = Listing(self._layout, self._lane_of, self._links)
        self.feeds = Feeds(self._layout, self._lane_of, self._links)
        self.beside = Beside(self._layout, self._links, self.listing)
        self.webhooks = WebhookStore(self._layout, self._links, self.listing)
        self._places = Places(self._layout, self._lane_of, self._links)
        self.archive = Archive(self._layout, self._lane_of, self._links, self._places, archived)
        self.gathering = Gathering(self._layout, self._lane_of, self._links, self.archive)
        self._commits: dict[int, Lane[Chunk, list[Outcome]]] = {}
        self._loads: dict[int, Lane[tuple[str, bytes], Found]] = {}
        self._reads: dict[int, Lane[Sequence[str], list[bytes | None]]] = {}

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Create the database or recognise it. Raises `WrongDatabase`."""
        wanted = keys.meta(self._layout.partitions)
        async with self._links.borrow() as link:
            found = await link.command("SET", keys.META, wanted, "NX", "GET")
        if found not in (None, wanted):
            await self.close()
            raise WrongDatabase(f"It says {found.decode()}, this service {wanted.decode()}.")
        for lane in sorted(set(self._lane_of)):
            self._commits[lane] = Lane(partial(self._send_group, self._link()), GROUP_BYTES)
            self._loads[lane] = Lane(partial(self._load_group, self._link()), GROUP_LOADS)
            self._reads[lane] = Lane(partial(self._read_group, self._link()), GROUP_READS)

    async def close(self) -> None:
        """Answer those who wait, then close the client."""
        lanes: list[Lane[Any, Any]] = [
            *self._commits.values(),
            *self._loads.values(),
            *self._reads.values(),
        ]
        await asyncio.gather(*(lane.close() for lane in lanes))
        for link in self._own:
            await link.close()
        await self._links.close()
        await self._client.aclose()

    def commit(self, commits: Sequence[Commit]) -> Awaitable[list[Outcome]]:
        """Make decisions durable: one outcome for each, in order.

        They wait in line from this call on, whether or not the answer is awaited. Those of one
        subject are applied in the order given, with nobody else's of this process in between.
        """
        parts = chunks(self._layout, commits, self._lane_of)
        answers = [self._commits[lane].join(chunk, chunk.weight) for lane, chunk in parts]
        if len(answers) == 1:
            return answers[0]
        return together(len(commits), [chunk for _, chunk in parts], answers)

    async def load(self, subject: str, event: bytes) -> Loaded:
        """A subject's document, and the record that this event left there, if any."""
        document, repeat = await self._loads[self._lane(subject)].join((subject, event))
        if isinstance(repeat, int):
            (repeat,) = await self.archive.records([(subject, repeat)])
        return Loaded(document, repeat)

    async def read(self, subject: str) -> bytes | None:
        """A subject's document as it is at some moment after the call."""
        (document,) = await self._reads[self._lane(subject)].join((subject,))
        return document

    async def read_many(self, subjects: Sequence[str]) -> list[bytes | None]:
        """The documents of several subjects, not all of one moment."""
        places: dict[int, list[int]] = {}
        for place, subject in enumerate(subjects):
            places.setdefault(self._lane(subject), []).append(place)
        waiting = [
            self._reads[lane].join([subjects[place] for place in own], len(own))
            for lane, own in places.items()
        ]
        return in_order(len(subjects), places.values(), await asyncio.gather(*waiting))

    async def records(self, subject: str, first: int, last: int) -> list[bytes]:
        """The records from seq `first` to `last`, both included, counted from 1."""
        if first < 1 or last < first:
            return []
        async with self._links.borrow() as link:
            found = await link.command("LRANGE", self._layout.trail(subject), first - 1, last - 1)
        return await self.archive.filled(subject, first, found)

    async def record(self, subject: str, seq: int) -> bytes | None:
        """One record, None when there is none of that seq."""
        return next(iter(await self.records(subject, seq, seq)), None)

    async def page(
        self,
        kind: str,
        terms: Sequence[str],
        limit: int,
        beyond: Position | None = None,
        oldest: bool = False,
    ) -> Page:
        """The newest, or else the oldest, subjects of a kind that have all the terms, with their
        documents.

        A document may have moved on since the index was read, and no longer have the terms.
        """
        positions, further = await self.listing.page(kind, terms, limit, beyond, oldest)
        documents = await self.read_many([f"{kind}/{position.id}" for position in positions])
        return Page(positions, cast(list[bytes], documents), further)

    async def matching(self, kind: str, prefix: str, bound: int) -> list[Position] | None:
        """The subjects of a kind with a word that begins so; None when more than `bound` words."""
        return await self.listing.matching(kind, prefix, bound)

    async def due(self, kind: str, now: int, limit: int, first: int = 0) -> list[Due]:
        """Subjects of a kind whose time has come by `now` (Unix ms), `limit` in each lane at the
        most. Who begins at another partition finds others first.
        """
        return await self.agenda(kind, first=first).due(now, limit)

    def agenda(self, kind: str, changes: Changes | None = None, first: int = 0) -> Agenda:
        """The same for one who asks for it again and again, and is told what has changed."""
        return Agenda(self.listing, kind, changes or self.changes(), first)

    def changes(self, bell: Bell | None = None) -> Changes:
        """What a bell tells one who looks; without one, that all may have changed."""
        return Changes(self._layout.partitions) if bell is None else bell.changes()

    async def attend(self, attended: Attended) -> bool:
        """Note what was done about a subject that was due; False where it has moved on since."""
        subject = attended.subject
        tag, (kind, identifier) = self._layout.tag(subject), subject.split("/", 1)
        names = [self._layout.document(subject), keys.due(tag, kind)]
        names += [keys.index(tag, kind, term) for term in attended.terms]
        arguments = (identifier, attended.due, attended.basis, attended.next, attended.created_ms)
        async with self._links.borrow() as link:
            return bool(await link.write(ATTEND, names, arguments))

    async def bury(self, subject: str, ticket: bytes) -> bool:
        """See to it that no commit of the subject spends a ticket any more; whether one has."""
        async with self._links.borrow() as link:
            seq = await link.write(BURY, [self._layout.of_subject(subject)[2]], (ticket,))
        return bool(seq)

    async def place(self, runs: Sequence[Run]) -> None:
        """Note where records lie in the log; the same again changes nothing."""
        await self._places.note(runs)

    async def beyond(self, runs: Sequence[Run]) -> Run | None:
        """The first of these runs that does not follow what the log has of its trail, by the
        places that are noted; None where all do.
        """
        return await self._places.beyond(runs)

    async def places(self, subject: str, first: int, last: int) -> list[int | None]:
        """Where the records from seq `first` to `last`, both included, lie in the log: the index
        of each, None where none is noted yet.
        """
        return await self._places.of(subject, first, last)

    async def note_uses(self, uses: Mapping[str, str]) -> None:
        """Note when credentials were last used; not part of any trail, and not waited for."""
        pairs = [word for pair in uses.items() for word in pair]
        async with self._links.borrow() as link:
            await link.command("HSET", keys.USES, *pairs)

    async def uses(self, credentials: Sequence[str]) -> list[str | None]:
        """When credentials were last used, as far as that was noted."""
        if not credentials:
            return []
        async with self._links.borrow() as link:
            found = await link.command("HMGET", keys.USES, *credentials)
        return [None if when is None else when.decode() for when in found]

    async def seal(self, fresh: bytes) -> bytes:
        """The secret of this database, the same for whoever asks; where there is none yet, what
        is given becomes it.
        """
        async with self._links.borrow() as link:
            found: bytes | None = await link.command("GET", keys.SEAL)
            if found is None:
                found = await link.command("SET", keys.SEAL, fresh, "NX", "GET")
        return fresh if found is None else found

    async def break_seal(self) -> None:
        """Let there be another secret: places that were sealed are not those of this database."""
        async with self._links.borrow() as link:
            await link.command("DEL", keys.SEAL)

    async def unsafe(self) -> tuple[str, ...]:
        """What is wrong with the server by now, as far as it tells. Raises Unavailable."""
        found = await check_state(self._client)
        if any(finding.check == "reachable" for finding in found):
            raise Unavailable(found[0].found)
        return tuple(map(str, found))

    def waiting(self) -> dict[str, int]:
        """How many calls wait for a round trip, by what they are for."""
        lanes: dict[str, dict[int, Lane[Any, Any]]]
        lanes = {"commit": self._commits, "load": self._loads, "read": self._reads}
        return {call: sum(map(len, own.values())) for call, own in lanes.items()}

    def partition(self, subject: str) -> int:
        """In which partition a subject lies, and in which feed therefore."""
        return self._layout.partition(subject)

    def _lane(self, subject: str) -> int:
        return self._lane_of[self._layout.partition(subject)]

    def _link(self) -> Link:
        self._own.append(Link(self._client))
        return self._own[-1]

    async def _send_group(self, link: Link, group: Sequence[Chunk]) -> list[list[Outcome]]:
        begun = perf_counter()
        outcomes = await send(link, group)
        commits = len(outcomes[0]) if len(outcomes) == 1 else sum(map(len, outcomes))
        self.observer.committed(perf_counter() - begun, commits)
        return outcomes

    async def _load_group(self, link: Link, calls: Sequence[tuple[str, bytes]]) -> list[Found]:
        wanted = [key for subject, _ in calls for key in self._layout.of_subject(subject)]
        found = await link.read(LOAD, wanted, [event for _, event in calls])
        return list(zip(found[::2], found[1::2], strict=True))

    async def _read_group(
        self, link: Link, calls: Sequence[Sequence[str]]
    ) -> list[list[bytes | None]]:
        distinct = list(dict.fromkeys(chain.from_iterable(calls)))
        answer = await link.command("MGET", *map(self._layout.document, distinct))
        documents: dict[str, bytes | None] = dict(zip(distinct, answer, strict=True))
        return [[documents[subject] for subject in call] for call in calls]
