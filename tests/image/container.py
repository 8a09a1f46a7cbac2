"""An image built and run without a container engine: buildah builds it, namespaces run it.

It runs as a strict engine would run it: as the image's user, the root file system read-only,
`/data` a volume, `/tmp` in memory, no new privileges, a process tree of its own.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BASE, IMAGE = "localhost/clearance-check-base", "localhost/clearance-check"
NEEDED = ("buildah", "debootstrap", "unshare", "setpriv")
PACKAGES = "ca-certificates,python3,python3-venv"
SCRIPT = """
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount --bind "$DATA" "$ROOT/data"
mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs tmpfs "$ROOT/tmp"
mount -o remount,bind,ro "$ROOT"
exec setpriv --no-new-privs chroot --userspec="$USER:$USER" "$ROOT" env -i "$@"
"""


def missing() -> str | None:
    """Why nothing can be built here; None when it can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"the image is built and run with {', '.join(absent)}, not installed here"
    return None if os.geteuid() == 0 else "building a Debian and running an image needs root"


def printed(*command: str, **environment: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-3000:]}"
    return done.stdout.strip()


def build() -> None:
    """The image on `BASE` of the environment, else on a Debian made here and kept by buildah."""
    base = os.environ.get("BASE") or _debian()
    flags = f"--isolation chroot {os.environ.get('BUILD_FLAGS', '')}"
    printed("docker/build.sh", BUILDER="buildah", BASE=base, IMAGE=IMAGE, BUILD_FLAGS=flags)


def _debian() -> str:
    """This machine's own release, from the mirror that its package manager uses."""
    if not printed("buildah", "images", "--quiet", "--filter", f"reference={BASE}"):
        suite = printed("sh", "-c", '. /etc/os-release && echo "$VERSION_CODENAME"')
        wanted = ("Identifier: Packages", f"Codename: {suite}", "Component: main")
        mirror = printed("apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted)
        container = printed("buildah", "from", "scratch")
        try:
            folder = printed("buildah", "mount", container)
            options = ("--variant=minbase", f"--include={PACKAGES}")
            printed("debootstrap", *options, suite, folder, mirror.splitlines()[0])
            for left in ("var/cache/apt/archives", "var/lib/apt/lists"):
                shutil.rmtree(Path(folder) / left)
            printed("buildah", "commit", "--quiet", container, BASE)
        finally:
            printed("buildah", "rm", container)
    return BASE


@dataclass(frozen=True, slots=True)
class Image:
    """An image's files, and what it says of how it is run."""

    folder: Path
    config: dict[str, Any]

    @property
    def user(self) -> int:
        """The number of the user that it runs as; numbers need no table of names."""
        return int(self.config["User"].partition(":")[0])

    def size(self, part: str = "") -> int:
        """Bytes of all files, or of those in one of its folders."""
        found = (self.folder / part).rglob("*")
        # A file with several names is one file.
        facts = {(fact.st_dev, fact.st_ino): fact.st_size for fact in map(Path.lstat, found)}
        return sum(facts.values())

    def environment(self, port: int) -> list[str]:
        """Its environment, with a port of one's own."""
        return [*self.config["Env"], f"CLEARANCE_PORT={port}"]

    def healthy(self, port: int) -> bool:
        """What its health check finds."""
        _, *test = self.config["Healthcheck"]["Test"]
        command = ["chroot", str(self.folder), "env", "-i", *self.environment(port), *test]
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
        return done.returncode == 0


@contextmanager
def mounted() -> Iterator[Image]:
    """The built image's files."""
    config = json.loads(printed("buildah", "inspect", "--type", "image", IMAGE))["Docker"]["config"]
    container = printed("buildah", "from", "--pull-never", IMAGE)
    try:
        yield Image(Path(printed("buildah", "mount", container)), config)
    finally:
        printed("buildah", "rm", container)


@dataclass(frozen=True, slots=True)
class Running:
    """A container: the process that holds its namespaces, and the service in them."""

    holder: subprocess.Popen[str]
    service: int
    port: int

    def end(self, number: signal.Signals) -> int:
        """Signal the service, and wait; its exit code as an engine reports it."""
        os.kill(self.service, number)
        return self.holder.wait(timeout=30)


@contextmanager
def running(image: Image, data: Path) -> Iterator[Running]:
    """The image's own command, once it has said that it is ready."""
    port = _free_port()
    command = [*image.environment(port), *image.config["Entrypoint"], *image.config["Cmd"]]
    names = {"ROOT": str(image.folder), "DATA": str(data), "USER": str(image.user)}
    holder = subprocess.Popen(
        [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
            "-euc",
            SCRIPT,
            "-",
            *command,
        ],
        env=os.environ | names,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert holder.stdout is not None
    try:
        lines = [holder.stdout.readline()]
        while lines[-1] and "clearance is ready" not in lines[-1]:
            lines.append(holder.stdout.readline())
        assert lines[-1], "".join(lines)
        (service,) = _children(holder.pid)
        yield Running(holder, service, port)
    finally:
        # The signal that --kill-child asks for is lost when the service becomes another user.
        for child in _children(holder.pid):
            os.kill(child, signal.SIGKILL)
        holder.kill()
        holder.stdout.close()
        holder.wait()


def _children(process: int) -> list[int]:
    """A process's children (proc(5)); of one that has ended, none."""
    try:
        return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))
    except OSError:
        return []


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
