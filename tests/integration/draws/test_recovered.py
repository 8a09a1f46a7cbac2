"""What draws leave in the database comes back from the log with everything else."""

from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from api.key_files import read, write
from tests.integration.draws.quotas import (
    CATALOG,
    GIVE_UP,
    GRANT,
    OFFICE,
    Clock,
    Failing,
    claim,
    open_pool,
    proposed,
)
from tests.integration.log.dumping import dump
from tests.integration.store.servers import ask
from tests.unit.acting import THE_BUYER
from workflow.checking import Comparison
from workflow.desk import Accepted
from workflow.domain.clock import later
from workflow.log.directory import LogDirectory
from workflow.log.signing import LogKeys
from workflow.recovery import Recovery
from workflow.sequencing import Sequencer
from workflow.service import Service
from workflow.store import DurabilityUnknown, EmbeddedServer, Store, Unavailable, connect


async def test_draws_from_pools_and_their_tickets_come_back(
    quotas: Service,
    failing: Failing,
    clock: Clock,
    client: Redis,
    server: EmbeddedServer,
    tmp_path: Path,
) -> None:
    """Spent, buried, begun anew after that, given back: what they left in the events, too."""
    await open_pool(quotas, claim(100))
    for number in range(3):
        name = await proposed(quotas, f"plain-{number}", 10)
        assert isinstance(await quotas.post(OFFICE, name, GRANT), Accepted)
    assert isinstance(await quotas.post(THE_BUYER, name, GIVE_UP), Accepted)
    for fails in (Unavailable, DurabilityUnknown):
        name = await proposed(quotas, f"failing-{fails.__name__}", 10)
        failing.fails = fails
        with pytest.raises(fails):
            await quotas.post(OFFICE, name, GRANT)
        clock.fixed = later(clock(), timedelta(hours=1))
        assert await quotas.catch_up() == 1
        assert isinstance(await quotas.post(OFFICE, name, GRANT), Accepted)
    keys, directory = LogKeys(tmp_path, read, write), LogDirectory(tmp_path / "log")
    keys.begin("example.org/log")
    await Sequencer(failing, directory, keys, quotas).finish()
    before = await dump(client)
    seqs = {seq for kind, held in before.values() if kind == "hash" for seq in held.values()}
    assert b"0" in seqs, "a ticket was buried"
    await ask(client, "FLUSHALL")
    async with Store(connect(server.url)) as fresh:
        recovered = await Recovery(fresh, CATALOG, directory).run(lambda _: None)
        assert recovered.unsettled == ()
        assert await dump(client) == before
        assert await Comparison(fresh, directory).run(lambda _: None) == recovered.size
