"""The disk of the data folder is full, and then it is not."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.client import clients
from tests.faults.ledger import PASSING, Ledger, progress
from tests.faults.loading import CROWD, settled, some, tries, under_load
from tests.faults.processes import PATIENCE, serving
from tests.faults.rounds import rounds

SIZE = 12 * 1024 * 1024
FREE = 1 * 1024 * 1024
"""Bytes of the disk, and those that are left for the first events."""

REFUSED = CROWD
"""Answers with 503 that are waited for while the disk is full."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount(8) here")
    if done.returncode:
        pytest.skip(f"a small tmpfs cannot be mounted: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_loses_nothing_and_is_got_over(disk: Path, tmp_path: Path) -> None:
    ballast = disk / "ballast"
    for number in rounds(1):
        data = disk / f"data-{number}"
        with serving(tmp_path / "log", "--data", data) as service:
            async with clients(1, service.port) as (client,):
                applications = await some(client, f"full-{number}")
            ballast.write_bytes(bytes(SIZE - FREE))
            ledger = Ledger()
            async with under_load(service.port, ledger, tries(applications, "k")):
                await refused(ledger)
                before = len(ledger.acknowledged)
                async with clients(1, service.port) as (client,):
                    answer = await client.ask("GET", "/healthz")
                    assert answer.status == 200
                ballast.unlink()
                await progress(ledger, CROWD, PATIENCE)
            assert before > CROWD
            assert set(ledger.codes) <= PASSING
            await settled(service.port, ledger, applications)
            assert service.terminate() == 0
            assert "Traceback" not in service.said()
        shutil.rmtree(data)


async def refused(ledger: Ledger) -> None:
    """Wait until the disk is full and the clients are told."""
    for _ in range(round(PATIENCE / 0.05)):
        if len(ledger.codes) >= REFUSED:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the disk was never full")
