"""The dossier on paper: both languages, everything asked for, and texts that stay texts."""

import io
from datetime import UTC, datetime
from typing import Any

import orjson
import pypdf
import pytest

from api.dossier import Overloaded, Seal, Timeline, Typesetter, dossier, press, timeline, wording
from api.dossier.data import COUNTING, FIELDS, details
from api.dossier.wording import Names
from tests.unit.acting import RECORDER, Case, accepted, carry, document_of, officer
from tests.unit.correcting import Recalling
from tests.unit.journeys import (
    ACCEPT,
    FIX_CONDITION,
    JOURNEYS,
    ORDER,
    SET_CONDITIONS,
    TO_LICENSED,
    TO_MINISTRY_APPROVED,
)
from tests.unit.rows.test_correction import instead, shipment
from tests.unit.versions import both
from workflow.domain.fields import Payload
from workflow.domain.payloads import CONDITION_VALUES, PAYLOADS, Text

AT = datetime(2026, 3, 1, tzinfo=UTC)
NAME = {"en": "Example Cloud", "zh": "示例云"}
SEAL = Seal("log.example.org", 41, 56, "ab" * 32)

NDRC, CUSTOMS = officer("ndrc"), officer("customs")
LATER = "2026-02-03T04:00:00.000Z"
HOSTILE = (
    '#import "@preview/evil:1.0.0": *',
    '#eval(read("/etc/passwd"))',
    "$ sum_(i=0)^oo $ *bold* _emph_ `raw` <label> @ref",
    "\\ \\u{202e} \\#set page(width: 1cm)",
    "= Heading - list + enum / term: x // gone /* gone */",
    '] } ) \' " --- ~ https://example.com/#read("x")',
    "W" * 700,
    "مرحبا بالعالم",
    "שלום עולם",
    "𠮷野家 ｆｕｌｌ",
    "第一段\u3000全角空格\u00a0与\t制表\r\n第二行野",
)
"""Each must come out as it went in."""


def values_of(case: Case, seal: Seal | None = SEAL) -> dict[str, Any]:
    document = document_of(case)
    told = Timeline(case.engine.procedure, document)
    for text in case.trail:
        told.take(text)
    return dossier("a1", document, case.engine.procedure, NAME, told, seal, case.now)


def pages_of(values: dict[str, Any]) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(press.made(orjson.dumps(values), AT)))
    return [page.extract_text() for page in reader.pages]


def plain(text: str) -> str:
    """Without what setting adds: spaces, breaks and the places for them."""
    return "".join(text.replace("\u200b", "").split())


@pytest.fixture
def shipped(case: Case) -> Case:
    carry(case, *JOURNEYS["shipped"])
    return case


def test_it_has_everything_in_both_languages(shipped: Case) -> None:
    values = values_of(shipped)
    text = plain("".join(pages_of(values)))
    procedure = shipped.engine.procedure
    for told in (
        *procedure.title,
        procedure.digest,
        *NAME.values(),
        *procedure.states["shipped"].label,
        *procedure.states["shipped"].sentence,
        *(part for record in values["records"] for part in record["event"].values()),
        *("官方公告", "official notice", "公司声明", "company statement"),
        *("批准", "Approvals", "条件", "Conditions", "许可证台账", "Licence ledger"),
        *("闸门", "Gates", "MOFCOM-2026-0001", "1,000", "经过", "Timeline", "Asia/Shanghai"),
        "2026-02-02 12:00:00 +0800",
        *("核验", "How to verify it", shipped.document.head, SEAL.root, SEAL.origin),
        f"clearance verify trail.jsonl --head {shipped.document.head}",
    ):
        assert plain(told) in text, told


@pytest.mark.parametrize("state", ["submitted", "ndrc_conditioned", "licensed", "refused"])
def test_every_stage_of_an_application_can_be_printed(case: Case, state: str) -> None:
    carry(case, *JOURNEYS[state])
    text = plain("".join(pages_of(values_of(case, None))))
    assert plain(case.engine.procedure.states[state].label.zh) in text
    assert "Nosignedloghadbeenpublished" in text


def test_the_fonts_are_inside_and_nothing_else_is(shipped: Case) -> None:
    """PDF/A: every font embedded, nothing that runs, nothing that leads out."""
    content = press.made(orjson.dumps(values_of(shipped)), AT)
    reader = pypdf.PdfReader(io.BytesIO(content))
    fonts = {
        str(font.get_object()["/BaseFont"]): font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert any("NotoSansCJK" in name for name in fonts)
    for name, font in fonts.items():
        (inner,) = font["/DescendantFonts"]
        files = {key for key in inner.get_object()["/FontDescriptor"] if "FontFile" in key}
        assert files, name
    for active in (b"/JavaScript", b"/EmbeddedFile", b"/Launch", b"/OpenAction"):
        assert active not in content
    assert all("/Annots" not in page for page in reader.pages)
    assert b"pdfaid" in content


@pytest.mark.parametrize("texts", [{"en": "Buy", "zh": None}, {"en": None, "zh": "采购"}])
def test_a_text_of_one_language_is_told_in_both(case: Case, texts: dict[str, str | None]) -> None:
    ((_, told),) = details({"text": texts}, Names(case.engine.procedure))
    assert set(told.values()) == {texts["en"] or texts["zh"]}


@pytest.mark.parametrize("place", ["reason", "text", "title"])
def test_a_text_stays_a_text(case: Case, place: str) -> None:
    for text in HOSTILE:
        accepted(case.post(RECORDER, "note", None, {"text": text, "topic": None}, reason=text))
    values = values_of(case)
    for record, text in zip(values["records"][1:], HOSTILE, strict=True):
        if place == "title":
            record["evidence"] = [
                values["records"][0]["evidence"][0] | {"title": wording.fit(text)}
            ]
        if place != "reason":
            record["reason"] = None
        if place != "text":
            record["details"] = []
    found = plain("".join(pages_of(values)))
    for text in HOSTILE:
        if text.isascii() or "野" in text:
            assert plain(text) in found, text
        else:  # written from right to left, so the order of what is read out is the reader's
            assert set(plain(text)) <= set(found)


def test_a_sign_that_no_font_has_spoils_nothing(case: Case) -> None:
    """It is a box, and can be read out all the same."""
    text = "emoji 😀🇨🇳, ไทย, 𒀀, ꦗ and \ue000"
    accepted(case.post(RECORDER, "note", None, {"text": text}))
    content = press.made(orjson.dumps(values_of(case)), AT)
    assert b"pdfaid" not in content
    found = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "emoji" in found
    assert "and" in found


def test_what_turns_the_writing_is_shown_and_not_done() -> None:
    assert wording.fit("a\u202eb\u2066c\x1b[31m\u200f") == "a\ufffdb\ufffdc\ufffd[31m\ufffd"
    assert wording.fit("x" * 5_000).replace("\u200b", "") == f"{'x' * wording.LONGEST} […]"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\u3000\u3000段落\u3000一", "  段落 一"),
        ("5\u00a0000\u202f000\tunits", "5 000 000 units"),
        ("one\r\ntwo\rthree\u2028four\nfive", "one\ntwo\nthree\nfour\nfive"),
        ("👨\u200d👩\u200d👧 می\u200cخواهم", "👨\u200d👩\u200d👧 می\u200cخواهم"),
        ("\ue000 𲎯 \u00ad\u200b", "\ue000 𲎯 \u00ad\u200b"),
        ("\x00\x0b\x85\x7f\ufeff\uffff", "\ufffd\ufffd\n\ufffd\ufffd\ufffd"),
    ],
)
def test_what_is_written_is_printed(text: str, printed: str) -> None:
    """Signs that Python does not print, as the space of Chinese is, are none that command."""
    assert wording.fit(text) == printed


def test_a_long_word_is_broken_where_nothing_is_joined() -> None:
    told = wording.fit("x" * 13 + "👨\u200d👩\u200d👧" + "y" * 30).split("\u200b")
    assert told == ["x" * 13 + "👨\u200d👩\u200d👧", "y" * 14, "y" * 14, "yy"]


def test_a_long_timeline_shows_the_latest(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "SHOWN", 5)
    for number in range(9):
        accepted(case.post(RECORDER, "note", None, {"text": f"n{number}"}))
    values = values_of(case)
    assert [record["seq"] for record in values["records"]] == [6, 7, 8, 9, 10]
    assert values["left_out"] == 5
    text = plain("".join(pages_of(values)))
    assert "Thefirst5recordsareleftouthere" in text
    monkeypatch.setattr(timeline, "ROOM", 2_500)
    assert 0 < len(values_of(case)["records"]) < 5


def test_a_corrected_record_says_so(case: Case) -> None:
    carry(case, *JOURNEYS["in_principle"])
    officer = JOURNEYS["in_principle"][0][0]
    accepted(case.post(officer, "correct", None, {"seq": 2, "with": None}))
    values = values_of(case)
    assert [record["corrected_by"] for record in values["records"]] == [None, 3, None]
    assert "correctedbyrecord3" in plain("".join(pages_of(values)))


@pytest.fixture
def corrected() -> Recalling:
    """Of condition c1 the proposal (5) was put right (6), and a fixing (7) was taken back (8)."""
    made = Recalling(both())
    accepted(made.create())
    terms = {"condition": "c1", "kind": "domestic_share", "value": {"basis_points": 3_000}}
    right = {**terms, "value": {"basis_points": 5_000}, "text": {"en": "Half", "zh": "半数"}}
    carry(made, *TO_MINISTRY_APPROVED, (NDRC, "propose_condition", None, terms))
    accepted(made.correct(NDRC, 5, instead("propose_condition", right, reason="misread")))
    carry(made, FIX_CONDITION)
    accepted(made.correct(NDRC, 7, None))
    carry(made, FIX_CONDITION, SET_CONDITIONS, ORDER, ACCEPT)
    return made


def test_the_life_of_a_condition_is_what_stands(corrected: Recalling) -> None:
    """What was corrected away says so, and what stands in its place is told with its time."""
    values = values_of(corrected)
    (condition,) = values["conditions"]
    assert condition["value"] == "50 %"
    life = [(one["seq"], one["instead_of"], one["corrected_by"]) for one in condition["life"]]
    assert life == [(5, None, 6), (6, 5, None), (7, None, 8), (9, None, None)]
    assert [one["event"]["en"] for one in condition["life"]] == [
        *["Propose a condition"] * 2,
        *["Fix a condition"] * 2,
    ]
    assert all(one["at"] and one["body"]["en"] == "NDRC" for one in condition["life"])
    pages = plain("".join(pages_of(values)))
    for told in ("代替第5条inplaceofrecord5", "由第8条更正correctedbyrecord8"):
        assert told in pages


def test_a_correction_of_a_correction_is_what_stands() -> None:
    """And a shipment has the time of the event that counts."""
    made = Recalling(both())
    accepted(made.create())
    carry(made, *TO_LICENSED, (CUSTOMS, "record_shipment", None, shipment("s1", 400)))
    place = len(made.decisions)
    accepted(made.correct(CUSTOMS, place, instead("record_shipment", shipment("s2", 40))))
    made.now = "2026-02-04T04:00:00.000Z"
    event = instead("record_shipment", shipment("s1", 40), effective_at=LATER)
    accepted(made.correct(CUSTOMS, place, event))
    (licence,) = values_of(made)["licences"]
    assert licence["shipments"] == [
        {"id": "s1", "units": "40", "at": "2026-02-03 12:00:00 +0800", "reversed": False}
    ]


def test_a_correction_tells_what_it_puts_in_a_place(corrected: Recalling) -> None:
    values = values_of(corrected)
    put, nothing = (values["records"][seq - 1] for seq in (6, 8))
    assert nothing["corrects"] == {"seq": 7, "event": None}
    assert put["corrects"]["event"]["zh"] == "提出条件"
    assert put["corrects"]["reason"] == "misread"
    pages = plain("".join(pages_of(values)))
    for told in (
        *("第5条改为：Intheplaceofrecord5:", "比例share:50%", "内容text:半数Half", "misread"),
        *("第7条不再计入。Record7nolongercounts.", *(one["hash"] for one in values["records"])),
    ):
        assert told in pages, told
    for raw in ("restated", "basis_points", "{", "/corrections"):
        assert raw not in pages, raw


def fields_of(payload: type[Payload]) -> set[str]:
    return {field.alias or name for name, field in payload.model_fields.items()}


def test_every_field_of_an_event_has_a_name_in_both_languages() -> None:
    shapes = [*PAYLOADS.values(), *CONDITION_VALUES.values()]
    used = set().union(*map(fields_of, shapes)) - {"value", "with"}
    assert FIELDS.keys() == used
    assert fields_of(Text) == {"en", "zh"}
    assert all(label.en and label.zh for label in [*FIELDS.values(), *COUNTING.values()])


def test_the_data_of_an_event_is_told_in_both_languages(case: Case) -> None:
    told = details(
        {
            "accept": True,
            "blocks": ["issue_licence", "record_shipment"],
            "excluded": [],
            "kind": "end_use",
            "seq": 1_234,
            "text": {"en": "Half", "zh": None},
            "topic": None,
            "units": 1_234,
            "value": {"excluded": ["a", "b"]},
        },
        Names(case.engine.procedure),
    )
    assert {name["zh"]: (value["zh"], value["en"]) for name, value in told} == {
        "是否同意": ("是", "yes"),
        "停止的事项": ("签发许可证、登记货运", "Issue the licence, Record a shipment"),
        "类别": ("最终用途", "end use"),
        "记录": ("1234", "1234"),
        "内容": ("Half", "Half"),
        "数量": ("1,234", "1,234"),
        "排除的用途": ("a、b", "a, b"),
    }


async def test_it_is_made_in_a_process_that_knows_no_secret(
    shipped: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARANCE_REDIS_URL", "secret")
    made = await Typesetter().pdf(values_of(shipped))
    assert made.startswith(b"%PDF-")


async def test_a_dossier_that_takes_too_long_is_given_up(shipped: Case) -> None:
    with pytest.raises(Overloaded):
        await Typesetter(patience=0.02).pdf(values_of(shipped))
    nobody = Typesetter(at_once=0, patience=0.02)
    with pytest.raises(Overloaded):
        await nobody.pdf({})


async def test_values_that_are_none_are_a_fault() -> None:
    with pytest.raises(RuntimeError, match="no dossier was made"):
        await Typesetter().pdf({"application": "a1"})


def test_a_font_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "FONTS", "no_such_package")
    with pytest.raises(RuntimeError, match="Noto Sans CJK SC of the package no_such_package"):
        press.fonts()


def test_the_template_takes_in_no_source() -> None:
    source = press.TEMPLATE.read_text(encoding="utf-8")
    assert "sys.inputs.values" in source
    for word in ("#import", "#include", "eval(", "read(", "plugin("):
        assert word not in source
