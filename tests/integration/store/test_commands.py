"""The lists that `tests/unit/test_only_commit_writes.py` relies on, as the server sees them."""

from redis.asyncio import Redis
from redis.utils import str_if_bytes

from tests.integration.store.servers import ask
from tests.unit.test_only_commit_writes import COMMIT_WRITES, READS, SCRIPT_READS


async def test_the_server_agrees_on_what_writes(client: Redis) -> None:
    writes = {str_if_bytes(name).upper() for name in await ask(client, "ACL CAT", "write")}
    assert not writes & {name.split()[0] for name in READS | SCRIPT_READS}
    assert writes >= COMMIT_WRITES - {"SPUBLISH"}
