"""Trails and searches as files: tables that a spreadsheet opens as text, and the dossier."""

import csv
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

import httpx
import pypdf
import pytest

from api.exporting import CSV, JSONL, PDF, XLSX
from api.exporting.columns import COLUMNS, heads
from tests.e2e.http.journey import Application, event, opened, problem
from tests.e2e.http.people import actor

BUYER = "exporting-cloud"
US = f"ec;{BUYER};buyer"
FORMULAS = (
    "1;=HYPERLINK(1)",
    '=HYPERLINK("http://x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\uff1d1",
    "plain",
    '示例, "云"\n二',
)
SOURCES = [
    {
        "grade": "official_notice",
        "title": "A notice",
        "publisher": "A ministry",
        "published_at": "2026-01-29T00:00:00Z",
        "sha256": "0f" * 32,
    },
    {
        "grade": "press_report",
        "title": "A report",
        "publisher": "A paper",
        "attribution": "two people",
        "published_at": "2026-01-30T08:00:00+08:00",
        "url": "https://paper.example/report",
    },
]
OF_SOURCES = {
    "Grade of evidence": "grade",
    "Publisher": "publisher",
    "Title of source": "title",
    "Cites": "attribution",
    "Published at": "published_at",
    "Address of source": "url",
    "Hash of source (SHA-256)": "sha256",
}
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def application(client: httpx.Client) -> Application:
    """An application with notes that look like formulas."""
    made = opened(client, BUYER).live("declare_order")
    for text in FORMULAS:
        note = event("note", data={"text": text}, reason=text, evidence=SOURCES)
        made.accept("recorder", note)
    return made


def get(client: httpx.Client, path: str, accept: str, **query: Any) -> httpx.Response:
    language = query.pop("language", "en")
    fields = {"Accept": accept, "Accept-Language": language}
    answer = client.get(path, headers=fields, params=query or None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == accept
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    return answer


def table(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content: bytes) -> list[list[list[str]]]:
    """The texts of every sheet; an empty cell is an empty text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if "worksheets" in name]
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))  # noqa: S314
        found = [ElementTree.fromstring(archive.read(name)) for name in names]  # noqa: S314
    for sheet in found:
        assert not list(sheet.iter(f"{SPACE}f")), "a formula"
        assert not list(sheet.iter(f"{SPACE}hyperlink"))
    return [
        [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{SPACE}row")]
        for sheet in found
    ]


def test_a_table_has_a_row_a_record(client: httpx.Client, application: Application) -> None:
    records = application.records()
    answer = get(client, f"{application.path}/trail", CSV)
    named = f'attachment; filename="trail-{application.id}.csv"'
    assert answer.headers["Content-Disposition"] == named
    first, *rows = table(answer.content)
    assert first == heads("en")
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        told = dict(zip(first, row, strict=True))
        assert told["Record"] == str(record["seq"])
        assert told["Recorded at"] == record["recorded_at"]
        assert told["Event"] == record["type"]
        assert told["Hash (SHA-256)"] == record["hash"]
        pieces = record["evidence"]
        for head, field in OF_SOURCES.items():
            said = [one[field] for one in pieces]
            assert told[head] == ("; ".join(one or "–" for one in said) if any(said) else "")
    both = dict(zip(first, rows[-1], strict=True))
    assert both["Cites"] == "–; two people"
    assert both["Hash of source (SHA-256)"] == f"{SOURCES[0]['sha256']}; –"
    assert both["Published at"] == "2026-01-29T00:00:00Z; 2026-01-30T08:00:00+08:00"


def test_no_cell_of_a_table_is_a_formula(client: httpx.Client, application: Application) -> None:
    column = heads("en").index("Reason")
    reasons = [row[column] for row in table(get(client, f"{application.path}/trail", CSV).content)]
    for text in FORMULAS:
        cut = text.replace(";=", ";'=")
        assert (cut if text[0] in "p示1" else f"'{text}") in reasons


def test_a_workbook_says_the_same_and_holds_nothing_but_texts(
    client: httpx.Client, application: Application
) -> None:
    path = f"{application.path}/trail"
    (sheet,) = sheets(get(client, path, XLSX).content)
    plain = table(get(client, path, CSV).content)
    column = heads("en").index("Reason")
    assert [row[:column] for row in sheet] == [row[:column] for row in plain]
    assert sheet[1][-1] == plain[1][-1] == application.records()[0]["hash"]
    reasons = [row[column] for row in sheet]
    assert set(FORMULAS) <= set(reasons)


def test_the_heads_are_in_the_language_of_the_reader(
    client: httpx.Client, application: Application
) -> None:
    for language, expected in (("zh-CN,zh;q=0.9,en;q=0.1", "zh"), ("fr, en;q=0.5", "en")):
        path = f"{application.path}/trail"
        first, *_ = table(get(client, path, CSV, language=language).content)
        assert first == [getattr(column.head, expected) for column in COLUMNS]
        ((top, *_),) = sheets(get(client, path, XLSX, language=language).content)
        assert top == first


@pytest.mark.parametrize("accept", [JSONL, CSV, XLSX])
def test_exports_are_narrowed_and_paged(
    client: httpx.Client, application: Application, accept: str
) -> None:
    def seqs(answer: httpx.Response) -> list[int]:
        if accept == JSONL:
            return [httpx.Response(200, content=line).json()["seq"] for line in answer.iter_lines()]
        rows = table(answer.content) if accept == CSV else sheets(answer.content)[0]
        return [int(row[3]) for row in rows[1:]]

    path = f"{application.path}/trail"
    assert seqs(get(client, path, accept, type="note", order="desc")) == list(range(11, 3, -1))
    page = get(client, path, accept, limit=8)
    rest = get(client, page.links["next"]["url"], accept)
    assert seqs(page) + seqs(rest) == list(range(1, 12))
    assert seqs(get(client, "/v1/trail", accept, application=application.id)) == list(
        range(11, 0, -1)
    )


def test_everything_that_one_sees_is_searched(
    client: httpx.Client, application: Application
) -> None:
    own = client.get("/v1/trail", params={"limit": 1_000}, headers=actor(US)).json()
    assert own["next"] is None
    assert [record["seq"] for record in own["items"]] == list(range(11, 0, -1))
    answer = client.get("/v1/trail", params={"buyer": BUYER, "limit": 3}, headers=actor("auditor"))
    found = answer.json()["items"]
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"], headers=actor("auditor"))
        found += answer.json()["items"]
    assert found == own["items"]
    query = {"type": "note", "standing": "confirmed", "buyer": BUYER}
    assert client.get("/v1/trail", params=query, headers=actor("miit")).json()["items"] == []
    rival = client.get("/v1/trail", params={"buyer": BUYER}, headers=actor("rival")).json()
    assert rival == {"items": [], "next": None}


def test_a_search_over_all_feeds_goes_on_by_its_cursor(
    client: httpx.Client, application: Application
) -> None:
    seen, times = set(), []
    answer = client.get("/v1/trail", params={"limit": 40})
    for _ in range(4):
        for record in answer.json()["items"]:
            times.append(record["recorded_at"])
            seen.add((record["subject"], record["seq"]))
        if "next" not in answer.links:
            break
        answer = client.get(answer.links["next"]["url"])
    assert len(seen) == len(times) > 9
    assert times == sorted(times, reverse=True)
    name = 'attachment; filename="records.csv"'
    everything = get(client, "/v1/trail", CSV, since=times[-1], until=times[0])
    assert everything.headers["Content-Disposition"] == name
    assert len(table(everything.content)) > 1


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "cC4xLng"},
        {"cursor": "Zi4x"},
        {"cursor": "dC4xLjEuYQ"},
        {"cursor": "nonsense"},
        {"grade": "hearsay"},
        {"standing": "sure"},
        {"order": "sideways"},
        {"limit": 0},
        {"colour": "red"},
    ],
)
def test_a_search_that_cannot_be_meant_is_refused(
    client: httpx.Client, query: dict[str, Any]
) -> None:
    for accept in ("application/json", CSV):
        answer = client.get("/v1/trail", params=query, headers={"Accept": accept})
        told = problem(answer, 422, "invalid-request")
        assert told["errors"][0]["pointer"].startswith("/query/")
    problem(client.get("/v1/trail", headers={"Accept": "text/html"}), 406, "not-acceptable")


def test_the_dossier_is_a_pdf_of_both_languages(
    client: httpx.Client, application: Application
) -> None:
    answer = get_pdf(client, application)
    named = f'attachment; filename="dossier-{application.id}.pdf"'
    assert answer.headers["Content-Disposition"] == named
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
    now = application.now()
    for told in (
        "深度求索DeepSeek",
        application.id,
        now["head"],
        "申报订单",
        "Declaretheorder",
        "=HYPERLINK",
    ):
        assert told in text, told
    assert problem(
        client.get(f"{application.path}/dossier", params={"as_of": "x"}), 422, "invalid-request"
    )


def get_pdf(client: httpx.Client, application: Application) -> httpx.Response:
    answer = client.get(f"{application.path}/dossier", headers=actor(US))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == PDF
    return answer
