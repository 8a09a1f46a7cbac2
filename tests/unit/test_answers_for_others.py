"""What others open: cells of a spreadsheet, addresses of sources, header fields for a browser."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.headers import HTTPS_ONLY, PAIRS, SecurityHeaders
from api.settings import Settings
from api.tables import cell, separated
from workflow.domain.sent import EvidenceIn

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("api/**/*.py"), *ROOT.glob("workflow/**/*.py")])
REACHING_OUT = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "requests",
    "urllib.request",
    "urllib3",
}
MAY_REACH_OUT = (
    *("api/client/", "api/demo/", "api/provider_client.py", "api/signing_keys.py"),
    "api/log_source.py",  # of the commands that check a log
    "api/doctor/",  # what the operator asks about this service
    "api/webhooks/",  # to what api/webhooks/addresses.py allows
)


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20"])
def test_a_text_is_no_formula(sign: str) -> None:
    assert cell(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize("behind", ["x;", "x\t", "x\n", "x\r\n", "x; ", 'x;"', 'x\n" '])
def test_nor_is_what_another_separator_cuts_off(behind: str) -> None:
    """Where a semicolon or a tabulator separates, a comma and the quotes behind it are letters."""
    place = max(map(behind.rfind, ";\t\n")) + 1
    told = f"{behind[:place]}'{behind[place:]}=HYPERLINK(1)"
    assert cell(f"{behind}=HYPERLINK(1)") == told


@pytest.mark.parametrize("text", ["", "a=b", "1-2", "名", " x", "'=1", "a; b\n二\tc", "a, =b"])
def test_any_other_text_stands_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_a_number_stays_one_and_nothing_is_empty() -> None:
    assert (cell(-5), cell(0), cell(None)) == (-5, 0, "")


@given(st.text())
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow([cell(text)])
    first = next(csv.reader([written.getvalue()]), [""]) if "\n" not in text else [str(cell(text))]
    assert not (first or [""])[0].startswith(tuple("=+-@\t\r\n"))


@given(st.lists(st.text('=+-@;,"\t\r\n x'), min_size=1, max_size=3), st.sampled_from(";\t"))
def test_no_cell_does_whatever_separates(texts: list[str], separator: str) -> None:
    """As a spreadsheet reads the file that is set to another separator."""
    lines = io.StringIO(separated([["1", *texts]]).decode(), newline="")
    for row in csv.reader(lines, delimiter=separator):
        for one in row:
            assert not one.lstrip(' "').startswith(tuple("=+-@")), row


def names(path: Path) -> Iterator[str]:
    """Every module and attribute that a file names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def test_every_cell_is_written_in_one_place() -> None:
    writers = {"csv.writer", "csv.DictWriter"}
    found = {path.relative_to(ROOT).as_posix() for path in SOURCES if writers & set(names(path))}
    assert found == {"api/tables.py"}


def test_no_address_of_a_source_is_ever_fetched() -> None:
    """Only what calls this service, or the identity provider of the settings, can call at all."""
    reaching = [
        path.relative_to(ROOT).as_posix() for path in SOURCES if REACHING_OUT & set(names(path))
    ]
    assert "api/client/client.py" in reaching
    assert [path for path in reaching if not path.startswith(MAY_REACH_OUT)] == []


@pytest.mark.parametrize(
    "url",
    [
        "https://新闻.example/深度",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example",
        "https://ann:secret@a.example/",
        "https://a.example@evil.example/",
        "https://@a.example/",
        "https://good.example\\@evil.example/",
        "https://good.example\\.evil.example/",
        "https://a.example/\x00",
        "https://a.example/\r\nSet-Cookie: x",
        "https://a.example/\u202egpj.exe",
        'https://a.example/" onclick="x',
        "https://a.example/<script>",
        "https:a.example",
        "//a.example",
    ],
)
def test_a_source_that_is_not_on_the_web_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        evidence(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?y=1&z=@#top",
        "http://192.0.2.1:8080/%E6%B7%B1%E5%BA%A6",
        "https://a.example",
    ],
)
def test_a_source_on_the_web_is_taken(url: str) -> None:
    assert evidence(url).url == url


def evidence(url: str) -> EvidenceIn:
    return EvidenceIn(
        grade="press_report",
        title="A report",
        publisher="A paper",
        published_at="2026-01-30T00:00:00+08:00",
        url=url,
    )


def test_an_answer_gets_what_it_does_not_say_itself() -> None:
    headers = SecurityHeaders(Settings())
    assert headers.added([]) == list(PAIRS)
    own = [(b"content-security-policy", b"img-src 'self'"), (b"cache-control", b"private")]
    added = headers.added(own)
    assert added[:2] == own
    assert len({name for name, _ in added}) == len(added) == len(PAIRS)


def test_https_is_asked_for_where_the_outside_uses_it() -> None:
    secure = Settings(public_url="https://clearance.example")
    assert HTTPS_ONLY in SecurityHeaders(secure).added([])
    assert HTTPS_ONLY not in SecurityHeaders(Settings(public_url="http://a.example")).added([])


async def test_the_way_out_adds_them_once() -> None:
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    guarded = SecurityHeaders(Settings()).guard(send, [(b"ratelimit", b"x")])
    await guarded({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await guarded({"type": "http.response.body", "body": b""})
    assert sent[0]["headers"] == [(b"a", b"b"), (b"ratelimit", b"x"), *PAIRS]
    assert sent[1] == {"type": "http.response.body", "body": b""}
