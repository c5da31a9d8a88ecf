"""How the text of a mail is written: the first line of its template is the subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation


def subject_and_body(
    template: str, context: Mapping[str, Any], *, language: str
) -> tuple[str, str]:
    """In the language of who gets it, whatever the caller's thread speaks."""
    with translation.override(language):
        text = render_to_string(template, dict(context))
    subject, _blank, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"
