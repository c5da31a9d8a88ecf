import logging

from celery import shared_task

from . import services
from .subscribers import subscribers

logger = logging.getLogger(__name__)


@shared_task
def seal() -> None:
    """Seals what is there, then tells every subscriber."""
    while services.seal() == services.SEAL_BATCH:
        pass
    for name in subscribers:
        deliver.delay(name)


@shared_task
def deliver(name: str) -> None:
    while services.deliver(name) == services.DELIVER_BATCH:
        pass
    services.retry_failed(name)


@shared_task
def log_head() -> None:
    """The head hash, kept outside the database: a rewritten chain shows."""
    position, digest = services.head()
    logger.info("event chain head", extra={"position": position, "hash": digest})
