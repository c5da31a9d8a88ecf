"""No verb writes words of a language into a table: a whole company's history is played
in a language that marks them."""

from __future__ import annotations

import pytest
from django.test import override_settings

from apps.conftest import ensure_reference_data
from apps.core.tests.pseudo import pseudo_locale, stored
from apps.ops.demo import loading

# Letters, as they were sent.
LETTERS = {"notifications_message.subject", "notifications_message.body"}


@pytest.mark.django_db
@pytest.mark.full
def test_a_whole_history_keeps_no_word_of_a_language():
    with override_settings(DEBUG=True):
        ensure_reference_data()
        with pseudo_locale():
            assert loading.load()
    kept = stored()
    assert {name: text for name, text in kept.items() if name not in LETTERS} == {}
