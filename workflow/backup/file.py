"""The file of a backup: a ZIP archive (PKWARE APPNOTE 6.3, with ZIP64), so that each part is found
by its name, and anybody can unpack the log in it and check that without this program.

| part          | what                                                                    |
|---------------|-------------------------------------------------------------------------|
| `backup.json` | format, origin and size of the log, when and by what it was made, digests |
| `log/...`     | the log as C2SP tlog-tiles has it: checkpoint, tiles, bundles           |
| `keys/...`    | the files of keys                                                       |
| `beside.jsonl`| what is kept beside the records, a piece a line                         |

What is in the log is proved by its checkpoint; of the other parts the manifest has the SHA-256.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, Self
from zipfile import BadZipFile, ZipFile

import orjson

from workflow.log.directory import LARGEST

FORMAT = 1
MANIFEST, LOG, KEYS, BESIDE = "backup.json", "log/", "keys/", "beside.jsonl"

SMALL = 1024 * 1024
"""Bytes of a manifest or a key, at the most."""

LINE = 64 * 1024 * 1024
"""Bytes of a piece of what is kept beside, at the most."""


class NoBackup(ValueError):
    """The file is no backup, or not as it was written; the message says in what."""


class Manifest(NamedTuple):
    """What a backup says of itself. `parts`: the SHA-256 of each part beside the log."""

    origin: str
    size: int
    made_at: str
    program: str
    parts: Mapping[str, str]
    format: int = FORMAT

    def encode(self) -> bytes:
        """As it is written down."""
        return orjson.dumps(self._asdict(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)

    @classmethod
    def decode(cls, stored: bytes) -> "Manifest":
        """Read it. Raises NoBackup."""
        try:
            fields = orjson.loads(stored)
            if fields["format"] != FORMAT:
                raise NoBackup(f"it has format {fields['format']}, and this program reads {FORMAT}")
            return cls(
                str(fields["origin"]),
                int(fields["size"]),
                str(fields["made_at"]),
                str(fields["program"]),
                {str(name): str(digest) for name, digest in fields["parts"].items()},
            )
        except NoBackup:
            raise
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise NoBackup(f"{MANIFEST} in it cannot be read") from error


class BackupFile:
    """A backup that is read. Nothing is believed here but what has the digest of the manifest."""

    def __init__(self, path: Path) -> None:
        """Raises NoBackup, OSError."""
        with _sound():
            self._zip = ZipFile(path)
        try:
            raw = self._read(MANIFEST, SMALL)
            if raw is None:
                raise NoBackup(f"{MANIFEST} is missing in it")
            self.manifest = Manifest.decode(raw)
            self.digest = hashlib.sha256(raw).hexdigest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def find(self, path: str) -> bytes | None:
        """A file of the log; None where there is none. Raises NoBackup."""
        return self._read(LOG + path, LARGEST)

    def keys(self) -> dict[str, str]:
        """The files of keys, by their names. Raises NoBackup."""
        found = {}
        for name in self.manifest.parts:
            if name.startswith(KEYS):
                content = self._read(name, SMALL)
                if content is None or not self._fits(name, content):
                    raise _other(name)
                found[name.removeprefix(KEYS)] = content.decode("ascii", "replace")
        return found

    def pieces(self) -> Iterator[dict[str, Any]]:
        """What is kept beside the records, a piece a line. Raises NoBackup, at the end where the
        whole has another digest.
        """
        digest = hashlib.sha256()
        with _sound(BESIDE), self._zip.open(BESIDE) as part:
            while line := part.readline(LINE):
                digest.update(line)
                yield orjson.loads(line)
        if digest.hexdigest() != self.manifest.parts.get(BESIDE):
            raise _other(BESIDE)

    def _fits(self, name: str, content: bytes) -> bool:
        return hashlib.sha256(content).hexdigest() == self.manifest.parts[name]

    def _read(self, name: str, most: int) -> bytes | None:
        """A part of so many bytes at the most, whatever it unpacks to."""
        try:
            found = self._zip.getinfo(name)
        except KeyError:
            return None
        if found.file_size > most:
            raise NoBackup(f"{name} in it has {found.file_size} bytes, more than any may")
        with _sound(name):
            return self._zip.read(name)


def written(archive: ZipFile, name: str, content: bytes) -> str:
    """Write a part; its digest."""
    archive.writestr(name, content)
    return hashlib.sha256(content).hexdigest()


@contextmanager
def part(archive: ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A part that is written bit by bit, of any size."""
    with archive.open(name, "w", force_zip64=True) as opened:
        yield opened


def _other(name: str) -> NoBackup:
    return NoBackup(f"{name} in it is not what was written")


@contextmanager
def _sound(name: str = "") -> Iterator[None]:
    """Raises NoBackup for all that zipfile finds wrong."""
    try:
        yield
    except NoBackup:
        raise
    except (BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError) as error:
        told = f"{name} in it cannot be read" if name else "it is no ZIP archive, or not all of it"
        raise NoBackup(told) from error
