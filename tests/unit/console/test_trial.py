"""A trial: a process that reads rules, and is ended when its time is over."""

from collections.abc import AsyncIterator

from api.console.trial import Life, Trial, tried
from tests.unit.acting import NOW
from tests.unit.versions import second_text
from workflow.domain import canonical
from workflow.domain.record import FIELDS, NOTHING, hash_of

ROTTEN = [[b"{}"], [b'{"seq":1}'], [b"no record"]]


async def rotten(name: str) -> AsyncIterator[Life]:
    assert name == "h200-import"
    for texts in ROTTEN:
        yield Life(texts, NOW, None)


async def test_rules_are_read_and_trails_that_do_not_hold_are_counted() -> None:
    trial = await tried(second_text(), rotten)
    assert (trial.named["name"], trial.named["version"]) == ("h200-import", 2)
    assert trial.facts["states"]["conditioned"]["label"]["zh"] == "国家发改委已定条件"
    assert (trial.found, trial.unsound, trial.stopped) == ([], len(ROTTEN), False)


async def test_what_is_wrong_with_rules_is_told_by_line() -> None:
    trial = await tried("procedure: h200-import\nversion: one\n", rotten)
    assert (trial.facts, trial.unsound) == ({}, 0)
    assert (1, "`title` is missing") in trial.problems
    assert any(line == 2 and message.startswith("version") for line, message in trial.problems)


async def test_it_ends_with_its_time() -> None:
    assert await tried(second_text(), rotten, patience=0.01) == Trial(stopped=True)


def of_nobody() -> bytes:
    """A record that is sound in itself, and of which no rules can make anything."""
    record = dict.fromkeys(FIELDS) | {"seq": 1, "prev": NOTHING.head, "hash": ""}
    record |= {"subject": "application/x", "recorded_at": "", "changes": {"set": {}}}
    return canonical.encode(record | {"hash": hash_of(record)})


async def test_the_end_of_its_process_is_the_end_of_it() -> None:
    async def trails(_name: str) -> AsyncIterator[Life]:
        yield Life([of_nobody()], NOW, None)

    trial = await tried(second_text(), trails)
    assert (trial.stopped, trial.found, trial.unsound) == (True, [], 0)
    assert trial.named["version"] == 2
