"""What a procedure calls its parts, in the language of the output; codes are for programs."""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from api.cli.output import Output
from api.schemas import ProcedureOut


class Names:
    """The names of one procedure version. What it does not know is called by its code."""

    def __init__(self, output: Output, rules: ProcedureOut) -> None:
        self._output, self._rules = output, rules

    @property
    def zone(self) -> tzinfo:
        """The zone in which the procedure's days are counted; UTC where it is not told."""
        name = getattr(self._rules, "time_zone", None)
        return ZoneInfo(name) if isinstance(name, str) else UTC

    def state(self, state: str | None) -> str:
        """A state."""
        return self._named(self._rules.states, state, "label")

    def event(self, kind: str) -> str:
        """What an event type is called; the creation stands beside the events of a procedure."""
        if kind == "create" and kind not in self._rules.events:
            return self._output.words("creation")
        return self._named(self._rules.events, kind, "label")

    def body(self, who: str | None) -> str:
        """Whose act it is, in short."""
        if who == "buyer":
            return self._output.words("buyer")
        return self._named(self._rules.authorities, who, "short")

    def bodies(self, those: Iterable[str]) -> str:
        """Several of them."""
        return ", ".join(map(self.body, those))

    def gate(self, gate: str) -> str:
        """A gate."""
        gates = getattr(self._rules, "gates", None) or {}
        return self._output.label(gates[gate]) if gate in gates else gate

    def coded(self, state: str | None) -> str:
        """A state with the code that commands are given."""
        name = self.state(state)
        return name if name == (state or "") else f"{name} ({state})"

    def _named(self, parts: dict[str, Any], code: str | None, field: str) -> str:
        part = parts.get(code or "")
        return self._output.label(part[field]) if part else code or ""
