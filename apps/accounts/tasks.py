from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.core.actor import SYSTEM

from . import api_sessions, kept_answers, resets, services, sign_in_address
from .models import User
from .states import UserState

BATCH = 500  # due joiners of one tick; the next tick takes the rest


@shared_task
def activate_due() -> None:
    """People whose start date has come, where they work, become ACTIVE."""
    somewhere = timezone.now().date() + timedelta(days=1)  # it has begun in UTC+14
    due = User.objects.filter(state=UserState.CREATED, start_on__lte=somewhere)
    for user in due.select_related("company").order_by("start_on")[:BATCH]:
        if user.start_on is not None and user.start_on <= user.company.today():
            services.activate(user, actor=SYSTEM)


@shared_task
def change_addresses() -> None:
    """Mails of changes just asked for; changes whose seven days are over."""
    sign_in_address.send_due()
    sign_in_address.settle_due()


@shared_task
def send_resets() -> None:
    """The mails that set a new password."""
    resets.send_due()


@shared_task
def forget_api_sessions() -> None:
    api_sessions.forget_old()


@shared_task
def forget_kept_answers() -> None:
    kept_answers.forget_old()
