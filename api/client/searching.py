"""Records of all trails that one may see, and exports as files."""

from collections.abc import AsyncIterator
from typing import Literal, Unpack

from api.client import trails
from api.client.applications import TrailFilter
from api.client.asking import Asking, step
from api.client.wire import get, read_bytes
from api.schemas import RecordOut

PATH = "/v1/trail"

FileForm = Literal["csv", "xlsx", "pdf"]
MEDIA_TYPES: dict[FileForm, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class SearchFilter(TrailFilter, total=False):
    """Which records of which applications."""

    application: str
    buyer: str
    procedure: str


class Searching(Asking):
    """The routes over many trails, and those that answer with a file."""

    async def search_trail(
        self, *, newest_first: bool = True, page: int = 200, **wanted: Unpack[SearchFilter]
    ) -> AsyncIterator[RecordOut]:
        """The records of every application that the principal sees, in the order in which they
        were recorded, page by page. Nothing of it is verified. Raises WasRefused.
        """
        async for text in self._found(newest_first, page, wanted):
            yield read_bytes(RecordOut, text, PATH)

    async def export_search(
        self, *, page: int = 1_000, **wanted: Unpack[SearchFilter]
    ) -> AsyncIterator[bytes]:
        """The same as stored, a line a record without its end, the earliest first."""
        async for text in self._found(False, page, wanted):
            yield text

    async def download(
        self,
        form: FileForm,
        application: str | None = None,
        *,
        language: Literal["en", "zh"] = "en",
        **wanted: Unpack[TrailFilter],
    ) -> AsyncIterator[bytes]:
        """A file, piece by piece: the trail of an application as a table, or all that one may see;
        of an application also its dossier (pdf). A file that breaks off is not begun again: that
        raises Unavailable. Raises WasRefused.
        """
        path = PATH if application is None else f"/v1/applications/{step(application)}/trail"
        if form == "pdf":
            if application is None or wanted:
                raise ValueError("a dossier is of one application, and of all its records")
            path = f"/v1/applications/{step(application)}/dossier"
        media_type = MEDIA_TYPES[form]
        call = get(path, wanted, Accept=media_type, Accept_Language=language)
        async for piece in self._wire.pieces(call, media_type):
            yield piece

    def _found(self, newest_first: bool, page: int, wanted: SearchFilter) -> AsyncIterator[bytes]:
        order = "desc" if newest_first else "asc"
        return trails.paged(self._wire, PATH, {"limit": page, **wanted, "order": order})
