"""Tiles lie where C2SP tlog-tiles puts them, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import tried
from workflow.proof.tiles import (
    MAX_ENTRY,
    WIDTH,
    Tile,
    bundle_path,
    decode_bundle,
    encode_bundle,
    hash_tile_path,
    parse_path,
    split,
    tiles_between,
    width_of,
)
from workflow.proof.unsound import Unsound


def test_paths_are_those_of_the_specification() -> None:
    assert hash_tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert hash_tile_path(63, 7, 5) == "tile/63/007.p/5"
    assert bundle_path(273, 112) == "tile/entries/273.p/112"
    assert bundle_path(1000) == "tile/entries/x001/000"


@tried(200)
@given(st.none() | st.integers(0, 63), st.integers(0, 2**40), st.integers(1, WIDTH))
def test_a_path_names_one_tile(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/67",
        "tile/0/0067",
        "tile/00/067",
        "tile/64/067",
        "tile/-1/067",
        "tile/entry/067",
        "tile/0/000/067",
        "tile/0/x000/067",
        "tile/0/x001/x067",
        "tile/0/001/067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/05",
        "tile/0/067.p/",
        "tile/0/067\n",
        "tile/0/٠٦٧",
        "/tile/0/067",
        "tile/0/../067",
        "checkpoint",
        "",
    ],
)
def test_no_other_spelling_is_read(path: str) -> None:
    with pytest.raises(Unsound, match="no path of a tile"):
        parse_path(path)


def test_a_tree_of_70_000_has_the_tiles_of_the_specification() -> None:
    tiles = list(tiles_between(0, 70_000))
    full = [tile for tile in tiles if tile.level == 0 and tile.width == WIDTH]
    assert len(full) == 273
    assert tiles[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_between(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


@tried(200)
@given(st.integers(0, 70_000), st.integers(0, 2_000))
def test_growth_writes_what_it_changes_and_no_more(old: int, more: int) -> None:
    new = old + more
    before = {(one.level, one.index): one.width for one in tiles_between(0, old)}
    after = {(one.level, one.index): one.width for one in tiles_between(0, new)}
    written = {(one.level, one.index): one.width for one in tiles_between(old, new)}
    assert written == {key: width for key, width in after.items() if before.get(key) != width}
    for (level, index), width in after.items():
        assert level is not None
        assert width_of(level, index, new) == width
    assert width_of(0, new // WIDTH + 1, new) == 0


@tried(100)
@given(st.lists(st.binary(max_size=300), max_size=WIDTH))
def test_bundles_come_back_and_not_when_they_are_cut(entries: list[bytes]) -> None:
    bundle = encode_bundle(entries)
    assert decode_bundle(bundle) == entries
    if bundle:
        with pytest.raises(Unsound, match="ends within"):
            decode_bundle(bundle[:-1] if entries[-1] else bundle + b"\x00")
        with pytest.raises(Unsound, match="ends within"):
            decode_bundle(bundle + b"\x00")


def test_an_entry_has_at_the_most_what_its_length_can_say() -> None:
    assert decode_bundle(encode_bundle([bytes(MAX_ENTRY)])) == [bytes(MAX_ENTRY)]
    with pytest.raises(ValueError, match="at the most"):
        encode_bundle([bytes(MAX_ENTRY + 1)])


def test_a_tile_holds_whole_hashes() -> None:
    assert split(bytes(64)) == [bytes(32), bytes(32)]
    with pytest.raises(Unsound, match="part of a hash"):
        split(bytes(63))
