"""The dossier of one application: everything about it on paper, in both languages."""

from api.dossier.contents import Seal, dossier
from api.dossier.timeline import Timeline
from api.dossier.typesetting import Overloaded, Typesetter

__all__ = ["Overloaded", "Seal", "Timeline", "Typesetter", "dossier"]
