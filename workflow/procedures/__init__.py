"""Procedures as data: one YAML file a licensing regime, and the loader that checks it."""

from workflow.procedures.diagram import mermaid
from workflow.procedures.loader import (
    Procedures,
    load,
    load_all,
    load_packaged,
    load_served,
    parse,
)
from workflow.procedures.source import Problem, ProcedureError
from workflow.procedures.svg import svg

__all__ = [
    "Problem",
    "ProcedureError",
    "Procedures",
    "load",
    "load_all",
    "load_packaged",
    "load_served",
    "mermaid",
    "parse",
    "svg",
]
