"""Keys of principals at a service under test: made by its operator when they are first needed.

A test writes `Authorization: Principal name;organisation;role[;authority...]`, and the keyring,
as the client's `auth`, puts the key of that principal in its place; without the field, the
recorder's. With `auth=NOBODY` a request goes out as it is.
"""

from collections.abc import Callable, Generator
from pathlib import Path

import httpx

from api.operator_key import kept_in

RECORDER = "local;local;recorder"
SCHEME = "Principal "
NOBODY = httpx.Auth()


def principal(text: str = RECORDER) -> dict[str, str]:
    """The header field that names a principal to a keyring."""
    return {"Authorization": f"{SCHEME}{text}"}


class Keyring(httpx.Auth):
    """The keys of one database. `folder` is the data folder of the service at `url()`."""

    def __init__(self, folder: Path, url: Callable[[], str]) -> None:
        self._folder, self._url = folder, url
        self._keys: dict[str, str] = {}

    @property
    def operator(self) -> str:
        """The key that the first start made."""
        key = kept_in(self._folder)
        assert key is not None, f"no operator's key in {self._folder}"
        return key

    def key(self, text: str = RECORDER) -> str:
        """The key of a principal."""
        if text not in self._keys:
            self._keys[text] = self._make(text)
        return self._keys[text]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        given = request.headers.get("Authorization", SCHEME + RECORDER)
        if given.startswith(SCHEME):
            request.headers["Authorization"] = f"Bearer {self.key(given[len(SCHEME) :])}"
        yield request

    def _make(self, text: str) -> str:
        name, organisation, role, *authorities = text.split(";")
        body = {"name": name, "organisation": organisation, "roles": [role]}
        answer = httpx.post(
            f"{self._url()}/v1/keys",
            json=body | {"authorities": authorities},
            headers={"Authorization": f"Bearer {self.operator}"},
            timeout=30,
            trust_env=False,
        )
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["key"]
        return made
