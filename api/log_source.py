"""Where the files of a log are read by those who do not write it: in a folder, or at an address.

Nothing is believed here: whoever reads checks what they get against a signature.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx

from workflow.log.directory import Damaged, LogDirectory
from workflow.proof.tiles import MAX_ENTRY, WIDTH

PATIENCE = 30.0
"""Seconds in which an address must answer, and go on answering."""

LIMIT = WIDTH * (2 + MAX_ENTRY)
"""Bytes of a file, at the most: those of a bundle of the longest entries."""


class Unreachable(Exception):
    """Whether there is such a file, or what is in it, could not be found out; it says why."""


class Source(Protocol):
    """The files of a log by their paths below its prefix: `checkpoint`, `tile/0/000.p/5`."""

    def read(self, path: str) -> bytes | None:
        """What is in a file; None where there is none. Raises Unreachable."""


class Folder:
    """A log in a folder, as its writer lays it out."""

    def __init__(self, folder: Path) -> None:
        self._directory = LogDirectory(folder)

    def read(self, path: str) -> bytes | None:
        """What is in a file; None where there is none. Raises Unreachable."""
        try:
            return self._directory.find(path)
        except NotADirectoryError:
            return None
        except Damaged as error:
            raise Unreachable(str(error)) from error
        except OSError as error:
            raise Unreachable(f"{error.filename}: {error.strerror}") from error


class Site:
    """A log at an address; entries take a credential, nothing else does."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        self._url, self._client = url.rstrip("/"), client

    def read(self, path: str) -> bytes | None:
        """What is in a file, past every cache; None where there is none. Raises Unreachable."""
        url = f"{self._url}/{path}"
        try:
            with self._client.stream("GET", url) as answer:
                if answer.status_code in (404, 410):
                    return None
                if answer.status_code != 200:
                    raise Unreachable(f"{url} answers {answer.status_code}")
                content = b""
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > LIMIT:
                        raise Unreachable(f"{url} answers with more than {LIMIT:,} bytes")
                return content
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told = str(error) or type(error).__name__
            raise Unreachable(f"{url} does not answer: {told}") from error


@contextmanager
def source_of(place: str, key: str | None = None) -> Iterator[Source]:
    """The log in a folder, or at an http or https address; `key` is shown to the latter."""
    if not place.startswith(("http://", "https://")):
        yield Folder(Path(place))
        return
    headers = {"Cache-Control": "no-cache"} | ({"Authorization": f"Bearer {key}"} if key else {})
    with httpx.Client(
        headers=headers,
        follow_redirects=False,
        timeout=PATIENCE,
        trust_env=False,
        verify=place.startswith("https:"),  # loading the certificates takes long
    ) as client:
        yield Site(place, client)
