"""What a procedure file must hold so that its gates can hang on another procedure."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow.procedures import ProcedureError, load_all, parse
from workflow.procedures.comparison import differences
from workflow.procedures.loader import PACKAGED

FILE = "h200_import.yaml"
CONTENT: dict[str, Any] = yaml.safe_load((PACKAGED / FILE).read_text(encoding="utf-8"))
Change = Callable[[dict[str, Any]], object]


def problems_of(change: Change) -> str:
    content = copy.deepcopy(CONTENT)
    change(content)
    with pytest.raises(ProcedureError) as caught:
        parse(json.dumps(content, indent=1).encode(), FILE)
    return "\n".join(problem.message for problem in caught.value.problems)


BREACHES: list[tuple[str, Change]] = [
    ("unknown gate `expport`", lambda c: c["links"].update(expport=c["links"].pop("export"))),
    ("cannot both open and shut", lambda c: c["links"]["export"].update(shuts=["approved"])),
    ("must have the effect `open_gate`, not 0", lambda c: c["events"].pop("clear_export")),
    ("must have the effect `shut_gate`, not 0", lambda c: c["events"].pop("withhold_export")),
    (
        "must have the effect `open_gate`, not 2",
        lambda c: c["events"].update(again=c["events"]["clear_export"]),
    ),
    ("so nobody could link anything", lambda c: c["events"].pop("link_export")),
    ("hangs on nothing", lambda c: c.pop("links")),
    ("only opens and shuts gates", lambda c: c["events"]["suspend"].update(by=["system:link"])),
    (
        "the payload is `export_reference`",
        lambda c: c["events"]["clear_export"].update(payload="empty"),
    ),
    ("needs the guard `link_stands`", lambda c: c["events"]["clear_export"].update(guards=[])),
    (
        "what opens a linked gate needs the guard `link_stands`",
        lambda c: c["events"].update(
            again={**c["events"]["clear_export"], "by": ["bis"], "guards": []}
        ),
    ),
    ("needs the guard `link_fits`", lambda c: c["events"]["link_export"].update(guards=[])),
    (
        "hangs on `us-export` already",
        lambda c: (
            c["gates"].update(other={"en": "Other", "zh": "其他"}),
            c["links"].update(other=c["links"]["export"]),
        ),
    ),
]


@pytest.mark.parametrize(("told", "change"), BREACHES, ids=[told for told, _ in BREACHES])
def test_a_link_that_could_not_work_is_refused(told: str, change: Change) -> None:
    assert told in problems_of(change)


def folder_with(tmp_path: Path, link: dict[str, Any], *others: str) -> Path:
    content = {**CONTENT, "links": {"export": {**CONTENT["links"]["export"], **link}}}
    (tmp_path / FILE).write_text(json.dumps(content), encoding="utf-8")
    for other in others:
        (tmp_path / other).write_bytes((PACKAGED / other).read_bytes())
    return tmp_path


def test_the_procedure_it_hangs_on_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ProcedureError, match="there is no procedure `us-export`"):
        load_all(folder_with(tmp_path, {}))


@pytest.mark.parametrize("key", ["opens", "shuts"])
def test_the_states_must_be_its_states(tmp_path: Path, key: str) -> None:
    folder = folder_with(tmp_path, {key: ["denyed"]}, "us_export.yaml")
    with pytest.raises(ProcedureError, match="unknown state `denyed`; did you mean `denied`"):
        load_all(folder)


def test_as_shipped_it_fits(tmp_path: Path) -> None:
    found = load_all(folder_with(tmp_path, {}, "us_export.yaml"))
    assert set(found) == {("h200-import", 1), ("us-export", 1)}


def test_a_change_of_a_link_is_a_difference() -> None:
    content = copy.deepcopy(CONTENT)
    content["links"]["export"]["shuts"] = ["denied"]
    before, after = (parse(json.dumps(one).encode(), FILE) for one in (CONTENT, content))
    (found,) = differences(before, after)
    assert (found.part, found.name) == ("links", "export.shuts")
