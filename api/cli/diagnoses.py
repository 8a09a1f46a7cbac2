"""What a finding of `doctor` says, with its values, in both languages."""

import re

from api.cli.diagnosis_texts import DIAGNOSES, Diagnosis
from api.cli.faults import filled
from api.cli.server_texts import SERVER
from api.doctor.finding import Finding
from api.reasons import in_both
from workflow.domain.procedure import Label


def told(finding: Finding) -> Diagnosis:
    """What a finding says and advises."""
    diagnosis = DIAGNOSES[finding.name]
    values: dict[str, object] = {name: in_both(text) for name, text in finding.values.items()}
    if finding.name == "server":
        return Diagnosis(filled(diagnosis.found, values), _of_server(finding))
    return Diagnosis(filled(diagnosis.found, values), filled(diagnosis.advice, values))


def _of_server(finding: Finding) -> Label:
    """The advice of the server's check; its commands are the same in every language."""
    remedy, check = finding.values["remedy"], finding.values["check"]
    commands = "；".join(re.findall(r"redis-cli [A-Z][^.,]*", remedy))
    general = SERVER.get(check, "请按如下方式更改服务器的设置。")
    return Label(f"{remedy}.", f"{general}{commands}" if check not in SERVER else general)
