"""One sequencer in a process of its own, which is killed: arguments are the server's address, the
folder of the keys, and the folder of the log.
"""

import asyncio
import sys
from pathlib import Path

from api.key_files import read, write
from workflow.catalog import Catalog
from workflow.log.directory import LogDirectory
from workflow.log.signing import LogKeys
from workflow.sequencing import Sequencer
from workflow.service import Service
from workflow.store import Store, connect


async def main(url: str, keys: Path, log: Path) -> None:
    async with Store(connect(url)) as store:
        service = Service(store, Catalog([]))
        sequencer = Sequencer(
            store, LogDirectory(log), LogKeys(keys, read, write), service, pause=0.001
        )
        print("ready", flush=True)
        await sequencer.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
