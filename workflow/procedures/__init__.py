"""Procedures as data: one YAML file a licensing regime, and the loader that checks it."""

from workflow.procedures.diagram import mermaid
from workflow.procedures.loader import (
    Procedures,
    Written,
    load,
    load_all,
    load_packaged,
    load_served,
    load_written,
    parse,
    served,
)
from workflow.procedures.source import Problem, ProcedureError
from workflow.procedures.svg import svg

__all__ = [
    "Problem",
    "ProcedureError",
    "Procedures",
    "Written",
    "load",
    "load_all",
    "load_packaged",
    "load_served",
    "load_written",
    "mermaid",
    "parse",
    "served",
    "svg",
]
