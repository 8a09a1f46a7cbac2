"""Group commit: many commits in one call of commit.lua."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter

from workflow.store import keys
from workflow.store.commits import Buried, Commit, Committed, Outcome, Repeated, Stale
from workflow.store.faults import DurabilityUnknown, Unavailable
from workflow.store.keys import Layout
from workflow.store.lane import Answer
from workflow.store.link import Argument, Link
from workflow.store.scripts import COMMIT

COMMIT_COST = 4096  # bytes that a commit weighs beside its document and record: time of the server
CHUNK_BYTES = 1024 * 1024

BURIED = -2

COMMITTED = Committed()


class Chunk:
    """Commits of one call that go out together, made ready as arguments of the script."""

    __slots__ = ("arguments", "commits", "keys", "places", "weight")

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self.places: list[int] = []  # of each commit in the call
        self.keys: list[str] = []
        self.arguments: list[Argument] = []
        self.weight = 0

    def add(self, tag: str, commit: Commit, place: int) -> None:
        """Append a commit, whose subject lies in the partition with this tag."""
        subject, kind = commit.subject, commit.subject.partition("/")[0]
        self.commits.append(commit)
        self.places.append(place)
        self.weight += len(commit.document) + len(commit.record) + COMMIT_COST
        self.keys += (f"{tag}d:{subject}", f"{tag}t:{subject}", f"{tag}e:{subject}", f"{tag}f")
        gained = commit.add if commit.expected else ("", *commit.add)
        self.keys += [keys.index(tag, kind, term) for term in chain(gained, commit.remove)]
        if commit.words or commit.unwords:
            self.keys.append(keys.words(tag, kind))
        if commit.due is not None:
            self.keys.append(keys.due(tag, kind))
        self.arguments += (
            subject,
            commit.event,
            commit.expected,
            commit.basis,
            commit.document,
            commit.record,
            commit.created_ms,
            len(gained),
            len(commit.remove),
            len(commit.words),
            len(commit.unwords),
            "" if commit.due is None else commit.due,
            commit.ticket,
            *commit.words,
            *commit.unwords,
        )


def chunks(
    layout: Layout, commits: Sequence[Commit], lane_of: Sequence[int]
) -> list[tuple[int, Chunk]]:
    """A call's commits, by lane and in pieces of bounded weight, each lane's in order."""
    full: list[tuple[int, Chunk]] = []
    filling: dict[int, Chunk] = {}
    for place, commit in enumerate(commits):
        partition = layout.partition(commit.subject)
        lane = lane_of[partition]
        chunk = filling.get(lane)
        if chunk is None or chunk.weight > CHUNK_BYTES:
            chunk = filling[lane] = Chunk()
            full.append((lane, chunk))
        chunk.add(layout.tags[partition], commit, place)
    return full


async def send(link: Link, group: Sequence[Chunk]) -> list[list[Outcome]]:
    """One script call for a group."""
    names = list(chain.from_iterable(map(attrgetter("keys"), group)))
    arguments = chain.from_iterable(map(attrgetter("arguments"), group))
    count = sum(len(chunk.commits) for chunk in group)
    answers = iter(await link.write(COMMIT, names, chain((count,), arguments)))
    return [[_outcome(commit, next(answers)) for commit in chunk.commits] for chunk in group]


def _outcome(commit: Commit, answer: int | bytes) -> Outcome:
    """What the script said of a commit.

    A record that equals ours to the byte (it has a random salt) was left by an earlier try
    whose reply was lost; one that was moved to the log is much older than any reply.
    """
    if answer in (-1, commit.record):
        return COMMITTED
    if answer == BURIED:
        return Buried()
    return Stale(answer) if isinstance(answer, int) else Repeated()


async def together(
    total: int, parts: Sequence[Chunk], waiting: Sequence[asyncio.Future[list[Outcome]]]
) -> list[Outcome]:
    """The outcomes of the chunks of one call. Where some have none, it has none: that nothing
    happened is true of a call only when it is true of every chunk.
    """
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    done = [answer for answer in answers if not isinstance(answer, BaseException)]
    faults = [answer for answer in answers if isinstance(answer, BaseException)]
    unknown = [fault for fault in faults if not isinstance(fault, Unavailable)]
    if unknown or (faults and not done):
        raise (unknown or faults)[0]
    if faults:
        raise DurabilityUnknown("Some of its events are recorded.") from faults[0]
    return in_order(total, [part.places for part in parts], done)


def in_order(
    total: int, places: Iterable[Sequence[int]], parts: Sequence[Sequence[Answer]]
) -> list[Answer]:
    """Answers of several groups, put back into the places that they have in the call."""
    answers: dict[int, Answer] = {}
    for own, part in zip(places, parts, strict=True):
        answers.update(zip(own, part, strict=True))
    return [answers[place] for place in range(total)]
