"""The pages and pictures in a real browser; skipped where there is no Chromium."""

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.chromium import CHROMIUM, FLAGS
from tests.e2e.conftest import Demonstration

PATIENCE = ("--timeout=3000",)
"""Milliseconds: a page that waits for news is never done by itself."""
SETTLED = ("--virtual-time-budget=20000",)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def profile(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a browser that has signed in with the link of the demonstration."""
    folder = tmp_path_factory.mktemp("browser")
    rendered(demonstration.link, folder, PATIENCE)
    return folder


def rendered(url: str, folder: Path, end: tuple[str, ...] = SETTLED) -> tuple[str, set[str]]:
    """The page as it stands once its scripts have run, and where it asked for something."""
    log = folder / "net.json"
    private = (f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}")
    command = [str(CHROMIUM), *FLAGS, *end, *private, "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, check=True, timeout=110)
    # What the browser itself asks its maker for has no page as its initiator.
    asked = {
        event["params"]["url"]
        for event in json.loads(log.read_text())["events"]
        if event.get("params", {}).get("initiator", "not an origin").startswith("http")
        and "url" in event["params"]
    }
    return done.stdout.decode(), asked


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_documentation_is_shown_and_asks_this_service_alone(
    demonstration: Demonstration, profile: Path, path: str
) -> None:
    page, asked = rendered(demonstration.service.url + path, profile)
    assert "Post an event" in page
    assert any(one.endswith("/openapi.json") for one in asked)
    assert {urlsplit(one).hostname for one in asked} == {"127.0.0.1"}


def test_every_text_of_a_picture_lies_in_its_box(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    """Widths are guessed when a picture is drawn; here a browser measures them."""
    pictures = [
        demonstration.get(
            f"/v1/procedures/h200-import/1/diagram?lang={lang}&state=ministry_approved",
            "image/svg+xml",
        ).text
        for lang in ("en", "zh")
    ]
    measuring = """<pre id="wide"></pre><script>
    const wide = [...document.querySelectorAll("g.state, g.event")].flatMap(box => {
      const room = box.querySelector("rect").getBBox().width;
      return [...box.querySelectorAll("text")]
        .filter(text => text.getBBox().width > room).map(text => text.textContent);
    });
    document.getElementById("wide").textContent = "measured: " + JSON.stringify(wide);
    </script>"""
    page = tmp_path / "pictures.html"
    head = "<!doctype html><meta charset='utf-8'>"
    page.write_text(head + "".join(pictures) + measuring, encoding="utf-8")
    shown, _ = rendered(page.as_uri(), tmp_path)
    found = re.search(r"measured: (\[.*?\])<", shown)
    assert found
    assert json.loads(found[1]) == []
