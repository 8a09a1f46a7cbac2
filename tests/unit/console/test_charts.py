"""Charts: what is drawn, in whose colours, and for whom."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from api.console.charts import COLOURS, WIDTH, Chart, Charts, Tones, draw
from api.sealing import Foreign
from workflow.domain.principal import Principal, Role

SVG = "{http://www.w3.org/2000/svg}"
LOOKS = Path("api/console/static/statistics.css")
STANDING = Chart("standing", False, ["1 Jan", "2 Jan"], [[1, 2], [0, 3], [4, 0]])
LONG = Chart(
    "length", True, ["两部门已批准，等待国家发展和改革委员会", "Short <b>"], [[1, 0], [0, 7]]
)


def principal(name: str) -> Principal:
    return Principal(name, "audit", frozenset({Role.AUDITOR}))


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(draw(chart))  # noqa: S314, what we drew ourselves


def texts(picture: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


def test_a_bar_is_as_long_as_its_count() -> None:
    series = [one for one in drawn(STANDING).iter() if "series" in one.get("class", "")]
    heights = [
        [float(bar.get("height", "")) for bar in one.iter(f"{SVG}rect")]
        for one in series
        if one.find(f"{SVG}g") is not None
    ]
    unit = heights[0][0]
    assert [[round(height / unit) for height in one] for one in heights] == [[1, 2], [0, 3], [4, 0]]


def test_a_picture_names_its_bars_and_nothing_else() -> None:
    picture = drawn(LONG)
    assert set(LONG.labels) <= set(texts(picture))
    tags = {one.tag.removeprefix(SVG) for one in picture.iter()}
    assert tags == {"svg", "defs", "style", "g", "rect", "path", "text"}
    assert "pygal" not in draw(LONG).replace("pygal-chart", "")
    assert "http" not in draw(LONG).replace("http://www.w3.org/2000/svg", "")


def test_a_long_name_in_chinese_lies_within_the_picture() -> None:
    picture = drawn(LONG)
    (plot,) = [one for one in picture.iter(f"{SVG}g") if one.get("class") == "plot"]
    (begin,) = re.findall(r"translate\((\d+)", plot.get("transform", ""))
    assert 14 * len(LONG.labels[0]) < int(begin) < WIDTH


def test_only_some_days_are_named_where_there_are_many() -> None:
    days = [f"day {number}" for number in range(62)]
    named = [one for one in texts(drawn(Chart("plain", False, days, [[1] * 62]))) if "day" in one]
    assert named == days[::8]


def test_counts_are_whole_numbers() -> None:
    scale = [one for one in texts(drawn(Chart("plain", True, ["one"], [[1]]))) if one != "one"]
    assert scale == ["0", "1"]


@pytest.mark.parametrize("tones", COLOURS)
def test_the_colours_are_those_of_the_tables(tones: Tones) -> None:
    light, dark = COLOURS[tones]
    before, after = LOOKS.read_text().split("prefers-color-scheme: dark")
    for text, colours in ((before, light), (after, dark)):
        told = re.findall(rf"--{tones}-(\d): (#\w+);", text)
        assert tones == "plain" or told == [(str(n), one) for n, one in enumerate(colours)]
    look = draw(Chart(tones, False, ["a"], [[1]])).replace(" ", "")
    assert all(f".color-0rect{{fill:{colour}" in look for colour in (light[0], dark[0]))


def sealed(address: str) -> str:
    return parse_qs(urlsplit(address).query)["of"][0]


def test_an_address_holds_what_is_drawn() -> None:
    made = Charts(b"secret", principal("li"))
    assert Charts(b"secret", principal("li")).of(sealed(made.address(LONG))) == LONG
    empty = Chart("plain", True, [], [[]])
    assert drawn(made.of(sealed(made.address(empty)))).tag == f"{SVG}svg"


def test_an_address_is_good_for_one_person() -> None:
    address = sealed(Charts(b"secret", principal("li")).address(LONG))
    for other in (Charts(b"secret", principal("wang")), Charts(b"other", principal("li"))):
        with pytest.raises(Foreign):
            other.of(address)
    for made_up in ("", "x", address[:-4]):
        with pytest.raises(Foreign):
            Charts(b"secret", principal("li")).of(made_up)
