from types import SimpleNamespace

from celery import signals
from django.utils import translation

from tequipy import celery


def begin(*, is_eager: bool) -> None:
    task = SimpleNamespace(request=SimpleNamespace(is_eager=is_eager))
    signals.task_prerun.send(sender=None, task=task, task_id="1")


def test_a_task_begins_in_the_installation_s_language():
    assert celery.app
    with translation.override("de"):
        begin(is_eager=False)
        assert translation.get_language() == "en"


def test_a_task_that_runs_inside_a_page_leaves_its_language():
    with translation.override("de"):
        begin(is_eager=True)
        assert translation.get_language() == "de"
