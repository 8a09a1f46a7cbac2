"""Where a command finds the service, and with which key it asks.

The operator's key lies in the data folder. It goes to the service that runs on that folder, and to
an address that was named together with the folder; to no other.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from api import operator_key
from api.address import found_in
from api.cli.faults import Failure
from api.cli.files import content
from api.cli.options import Reach
from api.settings import Access
from api.stop import UNAVAILABLE
from workflow.domain import apikey

USUAL = (Path("data"), Path("data/demo"))
"""Folders in which `serve` and `demo` keep their data unless told otherwise."""
DEFAULT = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Reached:
    """The address of a service, the key for it, and where that comes from; `guessed` where nobody
    said where the service is, and none was found.
    """

    url: str
    key: str | None = field(default=None, repr=False)
    source: str | None = None
    guessed: bool = False

    @property
    def holder(self) -> str | None:
        """What tells the holder of this key from others, without telling the key."""
        if self.key is None:
            return None
        parted = apikey.parted(self.key)
        return hashlib.sha256(self.key.encode()).hexdigest() if parted is None else parted[0]


def reached(reach: Reach) -> Reached:
    """What the options and the environment name. Raises Failure."""
    access = Access.from_environment(
        url=reach.url,
        data=reach.data_folder,
        api_key=reach.api_key,
        api_key_file=reach.api_key_file,
    )
    url, folder = _place(access)
    key, source = _key(access, folder)
    return Reached(url or DEFAULT, key, source, guessed=url is None)


def _place(access: Access) -> tuple[str | None, Path | None]:
    """The address, and the folder whose key is meant for it."""
    if access.url is not None:
        return access.url, access.data
    if access.data is not None:
        found = found_in(access.data)
        if found is None:
            raise Failure("nobody-serves", UNAVAILABLE, folder=access.data)
        return found, access.data
    for folder in USUAL:
        found = found_in(folder)
        if found is not None:
            return found, folder
    return None, None


def _key(access: Access, folder: Path | None) -> tuple[str | None, str | None]:
    """The key, and where it comes from."""
    if access.api_key is not None:
        return access.api_key, "--api-key, CLEARANCE_API_KEY"
    if access.api_key_file is not None:
        text = content(access.api_key_file).decode("utf-8", "replace")
        return text.strip(), access.api_key_file
    if folder is not None:
        return operator_key.kept_in(folder), str(folder / operator_key.NAME)
    return None, None
