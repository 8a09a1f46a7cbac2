"""Exports: records and dossiers as files. In the service every one begins in `beginning`; the
command writes its own with the same forms.
"""

from api.exporting.forms import CSV, ENDINGS, JSON, JSONL, OFFERED, PDF, XLSX, Form, form_of

__all__ = ["CSV", "ENDINGS", "JSON", "JSONL", "OFFERED", "PDF", "XLSX", "Form", "form_of"]
