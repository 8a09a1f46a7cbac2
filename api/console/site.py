"""The console as a whole: what its pages share, and every address it answers at."""

from collections.abc import Iterator
from typing import Final

from starlette.routing import Route

from api.console.assets import Assets
from api.console.kept import Kept
from api.console.languages import Languages
from api.console.pages import PAGES
from api.console.rendering import Rendering


class Console:
    """What all pages share. `origin` is how the outside calls the service."""

    def __init__(self, origin: str) -> None:
        self.languages: Final = Languages(origin)
        self.assets: Final = Assets()
        self.kept: Final = Kept()
        self.rendering: Final = Rendering(self.assets)

    def routes(self) -> Iterator[Route]:
        """Every page, and the files that they load."""
        yield self.assets.route()
        for module in PAGES:
            yield from module.ROUTES
