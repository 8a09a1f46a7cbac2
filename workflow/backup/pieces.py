"""The pieces of what is kept beside the records, as a backup has them: base 64, for a secret has
any bytes.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from workflow.store import Piece


def encoded(piece: Piece) -> dict[str, Any]:
    """A piece as JSON."""
    words = [b64encode(word).decode() for word in piece.words]
    return {"key": piece.key, "type": piece.type, "first": piece.first, "words": words}


def decoded(fields: Mapping[str, Any]) -> Piece:
    """The same from JSON. Raises ValueError."""
    try:
        words = [b64decode(word, validate=True) for word in fields["words"]]
        return Piece(str(fields["key"]), str(fields["type"]), bool(fields["first"]), words)
    except (LookupError, TypeError) as error:
        raise ValueError("a piece has a key, a type and words") from error
