"""The lines on standard error: one for each thing that happened, an object in JSON wherever no
person is looking on.

A module says what happened with `logging`, as ever; `extra={"told": {...}}` gives fields of their
own. Whatever is said while a request is answered carries its id, and those of its trace.
"""

import logging
import sys
from typing import TextIO

from opentelemetry import trace
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

from api.request_id import current
from api.settings import Observing

REQUESTS = "clearance.requests"
"""The logger of the lines that every request leaves."""

TOLD = "told"
"""Where a line has its fields."""


def begin(observing: Observing, stream: TextIO | None = None) -> None:
    """Let warnings and errors go to standard error, and what Python itself warns of."""
    stream = stream or sys.stderr
    text = observing.lines == "text" or (observing.lines == "auto" and stream.isatty())
    place = logging.StreamHandler(stream)
    place.setFormatter(formatter(text=text, colours=text and stream.isatty()))
    logging.basicConfig(level=logging.WARNING, handlers=[place])
    logging.captureWarnings(capture=True)
    # It has a line for each request that is no HTTP: whoever likes could fill a disk with them.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    logging.getLogger(REQUESTS).setLevel(
        logging.INFO if observing.request_lines else logging.WARNING
    )


def formatter(*, text: bool, colours: bool = False) -> logging.Formatter:
    """What makes a line of a record. Of a traceback no values of variables are shown: they may be
    secrets.
    """
    common: list[Processor] = [
        TimeStamper(fmt="iso", utc=True),
        add_log_level,
        add_logger_name,
        ExtraAdder(allow=[TOLD]),
        _spread,
        _of_request,
        format_exc_info,
    ]
    last: list[Processor] = [ProcessorFormatter.remove_processors_meta]
    if text:
        last += [_printable, ConsoleRenderer(colors=colours, exception_formatter=plain_traceback)]
    else:
        last.append(JSONRenderer())
    return ProcessorFormatter(foreign_pre_chain=common, processors=last)


def _spread(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    line.update(line.pop(TOLD, {}))
    return line


def _of_request(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    """With the id of the request, and where it stands in a trace (W3C Trace Context)."""
    named = current.get()
    if named is not None:
        line["request_id"] = named
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = trace.format_trace_id(span.trace_id)
        line["span_id"] = trace.format_span_id(span.span_id)
    return line


def _printable(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    """Nothing that somebody sent moves a terminal's cursor (OWASP ASVS 5.0, 16.4.1)."""
    for key, value in line.items():
        if isinstance(value, str) and not value.isprintable():
            lasting = "\n" if key == "exception" else ""
            line[key] = "".join(
                one if one.isprintable() or one in lasting else ascii(one)[1:-1] for one in value
            )
    return line
