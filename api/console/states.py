"""The states that may be chosen from, whatever the procedure."""

from collections import Counter
from collections.abc import Sequence

from api.console.naming import Names


def offered(regimes: Sequence[Names], several: str) -> dict[str, dict[str, str]]:
    """The states of each procedure by code, under its title, which is said with a name that others
    have as well. A code that several procedures have is one choice, which finds the applications
    of all of them: it stands under `several`.
    """
    states = [(one, code) for one in regimes for code in one.procedure.live_states]
    named = {(one.state(code), code) for one, code in states}
    codes = Counter(code for _, code in states)
    alike = Counter(name for name, _ in named)
    found: dict[str, dict[str, str]] = {one.title: {} for one in regimes}
    found[several] = {}
    for names, code in states:
        name, group = names.state(code), names.title if codes[code] == 1 else several
        found[group][code] = f"{name} · {group}" if alike[name] > 1 else name
    return {title: some for title, some in found.items() if some}
