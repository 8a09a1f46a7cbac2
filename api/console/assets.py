"""The files that pages load: served under a name that changes with what is in them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import Request, Response
from starlette.routing import Route

from api import answers
from api.problems import Problem

FOLDER = Path(__file__).with_name("static")
PLACE = "/static/"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file, its media type and its strong entity tag."""

    content: bytes
    media_type: str
    tag: str


class Assets:
    """Every file, and one digest over all: a script finds those that it imports beside it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        whole = hashlib.sha256()
        for name, content in found.items():
            whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        self._digest: Final = whole.hexdigest()[:16]
        self._files: Final[Mapping[str, Asset]] = {
            name: Asset(
                content,
                MEDIA_TYPES[Path(name).suffix],
                f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            )
            for name, content in found.items()
        }

    def address(self, name: str) -> str:
        """Where a page finds a file. Raises KeyError where there is none."""
        if name not in self._files:
            raise KeyError(name)
        return f"{PLACE}{self._digest}/{name}"

    def route(self) -> Route:
        """Everybody may ask here."""
        return Route(f"{PLACE}{{digest}}/{{name}}", self._answer)

    async def _answer(self, request: Request) -> Response:
        asset = self._files.get(request.path_params["name"])
        if asset is None or request.path_params["digest"] != self._digest:
            raise Problem("not-found", "There is no such file.")
        headers = {"Cache-Control": FOR_EVER, "ETag": asset.tag}
        if answers.unchanged(request, asset.tag):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, 200, headers, asset.media_type)
