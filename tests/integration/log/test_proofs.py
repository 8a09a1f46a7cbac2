"""What the service says itself of a trail and the log."""

from tests.integration.log.conftest import Begin, Writing
from workflow.log.directory import LogDirectory
from workflow.log.signing import LogKeys
from workflow.log.tree import LogReader
from workflow.proofs import LogVerdict, Proofs
from workflow.store import Store

SUBJECT = "application/a0"


async def test_a_record_that_is_new_is_told_from_one_whose_place_was_taken_away(
    begin: Begin, store: Store, writing: Writing, keys: LogKeys, directory: LogDirectory
) -> None:
    proofs = Proofs(store, LogReader(directory.path), keys.public)

    async def verdict() -> LogVerdict:
        check = await proofs.check(SUBJECT)
        for text in await store.records(SUBJECT, 1, 10_000):
            await check.take(text)
        return await check.verdict()

    sequencer = begin()
    await writing.add(3, subjects=1)
    assert (await verdict()).ok, "there is no log yet"
    while await sequencer.turn():
        pass
    assert (await verdict())[0::2] == (3, None)
    await writing.add(600, subjects=1)
    assert (await verdict())[0::2] == (3, None), "600 wait for the log"
    while await sequencer.turn():
        pass
    assert (await verdict())[0::2] == (603, None)
    await writing.add(2, subjects=1)
    await store.place([(SUBJECT, 603, [-1])])  # it has none any more
    found = await verdict()
    assert (found.ok, found.checked_to, found.first_bad) == (False, 602, 603)
