"""When the mails of a return leave. Pure: times in, times out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.companies.models import Company

_ONE_DAY = timedelta(days=1)


def first_contact(
    company: Company, last_working_on: date, wanted: datetime | None
) -> datetime:
    """Of an offboarding: the wanted time, else so many days before the last day."""
    if wanted is not None:
        return wanted
    day = last_working_on - timedelta(days=company.first_contact_days_before)
    return datetime.combine(day, company.mail_from, ZoneInfo(company.time_zone))


def in_window(moment: datetime, company: Company, zone: ZoneInfo) -> datetime:
    """The first time at or after `moment` when planned mails may leave: on working
    days, inside the company's hours, where the recipient lives."""
    if company.mail_always:
        return moment
    local = moment.astimezone(zone)
    opens = local.replace(
        hour=company.mail_from.hour,
        minute=company.mail_from.minute,
        second=0,
        microsecond=0,
    )
    if local.time() < company.mail_from:
        local = opens
    elif local.time() >= company.mail_until:
        local = opens + _ONE_DAY
    while local.isoweekday() not in company.mail_weekdays:
        local = _morning_after(local, company, zone)
    return local.astimezone(moment.tzinfo)


def _morning_after(local: datetime, company: Company, zone: ZoneInfo) -> datetime:
    return datetime.combine(local.date() + _ONE_DAY, company.mail_from, zone)


def after_step(
    company: Company,
    zone: ZoneInfo,
    *,
    contacted_at: datetime,
    step: int,
    now: datetime,
) -> datetime | None:
    """When the step after `step` is due: 0 the first mail, 1 and 2 the reminders, 3
    nobody answers; None after the last. Never two on one day, after an outage too."""
    days = {
        0: company.first_reminder_days,
        1: company.second_reminder_days,
        2: company.not_responding_days,
    }.get(step)
    if days is None:
        return None
    due = max(contacted_at + timedelta(days=days), now + _ONE_DAY if step else now)
    return in_window(due, company, zone) if step < 2 else due


def day_starts(day: date, company: Company) -> datetime:
    """Midnight of that day in the company's time zone."""
    return datetime.combine(day, time(0), ZoneInfo(company.time_zone))
