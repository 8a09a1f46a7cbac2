"""Every finding is explained in both languages, and none is explained that nobody finds."""

import re
from pathlib import Path
from string import Formatter

from api import doctor
from api.cli.diagnoses import told
from api.cli.diagnosis_texts import DIAGNOSES
from api.cli.server_texts import SERVER
from api.doctor.finding import doubtful, wrong
from workflow.store import checks

FOUND = re.compile(r"(?:well|doubtful|wrong)\(\s*\"([a-z-]+)\"")
SOURCES = [path.read_text() for path in Path(doctor.__file__).parent.glob("*.py")]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_finding_is_explained() -> None:
    found = {name for source in SOURCES for name in FOUND.findall(source)}
    assert found | {"setting-unfit"} == DIAGNOSES.keys()


def test_both_languages_say_the_same_things() -> None:
    for name, (said, advice) in DIAGNOSES.items():
        assert fields(said.en) == fields(said.zh), name
        assert fields(advice.en) == fields(advice.zh), name
        for text in (said.zh, advice.zh):
            assert not text or re.search(r"[\u4e00-\u9fff]", text), name
        well = re.search(rf'well\(\s*"{name}"', "".join(SOURCES))
        assert bool(advice.en) != bool(well) or name == "server", name


def test_what_the_server_is_found_to_be_is_explained() -> None:
    source = Path(checks.__file__).read_text()
    known = set(re.findall(r'Finding\(\s*"([a-z -]+)"', source))
    assert known == SERVER.keys()
    one = wrong(
        "server", check="maxmemory-policy", found="it is x", remedy="redis-cli CONFIG SET a b"
    )
    assert told(one).found.en == "the server, maxmemory-policy: it is x"
    assert "redis-cli CONFIG SET a b" in told(one).advice.zh
    reachable = wrong("server", check="reachable", found="no", remedy="Check the address.")
    assert told(reachable).advice == ("Check the address.", SERVER["reachable"])


def test_what_it_says_has_its_values() -> None:
    said = told(doubtful("setting-unknown", names="A, B"))
    assert ("A, B" in said.found.en, "A, B" in said.found.zh) == (True, True)
