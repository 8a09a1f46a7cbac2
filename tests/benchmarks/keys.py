"""How the requests of a run say who sends them: with keys of the service started last."""

from pathlib import Path

from api import operator_key
from tests.keyring import RECORDER, Keyring

_keyrings: list[Keyring] = []


def use(folder: Path, port: int) -> None:
    """From now on, requests are for the service with this data folder on this port."""
    _keyrings.clear()
    if operator_key.kept_in(folder) is not None:
        _keyrings.append(Keyring(folder, lambda: f"http://127.0.0.1:{port}"))


def field(actor: str | None) -> str:
    """The header field of a principal; None is the recorder. Where a service has no keys, it is
    a checkout from before there were any (`tests.benchmarks.before`).
    """
    named = actor or RECORDER
    if not _keyrings:
        return f"Clearance-Actor: {named}"
    return f"Authorization: Bearer {_keyrings[0].key(named)}"
