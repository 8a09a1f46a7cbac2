"""The operator's key in a data folder: private, whole, and nobody else's."""

from pathlib import Path

import pytest

from api import key_files, operator_key

KEY, OTHER = (f"clr_operator_{sign * 43}" for sign in "ab")


def test_it_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    operator_key.keep(tmp_path / "new", KEY)
    assert operator_key.kept_in(tmp_path / "new") == KEY
    assert (tmp_path / "new" / operator_key.NAME).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "new").iterdir()] == [operator_key.NAME]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"clr_operator_", b"clr_kabc_AAAA", b"\xff\xfe", KEY.encode() + b" more"],
)
def test_what_is_no_operators_key_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / operator_key.NAME).write_bytes(content)
    assert operator_key.kept_in(tmp_path) is None


def test_a_lost_race_drops_the_losers_key_alone(tmp_path: Path) -> None:
    operator_key.keep(tmp_path, OTHER)
    operator_key.drop(tmp_path, KEY)
    assert operator_key.kept_in(tmp_path) == OTHER
    operator_key.drop(tmp_path, OTHER)
    assert operator_key.kept_in(tmp_path) is None


def test_where_it_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / operator_key.NAME).mkdir()
    with pytest.raises(key_files.Unwritable, match=operator_key.NAME):
        operator_key.keep(tmp_path, KEY)
