"""Whoever may write everything, the database, the folder of the log and its private key, against
somebody who has the public key and one checkpoint from before. What else they may do to the files
is tried in `tests/unit/proof/test_attacks.py`.
"""

import json
import shutil
from pathlib import Path

import pytest
from redis.asyncio import Redis

from api.log_source import Folder
from tests.integration.exports import carried
from tests.integration.log.conftest import Begin
from tests.integration.store.servers import ask
from tests.logs import retold, write
from tests.unit.journeys import TO_MINISTRY_APPROVED
from workflow.domain import trail
from workflow.log.directory import LogDirectory
from workflow.log.signing import LogKeys
from workflow.log.tree import LogReader
from workflow.proof.checkpoint import open_checkpoint
from workflow.proof.comparing import OneTrail
from workflow.proof.whole import Bad, Watch, check_log
from workflow.service import Service
from workflow.store import Store
from workflow.store.keys import Layout


def check(folder: Path, keys: LogKeys, since: bytes | None = None, *watches: Watch) -> int:
    """What an auditor runs, on a copy of the folder."""
    public = keys.public()
    source = Folder(folder)
    checkpoint, _ = open_checkpoint(source.read("checkpoint") or b"", public)
    older = None if since is None else open_checkpoint(since, public)[0]
    return check_log(source.read, checkpoint, older, watches)


def rewritten(records: list[bytes], seq: int) -> list[bytes]:
    """A trail in which one record gives another reason, with every hash that follows from it."""
    told = [json.loads(text) for text in records]
    told[seq - 1]["reason"] = "another"
    return retold([json.dumps(one).encode() for one in told], told[0]["subject"])


async def test_a_history_that_was_rewritten_everywhere_is_found(
    begin: Begin,
    store: Store,
    service: Service,
    client: Redis,
    application: str,
    keys: LogKeys,
    directory: LogDirectory,
) -> None:
    subject = f"application/{application}"
    await carried(service, application, TO_MINISTRY_APPROVED)
    sequencer = begin()
    while await sequencer.turn():
        pass
    genuine = await store.records(subject, 1, 200)
    kept = LogReader(directory.path).checkpoint()
    assert kept is not None
    check(directory.path, keys, kept, OneTrail(subject, genuine))

    # The trail in the database, with every hash: sound by itself, and not what the log has.
    forged = rewritten(genuine, 3)
    place = Layout().trail(subject)
    await ask(client, "DEL", place)
    await ask(client, "RPUSH", place, *forged)
    exported = await store.records(subject, 1, 200)
    assert exported == forged
    assert trail.verify(exported).ok
    with pytest.raises(Bad, match="another record in this place") as found:
        check(directory.path, keys, None, OneTrail(subject, exported))
    assert (found.value.subject, found.value.seq) == (subject, 3)

    # The log too, without the key: the tiles fit, the signature is of another tree.
    size = open_checkpoint(kept, keys.public())[0].size
    entries = LogReader(directory.path).entries(range(size))
    changed = dict(zip(genuine, forged, strict=True))
    entries = [changed.get(entry, entry) for entry in entries]
    signer = keys.present()
    assert signer is not None
    shutil.rmtree(directory.path)
    directory.path.mkdir()
    write(directory.path, entries, signer)
    resigned = (directory.path / "checkpoint").read_bytes()
    (directory.path / "checkpoint").write_bytes(kept)
    with pytest.raises(Bad, match="do not lead to the root that was signed"):
        check(directory.path, keys)

    # With the key as well: all is sound, but for the checkpoint that is out of their reach.
    (directory.path / "checkpoint").write_bytes(resigned)
    check(directory.path, keys, None, OneTrail(subject, exported))
    with pytest.raises(Bad, match="it was forked"):
        check(directory.path, keys, kept)
