"""What the operator and the user may set: by flag, by environment variable, else a default."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

PREFIX = "CLEARANCE_"

UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # told apart, not listened on
"""The addresses that stand for all of this machine, and how this machine reaches itself then."""


_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*")
_SECRET = re.compile(r"//.*:.*@|[?&;](?:\w*_)?password=", re.IGNORECASE)
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+")


class Unfit(ValueError):
    """A setting that the service will not start with; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client may take of the service. Rates are a second, times in seconds."""

    rate_limit: int = 10_000
    """Requests of a principal; an event of a batch counts as one."""
    address_rate_limit: int = 20_000
    """Requests from an address, whoever asks."""
    attempts: int = 20
    """Wrong credentials from an address, a minute."""
    workers: int = 1
    """Processes of `clearance serve`. They share the limits: each grants its part."""
    connections: int = 10_000
    header_timeout: float = 10.0
    """For a request's header, from the connection or the end of the answer before."""
    body_timeout: float = 30.0
    chunk_timeout: float = 10.0
    """Between two pieces of a body."""
    answer_timeout: float = 30.0
    """In which a reader must take an answer, or at least 64 KiB of it."""

    def __post_init__(self) -> None:
        for one in fields(self):
            if not getattr(self, one.name) > 0:
                raise Unfit(f"{PREFIX}{one.name.upper()} must be more than 0")


@dataclass(frozen=True, slots=True)
class Provider:
    """Who issues bearer tokens (OpenID Connect), and where the console's sign-in goes."""

    issuer: str
    audience: str
    jwks_url: str
    organisation_claim: str = "organisation"
    roles_claim: str = "roles"
    authorities_claim: str = "authorities"
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    authorization_url: str | None = None
    token_url: str | None = None

    def __post_init__(self) -> None:
        for name in ("issuer", "jwks_url", "authorization_url", "token_url"):
            given = getattr(self, name)
            if given is not None:
                parts = _check_web_address(f"OIDC_{name.upper()}", given)
                if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
                    raise Unfit(f"{PREFIX}OIDC_{name.upper()} must begin with https://")
        sign_in = (self.client_id, self.authorization_url, self.token_url)
        if any(sign_in) and not all(sign_in):
            raise Unfit("sign-in needs an OIDC client id, an authorization URL and a token URL")
        if self.client_secret and not self.client_id:
            raise Unfit("an OIDC client secret belongs to a client id")

    @property
    def signs_in(self) -> bool:
        """Whether people may sign in there."""
        return self.client_id is not None

    @classmethod
    def from_environment(cls) -> "Provider | None":
        """None where nothing of it is set. Raises Unfit."""
        given = {one.name: _variable(f"OIDC_{one.name.upper()}") for one in fields(cls)}
        found = {name: value for name, value in given.items() if value is not None}
        missing = [name for name in ("issuer", "audience", "jwks_url") if name not in found]
        if not found:
            return None
        if missing:
            named = ", ".join(f"{PREFIX}OIDC_{name.upper()}" for name in missing)
            raise Unfit(f"tokens need an issuer, an audience and a JWKS URL: set {named} too")
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one service process."""

    data: Path = Path("data")
    """Folder of the embedded server's files."""
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    """Names by which others call this service, beside those that it knows by itself."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    redis_url: str | None = field(default=None, repr=False)
    """A server of the operator's own instead of the embedded one; it may hold a password."""
    redis_ca: Path | None = None
    """Certificates of whoever vouches for that server, beside those that the system knows."""
    durability: str = "strict"
    """`strict`: a server that may lose an acknowledged event is refused. `relaxed`: it is
    used, and the service says so wherever it says that it is ready."""
    public_url: str | None = None
    """How the outside calls this service; problem types are built from it."""
    bounds: Bounds = Bounds()
    provider: Provider | None = None

    def __post_init__(self) -> None:
        if self.host != "localhost" and not _is_address(self.host):
            raise Unfit(f"{self.host} is not an address of this machine")
        if not 0 <= self.port <= 65_535:
            raise Unfit(f"{self.port} is not a port")
        if self.durability not in ("strict", "relaxed"):
            raise Unfit(f"durability is strict or relaxed, not {self.durability}")
        if self.redis_ca and not (self.redis_url or "").startswith("rediss:"):
            raise Unfit(f"{PREFIX}REDIS_CA is for a server that is reached by rediss://")
        for network in self.trusted_proxies:
            _check_network(network)
        for name in self.hosts:
            _check_name(name)
        if self.public_url is not None:
            parts = _check_web_address("PUBLIC_URL", self.public_url)
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
            return f"http://{_bracketed(self.hosts[0])}:{self.port}"
        return self.listening

    @property
    def listening(self) -> str:
        """Where this machine reaches the service, whatever others call it."""
        return f"http://{_bracketed(UNSPECIFIED.get(self.host, self.host))}:{self.port}"

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
        read: dict[str, Callable[[str], Any]] = {"data": Path, "host": str, "port": int}
        read |= {"redis_url": str, "redis_ca": Path, "durability": str, "public_url": str}
        read |= {"hosts": _several, "trusted_proxies": _several}
        values = _read(read)
        bounds = _read({one.name: type(one.default) for one in fields(Bounds)})
        if (workers := flags.pop("workers", None)) is not None:
            bounds["workers"] = workers
        values["bounds"] = Bounds(**bounds)
        values["provider"] = Provider.from_environment()
        values |= {name: value for name, value in flags.items() if value is not None}
        if _SECRET.search(flags.get("redis_url") or ""):
            raise Unfit(
                "everybody on this machine can read the arguments of a process: give a server "
                f"that has a password in {PREFIX}REDIS_URL, not in --redis"
            )
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Access:
    """How a command reaches a service, and with which key. `data` is a folder in which the
    address of a running service is found, or whose key is meant for the address beside it.
    """

    url: str | None = None
    data: Path | None = None
    api_key: str | None = field(default=None, repr=False)
    api_key_file: str | None = None

    @classmethod
    def from_environment(
        cls,
        *,
        url: str | None = None,
        data: Path | None = None,
        api_key: str | None = None,
        api_key_file: str | None = None,
    ) -> "Access":
        """Flags that are not None, else `CLEARANCE_*` variables. Address and folder come from the
        same place, and so do key and file: what a variable names is not meant for what a flag does.
        """
        if url is None and data is None:
            folder = _variable("DATA")
            url, data = _variable("URL"), Path(folder) if folder else None
        if api_key is None and api_key_file is None:
            api_key, api_key_file = _variable("API_KEY"), _variable("API_KEY_FILE")
        return cls(url, data, api_key, api_key_file)


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


def _read(parsers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """The variables that are set, by the names of their fields. Raises Unfit."""
    given = ((name, parse, _variable(name.upper())) for name, parse in parsers.items())
    found = {}
    for name, parse, text in given:
        try:
            if text is not None:
                found[name] = parse(text)
        except ValueError as error:
            raise Unfit(f"{PREFIX}{name.upper()} is not a number: {text}") from error
    return found


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _check_name(name: str) -> None:
    if not (_NAME.fullmatch(name.rstrip(".")) or _is_address(name.strip("[]"))):
        raise Unfit(f"{PREFIX}HOSTS has names without port, separated by commas, not {name}")


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        told = f"{PREFIX}TRUSTED_PROXIES has addresses and networks such as 10.0.0.0/8, not {text}"
        raise Unfit(told) from error


def _check_web_address(variable: str, text: str) -> SplitResult:
    """Raises Unfit, which does not repeat the address: it may hold a secret."""
    told = f"{PREFIX}{variable} must be an http or https address, with no user in it"
    try:
        parts = urlsplit(text)
        fit = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise Unfit(told) from error
    if not fit or "@" in parts.netloc or not _PLAIN.fullmatch(text):
        raise Unfit(told)
    return parts
