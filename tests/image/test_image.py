"""The image: built, run read-only as its own user, stopped, killed, and nothing lost."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.image.container import ROOT, Image, Running, build, missing, mounted, running
from tests.keyring import Keyring

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")

MB = 1_000_000
SERVICE, WHOLE = 300 * MB, 500 * MB
"""What the service with its libraries may weigh, and all with a Debian and its Python."""
TOLD = re.compile(r"(\d+) MB.*?(\d+) MB", re.DOTALL)

NOTICE = [
    {
        "grade": "company_statement",
        "title": "Letter",
        "publisher": "Example Cloud",
        "published_at": "2026-02-10T09:00:00+08:00",
    }
]
APPLICATION = {
    "procedure": "h200-import",
    "buyer": "example-cloud",
    "goods": {"item": "NVIDIA H200"},
    "evidence": NOTICE,
}
NOTE = {"type": "note", "data": {"text": "No comment."}}


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    build()
    with mounted() as built:
        yield built


@pytest.fixture
def data(image: Image, tmp_path: Path) -> Path:
    """A new volume: an engine gives it the owner of the image's folder."""
    folder = tmp_path / "volume"
    folder.mkdir(mode=0o700)
    owner = (image.folder / "data").stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    return folder


def client(service: Running, data: Path) -> httpx.Client:
    """A recorder, whose key is made with the operator's in the volume."""
    url = f"http://127.0.0.1:{service.port}"
    return httpx.Client(base_url=url, timeout=30, auth=Keyring(data, lambda: url))


def post(service: Running, data: Path) -> str:
    """One application and one event on it; the application's trail."""
    with client(service, data) as web:
        named = {"name": {"en": "Example Cloud", "zh": "示例云"}}
        web.put("/v1/buyers/example-cloud", json=named).raise_for_status()
        key = {"Idempotency-Key": "k0"}
        created = web.post("/v1/applications", json=APPLICATION, headers=key).raise_for_status()
        place = created.headers["Location"]
        key = {"Idempotency-Key": "k1"}
        web.post(f"{place}/events", json=NOTE, headers=key).raise_for_status()
        return f"{place}/trail"


def records(service: Running, data: Path, trail: str) -> list[str]:
    with client(service, data) as web:
        assert web.get(f"{trail}:verify").raise_for_status().json()["ok"] is True
        return [one["type"] for one in web.get(trail).raise_for_status().json()["items"]]


def test_what_was_acknowledged_is_there_after_a_stop_and_after_a_kill(
    image: Image, data: Path
) -> None:
    with running(image, data) as service:
        trail = post(service, data)
        assert service.end(signal.SIGTERM) == 0
    with running(image, data) as service:
        assert records(service, data, trail) == ["create", "note"]
        assert service.end(signal.SIGKILL) != 0
    with running(image, data) as service:
        assert records(service, data, trail) == ["create", "note"]


def test_it_runs_as_its_own_user_on_a_root_that_it_cannot_write(image: Image, data: Path) -> None:
    assert image.user != 0
    with running(image, data) as service:
        status = Path(f"/proc/{service.service}/status").read_text()
        facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert facts["Uid"].split() == [str(image.user)] * 4
        assert int(facts["CapEff"], 16) == 0
        assert facts["NoNewPrivs"] == "1"
        mounts = Path(f"/proc/{service.service}/mounts").read_text().splitlines()
        options = {place: words.split(",") for _, place, _, words, *_ in map(str.split, mounts)}
        assert "ro" in options["/"]
        assert "rw" in options["/data"]


def test_its_health_check_tells_a_service_that_answers_from_none(image: Image, data: Path) -> None:
    with running(image, data) as service:
        assert image.healthy(service.port)
        service.end(signal.SIGTERM)
        assert not image.healthy(service.port)


def test_nothing_that_only_builds_is_in_it(image: Image) -> None:
    packages = next((image.folder / "opt/clearance/lib").glob("python3*/site-packages"))
    names = {one.name.partition("-")[0] for one in packages.glob("*.dist-info")}
    assert "clearance" in names
    assert not names & {"pip", "setuptools", "hatchling", "pytest", "mypy"}
    assert not list((image.folder / "opt").glob("build*"))
    assert not (image.folder / "source").exists()


def test_it_is_small(image: Image, capsys: pytest.CaptureFixture[str]) -> None:
    service, whole = image.size("opt/clearance"), image.size()
    with capsys.disabled():
        print(f"\nThe image is {whole / MB:.0f} MB, the service in it {service / MB:.0f} MB.")
    assert 0 < service < SERVICE
    assert service < whole < WHOLE


def test_the_readmes_tell_its_size(image: Image) -> None:
    if "BASE" in os.environ:
        pytest.skip("they tell of the Debian that is made here")
    for name in ("README.md", "README.zh-CN.md"):
        told = TOLD.search((ROOT / name).read_text(encoding="utf-8"))
        assert told
        measured = (image.size() / MB, image.size("opt/clearance") / MB)
        assert measured == pytest.approx(tuple(map(int, told.groups())), rel=0.05)
