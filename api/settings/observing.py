"""What the service tells of itself while it runs: its lines on standard error, and its traces."""

from dataclasses import dataclass

from api.settings.environment import PREFIX, Unfit, standard, variable, yes

FORMS = ("auto", "json", "text")

PROTOCOL = "http/protobuf"
"""The one encoding of OTLP that is spoken here."""


@dataclass(frozen=True, slots=True)
class Observing:
    """Lines by `CLEARANCE_LINES` and `CLEARANCE_REQUEST_LINES`; traces by the variables that
    OpenTelemetry has for every program (its specification, "SDK Environment Variables").
    """

    lines: str = "auto"
    """`json`: an object a line; `text`: for people; `auto`: for people where it is a terminal."""
    request_lines: bool = False
    """Whether every request leaves a line."""
    traces: bool = False
    """Whether spans go to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names."""

    def __post_init__(self) -> None:
        if self.lines not in FORMS:
            raise Unfit(
                f"{PREFIX}LINES is {', '.join(FORMS[:-1])} or {FORMS[-1]}, not {self.lines}"
            )

    @classmethod
    def from_environment(cls) -> "Observing":
        """What is set, else the defaults. Raises Unfit."""
        request_lines = yes("REQUEST_LINES", otherwise=False)
        return cls(variable("LINES") or "auto", request_lines, _traces())


def _traces() -> bool:
    """Whether there is a collector to which spans go. Raises Unfit."""
    endpoint = _of_traces("ENDPOINT")
    exporter = (standard("OTEL_TRACES_EXPORTER") or "otlp").lower()
    disabled = (standard("OTEL_SDK_DISABLED") or "").lower() == "true"
    if endpoint is None or exporter == "none" or disabled:
        return False
    if exporter != "otlp":
        raise Unfit(f"OTEL_TRACES_EXPORTER is otlp or none, not {exporter}")
    protocol = _of_traces("PROTOCOL") or PROTOCOL
    if protocol != PROTOCOL:
        raise Unfit(f"OTEL_EXPORTER_OTLP_PROTOCOL is {PROTOCOL}, not {protocol}")
    if not endpoint.startswith(("http://", "https://")):
        raise Unfit("OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https address")
    return True


def _of_traces(name: str) -> str | None:
    """A variable of the exporter, the one for traces before the one for all signals."""
    own = standard(f"OTEL_EXPORTER_OTLP_TRACES_{name}")
    return own or standard(f"OTEL_EXPORTER_OTLP_{name}")
