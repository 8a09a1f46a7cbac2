"""A server that is reached by TLS, as a user who may do no more than the service needs."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from tests.integration.events import CATALOG, NAME, PROCEDURE, creation
from tests.integration.store.acts import act
from tests.integration.store.certificates import Certified, certified
from tests.integration.store.servers import REDIS, ask, running
from tests.integration.store.test_bell import Ears, listening
from tests.unit.acting import BUYER, RECORDER, THE_BUYER
from workflow import store as package
from workflow.desk import Accepted
from workflow.queries import Queries
from workflow.service import Service
from workflow.store import Store, check_server, connect, link

pytestmark = pytest.mark.skipif(REDIS is None, reason="no redis-server here")

PASSWORD = "a-password-that-must-not-show"
OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"
RULES = re.search(r"^user clearance on >REPLACE-THIS (.+)$", OPERATIONS.read_text(), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Secured:
    """A server that speaks TLS alone to the network."""

    port: int
    files: Certified
    local: str

    def url(self, user: str = "clearance", password: str = PASSWORD, **wanted: str) -> str:
        host = wanted.get("host", "127.0.0.1")
        return f"rediss://{user}:{password}@{host}:{self.port}/1{wanted.get('query', '')}"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    assert REDIS
    assert RULES
    folder = tmp_path_factory.mktemp("tls")
    files = certified(folder / "certificates")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    acl = folder / "users.acl"
    acl.write_text(
        f"user clearance on >{PASSWORD} {RULES[1]}\nuser default on nopass ~* &* +@all\n"
    )
    settings = {"tls_port": str(port), "tls_auth_clients": "no", "aclfile": str(acl)}
    settings |= {"tls_key_file": str(files.key), "tls_cert_file": str(files.certificate)}
    settings |= {"tls_ca_cert_file": str(files.authority), "bind": "127.0.0.1"}
    with running(REDIS, folder / "server", **settings) as local:
        yield Secured(port, files, local)


@pytest.fixture(autouse=True)
async def hung_up(secured: Secured) -> AsyncIterator[None]:
    """A connection by TLS that was given up ends when the server has answered; a loop that ends
    before leaves it open.
    """
    yield
    async with Redis.from_url(secured.local) as redis, asyncio.timeout(10):
        while len(await redis.client_list()) > 1:  # noqa: ASYNC110 - the server counts them
            await asyncio.sleep(0.005)


async def test_the_service_runs_as_a_user_who_may_do_no_more(secured: Secured) -> None:
    client = connect(secured.url(), secured.files.authority)
    assert await check_server(client) == []
    async with Store(client) as store:
        service = Service(store, CATALOG)
        await service.register_buyer(RECORDER, BUYER, NAME, "0" * 64)
        identifier, outcome = await service.create(THE_BUYER, PROCEDURE, creation("submit"))
        assert isinstance(outcome, Accepted)
        assert await Queries(store, CATALOG).application(THE_BUYER, identifier)
        await service.finish()
        for command in ("FLUSHALL", "KEYS *", "ACL LIST", "CONFIG SET save 1"):
            with pytest.raises(NoPermissionError):
                await ask(client, *command.split())
        with pytest.raises(NoPermissionError):
            await ask(client, "GET", "somebody-elses")


async def test_that_user_hears_the_doorbell(secured: Secured) -> None:
    ears, url, authority = Ears(), secured.url(), secured.files.authority
    async with listening(url, authority) as bell, Store(connect(url, authority)) as store:
        with bell.listening("application/bell", ears.ring):
            await ears.heard(1)
            await store.commit([act("application/bell", 0)])
            await ears.heard(2)


def test_the_user_may_do_what_is_used_and_nothing_else() -> None:
    assert RULES
    granted = {rule[1:] for rule in RULES[1].split() if rule.startswith("+")}
    folder = Path(str(package.__file__)).parent
    scripts = "".join(file.read_text() for file in folder.glob("*.lua"))
    sources = "".join(file.read_text() for file in folder.glob("*.py"))
    used = re.findall(r"call\('([A-Z]+)'", scripts)
    used += re.findall(r'(?:command|tell)\("([A-Z]+)"', sources)
    beside = {"auth", "select", "info", "config|get", "evalsha", "script|load"}
    assert granted == {name.lower() for name in used} | beside


@pytest.mark.parametrize("password", ["another-password", ""])
async def test_a_wrong_password_is_told_at_once(
    secured: Secured, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "PATIENCE", 60.0)  # it is not worth another try
    found = await check_server(connect(secured.url(password=password), secured.files.authority))
    told = str(*found)
    assert "password" in told
    assert not {PASSWORD, "another-password"} & set(told.split())


async def test_a_stranger_and_another_name_are_not_trusted(
    secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "PATIENCE", 60.0)  # nothing of this is worth another try
    another = certified(tmp_path / "another").authority
    for authority in (another, None):
        (finding,) = await check_server(connect(secured.url(), authority))
        assert "certificate verify failed" in finding.found
        assert PASSWORD not in str(finding)
    (finding,) = await check_server(connect(secured.url(host="localhost"), secured.files.authority))
    assert "certificate is not valid for 'localhost'" in finding.found
    assert PASSWORD not in str(finding)


@pytest.mark.parametrize("query", ["?ssl_cert_reqs=none", "?ssl_check_hostname=false"])
def test_the_check_cannot_be_turned_off(secured: Secured, query: str) -> None:
    with pytest.raises(ValueError, match="always checked"):
        connect(secured.url(query=query), secured.files.authority)


def test_a_file_without_certificates_is_told(secured: Secured, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for file in ("empty.pem", "missing.pem"):
        with pytest.raises(OSError, match=r"certificate|No such file"):
            connect(secured.url(), tmp_path / file)
