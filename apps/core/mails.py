"""How the text of a mail is written: the first line of its template is the subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string


def subject_and_body(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    text = render_to_string(template, dict(context))
    subject, _blank, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"
