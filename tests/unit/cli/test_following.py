"""What `follow` refuses before it asks any service."""

import pytest
from typer.testing import CliRunner

from api import cli
from api.cli.faults import Failure


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--type", "note"), "leave the id out"), (("--after", "y"), "by its number")],
)
def test_what_cannot_be_followed(words: tuple[str, ...], told: str) -> None:
    done = CliRunner().invoke(cli.app, ["follow", "x", *words])
    assert isinstance(done.exception, Failure)
    assert done.exception.code == 2
    assert told in str(done.exception)
