"""How a command reaches a service."""

from dataclasses import dataclass, field
from pathlib import Path

from api.settings.environment import variable


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
            folder = variable("DATA")
            url, data = variable("URL"), Path(folder) if folder else None
        if api_key is None and api_key_file is None:
            api_key, api_key_file = variable("API_KEY"), variable("API_KEY_FILE")
        return cls(url, data, api_key, api_key_file)
