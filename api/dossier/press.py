"""The process that makes one dossier: values as JSON on standard input, a PDF on standard output.

The values reach the template as data; no source is ever made of them. Nothing outside of this
folder can be read by it, and no font but those named here.
"""

import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import typst

TEMPLATE = Path(__file__).with_name("template.typ")

FONTS, FAMILY = "manimgx_fonts_cjk", "Noto Sans CJK SC"
"""The package whose folder has the font, and its name."""

MEMORY = 2 * 1024**3
"""Bytes that the process may write to; the longest dossier takes a fifth of it."""

STANDARD: Final = "a-2u"
PLAIN: Final = "1.7"
"""PDF/A (ISO 19005-2): fonts inside, every text can be read out. It has no room for a sign that no
font has, as some scripts and pictures are.
"""


def main() -> None:
    """Make one, in as many seconds of CPU as the first argument says."""
    _bound(int(sys.argv[1]))
    values = sys.stdin.buffer.read()
    sys.stdout.buffer.write(made(values, datetime.now(UTC).replace(microsecond=0)))


def made(values: bytes, at: datetime) -> bytes:
    """The PDF of these values: PDF/A where every sign can be shown, else one with boxes in the
    places of some. Raises RuntimeError.
    """
    compiler = typst.Compiler(
        root=str(TEMPLATE.parent),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"values": values.decode()},
    )
    try:
        return _pdf(compiler, at, STANDARD)
    except typst.TypstError:
        return _pdf(compiler, at, PLAIN)


def _pdf(compiler: typst.Compiler, at: datetime, standard: Literal["a-2u", "1.7"]) -> bytes:
    pages = compiler.compile(str(TEMPLATE), format="pdf", timestamp=at, pdf_standards=standard)
    if not isinstance(pages, bytes):
        raise RuntimeError("the typesetter gave no pages")
    return pages


def fonts() -> typst.Fonts:
    """The fonts of the template. Raises RuntimeError where one is not installed."""
    package = find_spec(FONTS)
    folders = [] if package is None else list(package.submodule_search_locations or ())
    found = typst.Fonts(include_system_fonts=False, font_paths=folders)
    if FAMILY not in found.families():
        raise RuntimeError(f"the font {FAMILY} of the package {FONTS} is not installed")
    return found


def _bound(seconds: int) -> None:
    if sys.platform != "win32":
        import os  # noqa: PLC0415
        import resource  # noqa: PLC0415

        os.nice(10)  # events are decided first
        resource.setrlimit(resource.RLIMIT_CPU, (2 * seconds, 2 * seconds))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
