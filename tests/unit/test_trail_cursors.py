"""Cursors of a search over all trails: good for one question, and they show nothing."""

import base64
from collections.abc import Sequence
from dataclasses import replace

import pytest

from api.problems import Problem
from api.trail_cursors import LONGEST, TrailCursors
from tests.unit.acting import ANOTHER_BUYER, AUDITOR
from workflow.trails import FeedPlace, Place, TrailFilter, TrailPlace, Wanted

SECRET = bytes(range(32))
OWN = TrailCursors(SECRET, AUDITOR, Wanted(), newest=True)
FEEDS = FeedPlace((0, 7, 2**40 - 1, *range(61)))
PLACES = (FEEDS, FeedPlace((1,)), TrailPlace(1_767_000_000_123, "app-1.x_y", 12))


def sealed(place: Place) -> str:
    cursor = OWN.of(place)
    assert cursor is not None
    return cursor


@pytest.mark.parametrize("place", PLACES)
def test_a_place_comes_back(place: Place) -> None:
    """In another process, too."""
    again = TrailCursors(SECRET, replace(AUDITOR, credential="other"), Wanted(), newest=True)
    assert again.place(sealed(place)) == place
    assert OWN.of(None) is None
    assert OWN.place(None) is None


@pytest.mark.parametrize(
    "other",
    [
        TrailCursors(SECRET, ANOTHER_BUYER, Wanted(), newest=True),
        TrailCursors(SECRET, replace(AUDITOR, name="another"), Wanted(), newest=True),
        TrailCursors(SECRET, AUDITOR, Wanted(), newest=False),
        TrailCursors(SECRET, AUDITOR, Wanted(buyer="x"), newest=True),
        TrailCursors(SECRET, AUDITOR, Wanted(TrailFilter(since="x")), newest=True),
        TrailCursors(bytes(32), AUDITOR, Wanted(), newest=True),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_it_is_no_cursor_of_another_question(place: Place, other: TrailCursors) -> None:
    with pytest.raises(Problem, match="invalid-request"):
        other.place(sealed(place))


def test_what_was_not_sealed_is_none() -> None:
    plain = base64.urlsafe_b64encode(b"f" + b".1" * 64).decode().rstrip("=")
    nonce, text, tag = sealed(FEEDS).split(".")
    changed = ("A" if text[0] != "A" else "B") + text[1:]
    parts: Sequence[str] = (nonce, changed, tag)
    for cursor in (
        "",
        "nonsense",
        "..",
        "...",
        "÷.÷.÷",
        plain,
        f"{nonce}.{text}.",
        ".".join(parts),
    ):
        with pytest.raises(Problem, match="invalid-request"):
            OWN.place(cursor)


def test_a_cursor_shows_nothing_of_its_place() -> None:
    """Not by its length either, and the same place looks otherwise each time."""
    lengths = {len(sealed(FeedPlace((position,) * 64))) for position in (0, 9, 10**6, 10**12)}
    assert len(lengths) == 1
    assert sealed(FEEDS) != sealed(FEEDS)
    assert len(sealed(FeedPlace((1,) * 1024))) <= LONGEST
