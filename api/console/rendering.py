"""Templates, and what every one of them may use."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console.assets import Assets
from api.console.formats import Formats
from api.console.languages import LANGUAGES, translations
from api.console.naming import BRACKETS, COMMAS, PAUSES, coded, named, told

FOLDER = Path(__file__).with_name("templates")


class Rendering:
    """Fills templates in, each language in an environment of its own."""

    def __init__(self, assets: Assets) -> None:
        self._environments: Final = {
            language: _environment(language, assets) for language in LANGUAGES
        }

    def page(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        """A template with its values."""
        return self._environments[language].get_template(template).render(values)


def _environment(language: str, assets: Assets) -> Environment:
    """What a name stands for that nobody gave is a fault, and no empty place on a page."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    texts, formats = translations(language), Formats(language)
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"asset": assets.address, "comma": COMMAS[language], "pause": PAUSES[language]}
    made.globals |= dict(zip(("opens", "closes"), BRACKETS[language], strict=True))
    made.filters |= {
        "number": formats.number,
        "percent": formats.percent,
        "time": formats.time,
        "day": formats.day,
        "date": formats.date,
        "told": partial(told, language=language),
        "coded": partial(coded, language=language),
        "named": partial(named, language=language),
    }
    return made
