"""Telling the user that a command failed: in a sentence, or as JSON to a program."""

import json
from collections.abc import Sequence
from itertools import pairwise

import typer

from api.cli.options import Look
from api.settings import language
from api.stop import INTERRUPTED, NO, NOT_FOUND, UNAVAILABLE, UNUSABLE
from workflow.domain.procedure import Label

CODES = {
    NO: "failed",
    UNUSABLE: "unusable",
    NOT_FOUND: "not-found",
    UNAVAILABLE: "unavailable",
    INTERRUPTED: "interrupted",
}
"""What a failure that no service told is called in JSON, by its exit code."""


def look_of(arguments: Sequence[str]) -> Look:
    """How the user wants to be told, from the words themselves: a command that could not be
    understood has no options yet.
    """
    words = [*arguments, "--"]
    words = words[: words.index("--")]
    lang = language()
    for word, following in pairwise([*words, ""]):
        option, equals, value = word.partition("=")
        if option == "--lang":
            lang = "zh" if (value if equals else following) == "zh" else "en"
    return Look(json="--json" in words, lang=lang)


def tell(failure: Exception, code: int, look: Look) -> int:
    """Tell the user, or the program on standard output, as refusals are told; the exit code."""
    label = getattr(failure, "label", None) or Label(str(failure), str(failure))
    if look.json:
        more = getattr(failure, "more", {})
        told = {"code": CODES[code], "detail": label.en, "detail_zh": label.zh, **more}
        print(json.dumps(told, ensure_ascii=False), flush=True)
    else:
        said = label.zh if look.lang == "zh" else label.en
        typer.echo(f"clearance: {said}", err=True)
    return code
