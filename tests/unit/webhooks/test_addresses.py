"""Where deliveries may go."""

import ipaddress

import pytest

from api.webhooks.addresses import Addresses

OUTSIDE = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34")
INSIDE = (
    "0.0.0.0",  # noqa: S104  # named, not listened on
    "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::10.0.0.1", "::93.184.216.34", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::5db8:d822", "64:ff9b:1::a00:1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "2002:5db8:d822::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fec0::1", "ff02::1", "ff0e::1",
)  # fmt: skip


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_public_internet_is_allowed_with_tls(address: str) -> None:
    assert Addresses().allows(ipaddress.ip_address(address), plain=False)
    assert not Addresses().allows(ipaddress.ip_address(address), plain=True)


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_else_is(address: str) -> None:
    for addresses in (Addresses(), Addresses(("10.9.0.0/16", "fd09::/16"))):
        for plain in (False, True):
            assert not addresses.allows(ipaddress.ip_address(address), plain=plain)


@pytest.mark.parametrize(
    ("network", "address"),
    [("127.0.0.0/8", "127.0.0.1"), ("127.0.0.0/8", "::ffff:127.0.0.1"), ("fd00::/8", "fd00::1")],
)
def test_an_operator_allows_networks_also_without_tls(network: str, address: str) -> None:
    for plain in (False, True):
        assert Addresses((network,)).allows(ipaddress.ip_address(address), plain=plain)


@pytest.mark.parametrize(
    "url",
    ["https://receiver.example/hook?x=1", "https://receiver.example:8443/", "https://93.184.216.34/",
     "https://[2606:2800:220:1:248:1893:25c8:1946]/"],
)  # fmt: skip
def test_an_https_address_is_fit(url: str) -> None:
    assert Addresses().unfit(url) is None


@pytest.mark.parametrize(
    "url",
    ["http://receiver.example/", "ftp://receiver.example/", "receiver.example", "https://", "",
     "https://user@receiver.example/", "https://a:b@receiver.example/",
     "https://receiver.example/#x", "https://127.0.0.1/", "https://[::1]/",
     "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://a b.example/",
     "https://receiver.example/\r\nX: y", "https://réceiver.example/", "https://a.example:99999/",
     "https://a.example:0/",
     "file:///etc/passwd", "https://a.example/" + "x" * 2_048],
)  # fmt: skip
def test_what_is_never_sent_to_is_told_at_once(url: str) -> None:
    told = Addresses().unfit(url)
    assert told is not None
    assert not told.zh.isascii()


def test_http_is_fit_where_networks_are_allowed() -> None:
    inside = Addresses(("10.0.0.0/8",))
    assert inside.unfit("http://receiver.internal/") is None
    assert inside.unfit("http://10.1.1.1/") is None
    assert inside.unfit("http://127.0.0.1/")
    assert inside.unfit("http://93.184.216.34/")
