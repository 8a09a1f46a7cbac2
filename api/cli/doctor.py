"""`doctor`: what is wrong with a set-up, what that means, and what to do."""

import asyncio
from typing import TYPE_CHECKING

import typer

from api.cli.log import Place
from api.cli.options import Look, command
from api.stop import NO

if TYPE_CHECKING:
    from api.doctor.finding import Finding


@command
def doctor(place: Place, look: Look) -> None:
    """Look at the set-up of a service, running or not, and explain what is wrong with it.

    Nothing is changed. Exit 1: something is wrong.
    """
    from api.cli.diagnoses import told  # noqa: PLC0415
    from api.cli.output import Output  # noqa: PLC0415
    from api.doctor.finding import Level  # noqa: PLC0415

    output, findings = Output(look), _findings(place)
    for finding in findings:
        said, advice = (output.label(one._asdict()) for one in told(finding))
        if not output.json:
            output.line(f"{output.words(finding.level)}  {said}")
            if finding.level is not Level.WELL:
                output.line(f"    {advice}")
    worst = [one for one in findings if one.level is Level.WRONG]
    if output.json:
        output.write({"ok": not worst, "findings": [_document(one) for one in findings]})
    output.say("doctor-found", wrong=len(worst), looked=len(findings))
    if worst:
        raise typer.Exit(NO)


def _findings(place: Place) -> "list[Finding]":
    """What is found; settings with which nothing can be looked at are a finding too."""
    from api.doctor.examination import examine  # noqa: PLC0415
    from api.doctor.finding import wrong  # noqa: PLC0415
    from api.settings import Unfit  # noqa: PLC0415

    try:
        settings = place.settings()
    except Unfit as unfit:
        return [wrong("setting-unfit", why=unfit)]
    return asyncio.run(examine(settings))


def _document(finding: "Finding") -> dict[str, object]:
    from api.cli.diagnoses import told  # noqa: PLC0415

    said, advice = told(finding)
    return {
        "name": finding.name,
        "level": finding.level,
        "found": said._asdict(),
        "advice": advice._asdict(),
        "values": finding.values,
    }
