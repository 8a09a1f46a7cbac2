"""Names, networks and addresses as they stand in settings."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from api.settings.environment import PREFIX, Unfit

UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # told apart, not listened on
"""The addresses that stand for all of this machine, and how this machine reaches itself then."""

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*")
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+")


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether it is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def bracketed(host: str) -> str:
    """A host as it stands in a URL (RFC 3986, section 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def check_name(name: str) -> None:
    """Raises Unfit for what is no host name."""
    if not (_NAME.fullmatch(name.rstrip(".")) or is_address(name.strip("[]"))):
        raise Unfit(f"{PREFIX}HOSTS has names without port, separated by commas, not {name}")


def check_networks(variable: str, texts: Iterable[str]) -> None:
    """Raises Unfit for what is neither an address nor a network."""
    for text in texts:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            told = f"{PREFIX}{variable} has addresses and networks such as 10.0.0.0/8, not {text}"
            raise Unfit(told) from error


def check_web_address(variable: str, text: str) -> SplitResult:
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
