"""Which addresses everybody may ask at."""

import pytest

from api.gate import is_public

PROVING = ["/log/checkpoint", "/log/key", "/log/tile/0/000", "/log/tile/1/x001/234.p/5"]
CLOSED = ["/log/tile/entries/000", "/log/tile/entries", "/log/tile/entriesx", "/log", "/log/lock"]
CLOSED += ["/log/checkpoint/", "/log/tile", "/LOG/key", "//log/key", "/v1/applications"]


@pytest.mark.parametrize("path", PROVING)
def test_what_proves_the_log_is_public_where_the_operator_says_so(path: str) -> None:
    assert is_public(path, log=True)
    assert not is_public(path, log=False)


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("log", [True, False])
def test_nothing_else_of_it_ever_is(path: str, log: bool) -> None:
    assert not is_public(path, log)


@pytest.mark.parametrize("log", [True, False])
def test_the_rest_does_not_hang_on_it(log: bool) -> None:
    assert is_public("/healthz", log)
    assert is_public("/problems/stale", log)
