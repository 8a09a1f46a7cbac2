"""Where deliveries may go: to addresses of the public Internet, by https, and to networks that the
operator allows.

Whoever may make a webhook could otherwise have this service ask what only this service reaches
(OWASP, Server Side Request Forgery). What decides is the address that is connected to, never the
name.
"""

import ipaddress
from collections.abc import Sequence
from typing import Final

import httpx

from workflow.domain.procedure import Label

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST = 2_048
"""Characters of an address."""

UNICAST: Final = ipaddress.ip_network("2000::/3")
"""The public Internet of IPv6 (RFC 4291, section 2.4)."""

SPECIAL: Final = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
"""What is not public, or leads on to an IPv4 address that stands within (Teredo, 6to4), whatever
the version of Python takes it for (IANA Special-Purpose Address Registries).
"""


class Addresses:
    """What may be sent to."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self._networks: Final[list[Network]] = [ipaddress.ip_network(one) for one in networks]

    def unfit(self, url: str) -> Label | None:
        """Why nothing is ever sent to this address, as far as can be seen from it."""
        if len(url) > LONGEST:
            return Label("it is too long", "地址过长")
        if not url.isascii() or not url.isprintable() or " " in url:
            return Label("it has characters that must be written otherwise", "含有须转写的字符")
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL:
            return Label("it is no address", "不是网络地址")
        return self._unfit(parts)

    def _unfit(self, parts: httpx.URL) -> Label | None:
        if parts.scheme not in ("https", "http") or not parts.host:
            return Label("it is no https address", "不是 https 地址")
        if parts.port is not None and not 0 < parts.port < 65_536:
            return Label("it has no such port", "端口无效")
        if parts.userinfo or parts.fragment:
            return Label("it has a user or a fragment in it", "含有用户名或片段")
        literal = _literal(parts.host)
        plain = parts.scheme == "http"
        if literal is not None and not self.allows(literal, plain=plain):
            return Label(
                "it is not an address of the public Internet by https",
                "不是以 https 访问的公网地址",
            )
        if plain and not self._networks:
            return Label("it is no https address", "不是 https 地址")
        return None

    def allows(self, address: Address, *, plain: bool) -> bool:
        """Whether this very address may be connected to; `plain`: without TLS."""
        meant = getattr(address, "ipv4_mapped", None) or address
        if any(meant.version == one.version and meant in one for one in self._networks):
            return True
        return not plain and _is_public(meant)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_public(address: Address) -> bool:
    """Whether it is one of the public Internet, for one receiver, and leads to no other."""
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and (address.version == 4 or address in UNICAST)
        and not any(address.version == one.version and address in one for one in SPECIAL)
    )
