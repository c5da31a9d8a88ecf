from celery import shared_task

from . import row_counts


@shared_task
def compact_row_counts() -> None:
    row_counts.compact()
