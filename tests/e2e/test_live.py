"""Following it live where several processes answer: on one server, through kills, in a browser."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from itertools import count
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, async_playwright

from api.client import Client, Patience, expect
from tests.e2e.chromium import CHROMIUM, FLAGS
from tests.e2e.commands import Service, running
from tests.e2e.test_cli_workers import workers_of

NOTE = {"type": "note", "data": {"text": "here it is"}}
NOTES = 12
KEPT = 2
"""Processes that answer."""

STREAMS = 3
"""Streams that one may have at each."""

PAGE = """<!doctype html><title>live</title><script>
  window.got = [];
  window.opened = 0;
  const source = new EventSource("/v1/stream?type=note");
  source.onopen = () => { window.opened += 1; };
  source.addEventListener("record", (event) => {
    const record = JSON.parse(event.data);
    window.got.push([record.subject, record.seq, event.lastEventId]);
  });
</script>"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Two processes on one socket and one server."""
    folder = tmp_path_factory.mktemp("live")
    limits = {"CLEARANCE_STREAMS": str(STREAMS)}
    with running("serve", "--data", folder, "--workers", str(KEPT), **limits) as started:
        yield started


@pytest.fixture(scope="module")
def key(service: Service) -> str:
    return service.keyring.key()


@pytest.fixture
async def client(service: Service, key: str) -> AsyncIterator[Client]:
    patience = Patience(call=20, first_pause=0.02, longest_pause=0.2)
    async with Client(service.url, api_key=key, patience=patience) as made:
        await made.put_buyer("live-cloud", {"name": {"en": "Live", "zh": "现场"}})
        yield made


async def opened(client: Client, reference: str) -> str:
    """The id of a new application."""
    body = {
        "procedure": "h200-import",
        "buyer": "live-cloud",
        "goods": {"item": "NVIDIA H200"},
        "reference": reference,
    }
    return expect(await client.create(body)).application.id


def connected(service: Service, key: str) -> Iterator[httpx.Client]:
    """A connection with each of the processes: the others stand still while it is made."""
    every = workers_of(service)
    for pid in sorted(every):
        for other in every - {pid}:
            os.kill(other, signal.SIGSTOP)
        try:
            made = httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {key}"})
            assert made.get("/readyz").status_code == 200
        finally:
            for other in every - {pid}:
                os.kill(other, signal.SIGCONT)
        yield made


async def test_an_event_at_one_process_wakes_who_waits_at_another(
    service: Service, key: str, client: Client
) -> None:
    """Within 50 ms; some are tried, since this machine is busy with other tests."""
    application = await opened(client, "wakes")
    path = f"/v1/applications/{application}"
    found: dict[str, Any] = {}

    def wait(at: httpx.Client, tag: str) -> None:
        headers = {"If-None-Match": tag, "Prefer": "wait=10"}
        found["answer"] = at.get(path, headers=headers, timeout=20)
        found["at"] = time.monotonic()

    best: list[float] = []
    waits, posts = connected(service, key)
    with closing(waits), closing(posts):
        for way in ((waits, posts), (posts, waits)):
            late = float("inf")
            for number in range(6):
                tag = way[1].get(path).headers["ETag"]
                thread = threading.Thread(target=wait, args=(way[0], tag))
                thread.start()
                await asyncio.sleep(0.1)
                headers = {"Idempotency-Key": f"{len(best)}-{number}"}
                posted = way[1].post(f"{path}/events", json=NOTE, headers=headers)
                committed = time.monotonic()
                thread.join()
                assert found["answer"].status_code == 200
                assert found["answer"].headers["ETag"] == posted.headers["ETag"]
                late = min(late, found["at"] - committed)
                if late < 0.05:
                    break
            best.append(late)
    assert max(best) < 0.05


async def test_one_has_so_many_streams_and_no_more(service: Service, key: str) -> None:
    async with httpx.AsyncClient(
        base_url=service.url, headers={"Authorization": f"Bearer {key}"}, timeout=10
    ) as plain:
        answers = [
            await plain.send(plain.build_request("GET", "/v1/stream"), stream=True)
            for _ in range(KEPT * STREAMS + 1)
        ]
        refused = [answer for answer in answers if answer.status_code != 200]
        assert 1 <= len(refused) <= len(answers) - STREAMS
        for answer in refused:
            await answer.aread()
            assert answer.status_code == 429
            assert answer.json()["code"] == "too-many-streams"
            assert answer.headers["Retry-After"] == "5"
        for answer in answers:
            await answer.aclose()
        async with asyncio.timeout(10):
            while True:  # a stream that was left is given back
                async with plain.stream("GET", "/v1/stream") as again:
                    if again.status_code == 200:
                        break


class Listeners:
    """One follows all, another one application from its beginning."""

    def __init__(self, client: Client, application: str) -> None:
        self.all: list[tuple[str, int]] = []
        self.one: list[int] = []
        self._more = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._follow_all(client)),
            asyncio.create_task(self._follow_one(client, application)),
        ]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for more, until it holds."""
        async with asyncio.timeout(20):
            while not holds():
                self._more.clear()
                await self._more.wait()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    async def _follow_all(self, client: Client) -> None:
        async for one in client.stream(buyer="live-cloud"):
            self.all.append((one.record.subject.partition("/")[2], one.record.seq))
            self._more.set()

    async def _follow_one(self, client: Client, application: str) -> None:
        async for record in client.follow(application, after=0):
            self.one.append(record.seq)
            self._more.set()


@asynccontextmanager
async def browsing(service: Service, key: str) -> AsyncIterator[Page]:
    """A page of this origin that follows, in a browser that has signed in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        await page.goto(f"{service.url}/sign-in")
        await page.fill("input[name=key]", key)
        await page.click("main button")
        await page.wait_for_url("**/")
        await page.route(
            "**/live", lambda route: route.fulfill(content_type="text/html", body=PAGE)
        )
        await page.goto(f"{service.url}/live")
        await page.wait_for_function("window.opened == 1")
        await page.wait_for_timeout(100)  # no script is told of the first block, without data
        yield page
        await browser.close()


async def test_no_record_is_lost_or_told_twice_when_processes_are_killed(
    service: Service, key: str, client: Client
) -> None:
    """Neither to programs nor to a browser, which comes back by itself: also before the first
    record, what was recorded while it was away is told, once.
    """
    names = [await opened(client, f"killed-{number}") for number in range(3)]
    async with browsing(service, key) as page:
        listeners = Listeners(client, names[0])
        await listeners.until(lambda: bool(listeners.one))
        for number in count():  # it begins when the service says so
            if listeners.all:
                break
            await opened(client, f"warm-{number}")
        for victim in workers_of(service):
            os.kill(victim, signal.SIGKILL)
        for number in range(NOTES):
            expect(await client.post(names[number % 3], NOTE, key=f"note-{number}"))
        versions = {name: await version(client, name) for name in names}
        assert sum(versions.values()) == NOTES + 3
        await listeners.until(
            lambda: (
                len(listeners.one) == versions[names[0]] and versions.items() <= set(listeners.all)
            )
        )
        await listeners.stop()
        await page.wait_for_function(f"window.got.length >= {NOTES}", timeout=20_000)
        got = await page.evaluate("window.got")
        assert await page.evaluate("window.opened") >= 2
    assert listeners.one == list(range(1, versions[names[0]] + 1))
    for name in names:
        assert [seq for one, seq in listeners.all if one == name] == told(versions[name])
        shown = [seq for subject, seq, _ in got if subject == f"application/{name}"]
        assert shown == told(versions[name])
    assert len({place for _, _, place in got}) == len(got) == NOTES


def told(version: int) -> list[int]:
    """What is told of an application that had one record before."""
    return list(range(2, version + 1))


async def version(client: Client, application: str) -> int:
    return expect(await client.application(application)).value.version
