from celery import shared_task

from .metrics import business


@shared_task
def compute_metrics() -> None:
    business.compute()
