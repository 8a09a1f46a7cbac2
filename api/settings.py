"""What the operator and the user may set: by flag, by environment variable, else a default."""

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

PREFIX = "CLEARANCE_"


class Unfit(ValueError):
    """A setting that the service will not start with; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one service process."""

    data: Path = Path("data")
    """Folder of the embedded server's files."""
    host: str = "127.0.0.1"
    port: int = 8000
    redis_url: str | None = None
    """A server of the operator's own instead of the embedded one."""
    durability: str = "strict"
    """`strict`: a server that may lose an acknowledged event is refused. `relaxed`: it is
    used, and the service says so wherever it says that it is ready."""
    public_url: str | None = None
    """How the outside calls this service; problem types are built from it."""

    def __post_init__(self) -> None:
        if not is_loopback(self.host):
            raise Unfit(
                f"{self.host} is not a loopback address: without access control the service "
                "answers on this machine only"
            )
        if not 0 <= self.port <= 65_535:
            raise Unfit(f"{self.port} is not a port")
        if self.durability not in ("strict", "relaxed"):
            raise Unfit(f"durability is strict or relaxed, not {self.durability}")

    @property
    def origin(self) -> str:
        """The base of every absolute address that the service gives out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @classmethod
    def from_environment(cls, **flags: Any) -> "Settings":
        """Settings from flags that are not None, then `CLEARANCE_*` variables, then defaults.

        Raises Unfit.
        """
        read: dict[str, Callable[[str], Any]] = {"data": Path, "host": str, "port": _port}
        read |= {"redis_url": str, "durability": str, "public_url": str}
        values = {
            name: parse(os.environ[PREFIX + name.upper()])
            for name, parse in read.items()
            if os.environ.get(PREFIX + name.upper())
        }
        values |= {name: value for name, value in flags.items() if value is not None}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Access:
    """How a command reaches a service, and who it is there. `data` is a folder in which the
    address of a running service is found.
    """

    url: str | None = None
    data: Path | None = None
    actor: str | None = None
    api_key: str | None = None

    @classmethod
    def from_environment(
        cls, *, url: str | None, data: Path | None, actor: str | None, api_key: str | None
    ) -> "Access":
        """Flags that are not None, then `CLEARANCE_*` variables; a flag for the folder counts
        more than a variable for the address.
        """
        folder = _variable("DATA")
        return cls(
            url=url or (None if data else _variable("URL")),
            data=data or (Path(folder) if folder else None),
            actor=actor or _variable("ACTOR"),
            api_key=api_key or _variable("API_KEY"),
        )


def language() -> Literal["en", "zh"]:
    """The language of the user's locale: Chinese or else English (POSIX.1-2024, chapter 8.2)."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, named), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _variable(name: str) -> str | None:
    return os.environ.get(PREFIX + name) or None


def _port(text: str) -> int:
    if not text.isdecimal():
        raise Unfit(f"{PREFIX}PORT is not a number: {text}")
    return int(text)
