"""The JSON Schema of procedure files, for editors; generated from the parser's own shapes.

`python -m workflow.procedures.schema` writes `procedure.schema.json` anew.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from workflow.procedures.format import ProcedureFile

SCHEMA_FILE = Path(__file__).with_name("procedure.schema.json")


class Closed(GenerateJsonSchema):
    """Mappings whose keys have a pattern take no other keys, as the parser does."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        generated = super().dict_schema(schema)
        return {**generated, "additionalProperties": False}


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of a procedure file."""
    generated = ProcedureFile.model_json_schema(schema_generator=Closed)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}


def written() -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(written(), encoding="utf-8")
