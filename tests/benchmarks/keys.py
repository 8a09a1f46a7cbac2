"""How the requests of a run say who sends them: with keys of the service started last."""

from pathlib import Path

from tests.keyring import RECORDER, Keyring

_keyrings: list[Keyring] = []


def use(folder: Path, port: int) -> None:
    """From now on, requests are for the service with this data folder on this port."""
    _keyrings[:] = [Keyring(folder, lambda: f"http://127.0.0.1:{port}")]


def field(actor: str | None) -> str:
    """The header field of a principal; None is the recorder."""
    return f"Authorization: Bearer {_keyrings[0].key(actor or RECORDER)}"
