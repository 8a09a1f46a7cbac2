"""Options that several commands share, as dataclasses; `command` spreads them out."""

import inspect
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from typer import CallbackParam, Option

from api.cli.faults import Failure
from api.stop import UNUSABLE

Grade = Literal["official_notice", "company_statement", "press_report", "anonymous_source"]
KEY_FILE = "File with your key; - reads standard input. [CLEARANCE_API_KEY_FILE]"
TIME = "RFC 3339, with its zone: 2026-01-30T00:00:00+08:00."
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt].+([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def timed(parameter: CallbackParam, text: str | None) -> str | None:
    """A time as the service takes it. Raises Failure, with the form that is wanted: a day alone
    does not say where it begins.
    """
    if text is None or _TIME.fullmatch(text):
        return text
    day = _DAY.match(text)
    wanted = f"{day.group() if day else '2026-01-30'}T00:00:00+08:00"
    name = parameter.opts[0]
    raise Failure("not-a-time", UNUSABLE, option=name, text=text, wanted=wanted)


@dataclass(frozen=True, slots=True)
class Look:
    """How a command shows what it found."""

    json: Annotated[bool, Option("--json", help="Print JSON instead of tables.")] = False
    lang: Annotated[
        Literal["en", "zh"] | None, Option(help="Language.", show_default="of the locale")
    ] = None


@dataclass(frozen=True, slots=True)
class Keyed(Look):
    """With which key a command asks."""

    api_key: Annotated[
        str | None,
        Option(
            help="Your key; everybody on this machine sees what a command is given. "
            "[CLEARANCE_API_KEY]",
            metavar="KEY",
        ),
    ] = None
    api_key_file: Annotated[
        str | None, Option(help=KEY_FILE, metavar="FILE", show_default="none")
    ] = None


@dataclass(frozen=True, slots=True)
class Reach(Keyed):
    """Which service a command talks to."""

    api_key_file: Annotated[
        str | None,
        Option(help=KEY_FILE, metavar="FILE", show_default="operator.key of the data folder"),
    ] = None
    url: Annotated[
        str | None, Option(help="Address of the service. [CLEARANCE_URL]", metavar="URL")
    ] = None
    data_folder: Annotated[
        Path | None,
        Option(
            help="Data folder of a running service, to find its address and the operator's key. "
            "[CLEARANCE_DATA]"
        ),
    ] = None
    patience: Annotated[
        float, Option(help="Seconds that a call is tried for.", min=0.1, max=86_400)
    ] = 30.0


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of evidence."""

    evidence: Annotated[
        Grade | None,
        Option(
            help="Grade of the evidence; it needs --title, --publisher and --published-at as well."
        ),
    ] = None
    title: Annotated[str | None, Option(help="Title of the source.")] = None
    publisher: Annotated[str | None, Option(help="Who published it.")] = None
    published_at: Annotated[
        str | None, Option(help=f"When. {TIME}", metavar="TIME", callback=timed)
    ] = None
    attribution: Annotated[
        str | None, Option(help="Whom it cites: 'two people familiar with the matter'.")
    ] = None
    source_url: Annotated[str | None, Option(help="Where it is read.", metavar="URL")] = None
    sha256: Annotated[str | None, Option(help="SHA-256 of the document.", metavar="HEX")] = None

    def pieces(self) -> list[dict[str, Any]]:
        """The evidence of a request; none when no grade was given. Raises Stop."""
        needed = {
            "title": self.title,
            "publisher": self.publisher,
            "published_at": self.published_at,
        }
        other = {
            "attribution": self.attribution,
            "url": self.source_url,
            "sha256": self.sha256,
        }
        given = {name: value for name, value in (needed | other).items() if value is not None}
        if self.evidence is None:
            if given:
                raise Failure("grade-missing", UNUSABLE)
            return []
        missing = [f"--{name.replace('_', '-')}" for name in needed if name not in given]
        if missing:
            raise Failure("evidence-incomplete", UNUSABLE, missing=", ".join(missing))
        return [{"grade": self.evidence, **given}]


@dataclass(frozen=True, slots=True)
class Sending:
    """How a request is sent."""

    key: Annotated[
        str | None,
        Option(help="Idempotency key: the same again changes nothing.", show_default="a new one"),
    ] = None
    file: Annotated[
        str | None, Option(help="The request in a JSON file; - reads standard input.")
    ] = None


def command(function: Callable[..., None]) -> Callable[..., None]:
    """A parameter that is a dataclass becomes one option for each of its fields."""
    plain, groups = list[inspect.Parameter](), dict[str, Any]()
    for parameter in inspect.signature(function).parameters.values():
        group: Any = parameter.annotation
        if is_dataclass(group):
            groups[parameter.name] = group
            plain += _options(group)
        else:
            plain.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))

    def spread(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
        function(**given)

    spread.__name__, spread.__doc__ = function.__name__, function.__doc__
    spread.__annotations__ = {one.name: one.annotation for one in plain} | {"return": None}
    spread.__dict__["__signature__"] = inspect.Signature(plain)
    return spread


def _options(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in fields(group)
    ]
