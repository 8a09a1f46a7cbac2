"""A log has one key, however many hosts begin it."""

import asyncio
import logging
from pathlib import Path

import pytest

from api import key_files
from api.log_start import LogUnfit, keys_of, prepare_log
from api.settings import Log, Settings
from workflow.log.signing import KEY, PUBLIC
from workflow.proof.keys import SignerKey
from workflow.store import Store


async def test_of_hosts_that_start_at_once_one_has_the_key(store: Store, tmp_path: Path) -> None:
    hosts = [Settings(data=tmp_path / name) for name in "abc"]
    await asyncio.gather(*(prepare_log(host, store) for host in hosts))
    (one,) = (host for host in hosts if keys_of(host).present())
    assert [host.data for host in hosts if (host.data / PUBLIC).exists()] == [one.data]
    key = keys_of(one).present()
    assert key is not None
    await asyncio.gather(*(prepare_log(host, store) for host in hosts))
    assert [keys_of(host).present() for host in hosts if host != one] == [None, None]
    assert await store.feeds.begun() == str(key.verifier)


async def test_a_host_that_was_cut_short_and_was_not_the_first_drops_its_key(
    store: Store, tmp_path: Path
) -> None:
    first, second = (Settings(data=tmp_path / name) for name in "ab")
    kept = keys_of(first).begin("example.org/log")
    keys_of(second).begin("example.org/other")
    await store.feeds.begin(str(kept.verifier))
    await prepare_log(first, store)
    (first.data / PUBLIC).unlink()  # cut short before that
    for host in (second, first):
        await prepare_log(host, store)
    assert (keys_of(first).present(), keys_of(second).present()) == (kept, None)


@pytest.mark.parametrize("name", ["example.org/log", "localhost/other"])
async def test_a_host_with_the_key_of_another_log_does_not_start(
    store: Store, tmp_path: Path, name: str
) -> None:
    host = Settings(data=tmp_path)
    keys_of(host).begin("example.org/log")
    await prepare_log(host, store)
    key_files.write(tmp_path / KEY, SignerKey.generate(name).secret())
    with pytest.raises(LogUnfit, match=r"does not belong to the log in .* is not the last"):
        await prepare_log(host, store)
    await prepare_log(Settings(data=tmp_path, log=Log(sequence=False)), store)


async def test_a_host_whose_key_is_gone_is_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = Settings(data=tmp_path)
    with caplog.at_level(logging.WARNING):
        await prepare_log(host, store)
        assert not caplog.records
        (tmp_path / KEY).unlink()
        await prepare_log(host, store)
    assert f"{tmp_path / KEY} is not there" in caplog.text
