"""What one service process is started with."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.settings.addresses import (
    UNSPECIFIED,
    bracketed,
    check_name,
    check_networks,
    check_web_address,
    is_address,
)
from api.settings.bounds import Bounds
from api.settings.environment import PREFIX, Unfit, read, several, yes
from api.settings.log import Log
from api.settings.metrics import Metrics
from api.settings.observing import Observing
from api.settings.provider import Provider

_SECRET = re.compile(r"//.*:.*@|[?&;](?:\w*_)?password=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one service process."""

    data: Path = Path("data")
    """Folder of the embedded server's files."""
    procedures: Path | None = None
    """Folder of procedures of the operator's own, served beside those that are shipped."""
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    """Names by which others call this service, beside those that it knows by itself."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    webhooks: bool = True
    """Whether this process delivers to webhooks."""
    webhook_networks: tuple[str, ...] = ()
    """Networks that webhooks may be delivered to beside the public Internet, also without TLS."""
    redis_url: str | None = field(default=None, repr=False)
    """A server of the operator's own instead of the embedded one; it may hold a password."""
    redis_ca: Path | None = None
    """Certificates of whoever vouches for that server, beside those that the system knows."""
    durability: str = "strict"
    """`strict`: a server that may lose an acknowledged event is refused. `relaxed`: it is
    used, and the service says so wherever it says that it is ready."""
    public_url: str | None = None
    """How the outside calls this service; problem types are built from it."""
    bounds: Bounds = field(default_factory=Bounds)
    provider: Provider | None = None
    log: Log = field(default_factory=Log)
    observing: Observing = field(default_factory=Observing)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        if self.host != "localhost" and not is_address(self.host):
            raise Unfit(f"{self.host} is not an address of this machine")
        if not 0 <= self.port <= 65_535:
            raise Unfit(f"{self.port} is not a port")
        if self.durability not in ("strict", "relaxed"):
            raise Unfit(f"durability is strict or relaxed, not {self.durability}")
        if self.redis_ca and not (self.redis_url or "").startswith("rediss:"):
            raise Unfit(f"{PREFIX}REDIS_CA is for a server that is reached by rediss://")
        check_networks("TRUSTED_PROXIES", self.trusted_proxies)
        check_networks("WEBHOOK_NETWORKS", self.webhook_networks)
        for name in self.hosts:
            check_name(name)
        if self.public_url is not None:
            parts = check_web_address("PUBLIC_URL", self.public_url)
            if parts.query or parts.fragment:
                raise Unfit(f"{PREFIX}PUBLIC_URL ends with the path")
        elif self.host in UNSPECIFIED and not self.hosts:
            raise Unfit(
                f"{self.host} is every address of this machine: say by which names the service "
                f"is called there, with {PREFIX}HOSTS or --public-url"
            )

    @property
    def origin(self) -> str:
        """The base of every absolute address that the service gives out."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        if self.host in UNSPECIFIED:
            return f"http://{bracketed(self.hosts[0])}:{self.port}"
        return self.listening

    @property
    def listening(self) -> str:
        """Where this machine reaches the service, whatever others call it."""
        return f"http://{bracketed(UNSPECIFIED.get(self.host, self.host))}:{self.port}"

    @property
    def log_directory(self) -> Path:
        """The folder of the log."""
        return self.log.directory or self.data / "log"

    @property
    def names(self) -> frozenset[str]:
        """Every name by which the service may be called, beside the loopback's."""
        own = {name.lower().strip("[]").rstrip(".") for name in self.hosts}
        if self.public_url is not None:
            own.add(urlsplit(self.public_url).hostname or "")
        if self.host not in UNSPECIFIED:
            own.add(self.host.lower())
        return frozenset(own)

    @classmethod
    def from_environment(cls, **flags: Any) -> "Settings":
        """Settings from flags that are not None, then `CLEARANCE_*` variables, then defaults.

        Raises Unfit.
        """
        parsers: dict[str, Callable[[str], Any]] = {"data": Path, "host": str, "port": int}
        parsers |= {"redis_url": str, "redis_ca": Path, "durability": str, "public_url": str}
        parsers |= {"procedures": Path}
        parsers |= {"hosts": several, "trusted_proxies": several}
        parsers |= {"webhook_networks": several}
        values = read(parsers)
        bounds = read({one.name: type(one.default) for one in fields(Bounds)})
        if (workers := flags.pop("workers", None)) is not None:
            bounds["workers"] = workers
        values["bounds"] = Bounds(**bounds)
        values["webhooks"] = yes("WEBHOOKS", otherwise=True)
        values["provider"] = Provider.from_environment()
        values["log"] = Log.from_environment(flags.pop("log", None), flags.pop("hot_days", None))
        values["metrics"] = Metrics.from_environment()
        values["observing"] = Observing.from_environment()
        values |= {name: value for name, value in flags.items() if value is not None}
        if _SECRET.search(flags.get("redis_url") or ""):
            raise Unfit(
                "everybody on this machine can read the arguments of a process: give a server "
                f"that has a password in {PREFIX}REDIS_URL, not in --redis"
            )
        return cls(**values)
