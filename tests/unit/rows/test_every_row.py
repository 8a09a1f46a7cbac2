"""Every row of the event table has a test by its name in this folder."""

import ast
from pathlib import Path

from workflow.machine import Engine


def test_every_event_has_a_test_by_its_name(engine: Engine) -> None:
    written = {
        node.name
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    rows = [*engine.procedure.events, "lapse"]
    without = [row for row in rows if not any(name.startswith(f"test_{row}_") for name in written)]
    assert without == []
