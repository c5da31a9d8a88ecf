from celery import shared_task

from .services import attachments


@shared_task
def erase_removed_files() -> None:
    attachments.erase_removed_files()
