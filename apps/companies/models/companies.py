"""Customers, and the countries they are in."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import languages
from apps.core.actor import Permission
from apps.core.ids import uuid7
from apps.core.money import check_code
from apps.core.tenancy import TenantQuerySet


def check_time_zone(value: str) -> None:
    # localtime and its like mean something else on every machine.
    is_place = "/" in value or value == "UTC"
    if not is_place or value not in available_timezones():
        raise ValidationError(_("Use a name such as Europe/Warsaw."))


def _working_days() -> list[int]:
    return [1, 2, 3, 4, 5]


class Country(models.Model):
    """A country Tequipy works in."""

    code = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, validators=[check_code])
    time_zone = models.CharField(max_length=64, validators=[check_time_zone])
    allows_sellback = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return languages.country_name(self.code, self.name)


class CompanyQuerySet(TenantQuerySet["Company"]):
    reads = Permission.COMPANY_READ
    tenant = "id"


class Company(models.Model):
    """A tenant: a customer, or the platform that runs this installation."""

    class Kind(models.TextChoices):
        CUSTOMER = "CUSTOMER", _("Customer")
        PLATFORM = "PLATFORM", _("Platform")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.CUSTOMER)
    name = models.CharField(max_length=128)
    slug = models.SlugField(unique=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(
        max_length=64, default="Europe/Warsaw", validators=[check_time_zone]
    )
    currency = models.CharField(max_length=3, default="EUR", validators=[check_code])
    language = models.CharField(
        _("language"),
        max_length=languages.LENGTH,
        choices=languages.choices,
        default="en",
        db_default="en",
        help_text=_("Of pages and mails of all who have chosen none of their own."),
    )
    video_url = models.CharField(
        _("welcome video"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[URLValidator(["https", "http"])],
    )
    # When a return's mails leave (design, section 5).
    first_contact_days_before = models.PositiveSmallIntegerField(default=7)
    first_reminder_days = models.PositiveSmallIntegerField(default=3)
    second_reminder_days = models.PositiveSmallIntegerField(default=6)
    not_responding_days = models.PositiveSmallIntegerField(default=9)
    mail_always = models.BooleanField(
        _("send mails at any hour"),
        default=False,
        help_text=_("Otherwise planned mails leave on working days after the hour."),
    )
    mail_from = models.TimeField(default=time(9))
    mail_until = models.TimeField(default=time(18))
    mail_weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        default=_working_days,
        help_text=_("ISO weekdays: 1 is Monday."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind="PLATFORM"),
                name="company_one_platform",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    first_reminder_days__lt=models.F("second_reminder_days"),
                    second_reminder_days__lt=models.F("not_responding_days"),
                ),
                name="company_reminders_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(mail_from__lt=models.F("mail_until"))
                & models.Q(mail_weekdays__len__gt=0),
                name="company_mail_window_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_platform(self) -> bool:
        return self.kind == self.Kind.PLATFORM

    def today(self, at: datetime | None = None) -> date:
        """Now, or at that moment, as its people have it."""
        return timezone.localdate(at, ZoneInfo(self.time_zone))
