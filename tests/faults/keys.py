"""Which key a client shows at the service on a port: those of a data folder are made once, before
anything is done to the service.
"""

from pathlib import Path

from tests.keyring import RECORDER, Keyring

BUYER = "example-cloud"
BUYER_ACTOR = f"ec;{BUYER};buyer"
OFFICERS = {
    "miit": "li;miit;officer;miit",
    "mofcom": "wang;mofcom;officer;mofcom",
    "ndrc": "chen;ndrc;officer;ndrc",
    "bis": "smith;bis;officer;bis",
}

_ports: dict[int, Path] = {}
_keyrings: dict[Path, Keyring] = {}
_where: dict[Path, int] = {}


def answers_at(port: int, folder: Path) -> None:
    """A service with this data folder answers on this port now."""
    _ports[port], _where[folder] = folder, port
    if folder not in _keyrings:
        _keyrings[folder] = Keyring(folder, lambda: f"http://127.0.0.1:{_where[folder]}")
        for actor in (RECORDER, BUYER_ACTOR, *OFFICERS.values()):
            _keyrings[folder].key(actor)


def bearer(port: int, actor: str | None = None) -> str:
    """What goes into `Authorization`; None is the local recorder."""
    return f"Bearer {_keyrings[_ports[port]].key(actor or RECORDER)}"


def operator_at(port: int) -> str:
    """The operator's key."""
    return _keyrings[_ports[port]].operator
