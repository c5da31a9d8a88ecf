"""Somebody leaves: from the admin's click to a graded laptop in storage, in the
browsers of an admin, the leaver and a warehouse worker."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from apps.accounts.models import User
from apps.events import services as events
from apps.notifications.tasks import send_due
from apps.returns import tasks
from apps.returns.models import Return

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def deliver_mails() -> None:
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass
    send_due()


def start_offboarding(admin: Any, person: User) -> None:
    admin.goto("/returns/")
    admin.get_by_role("link", name="Start offboarding").first.click()
    admin.get_by_label("Name, e-mail or employee number").fill(person.first_name)
    admin.locator("#people a", has_text=person.name).click()
    day = timezone.now().date() + timedelta(days=3)
    admin.get_by_label("Last working day").fill(day.isoformat())
    admin.locator("#summary", has_text="1 item is asked back").wait_for()
    admin.wait_for_url(f"**day={day}**")
    admin.reload()
    assert admin.get_by_label("Last working day").input_value() == day.isoformat()
    admin.get_by_role("button", name="Start offboarding").click()
    admin.get_by_role("heading", name=f"Offboarding: {person.name}").wait_for()


def answer(leaver: Any, serial: str) -> None:
    leaver.goto(re.search(r"/returns/leaver/\S+", mail.outbox[-1].body).group())
    leaver.get_by_text(serial).wait_for()
    leaver.get_by_text("Pick-up by a courier").click()
    leaver.get_by_text("No, I have a box").click()
    leaver.get_by_label("Street and number").fill("Inna 7")
    leaver.get_by_role("button", name="Send my answer").click()
    leaver.get_by_role("heading", name="Thank you").wait_for()


def send_parcel(admin: Any, ret: Return) -> None:
    admin.goto(ret.get_absolute_url())
    admin.get_by_role("link", name="Book carrier").first.click()
    admin.get_by_label("Carrier").select_option("DHL")
    admin.get_by_label("Tracking number").fill("00340434161094042557")
    admin.get_by_role("button", name="Book carrier").click()
    admin.get_by_role("button", name="Picked up").click()
    admin.get_by_text("On its way to Poznań shelf").wait_for()


def receive(worker: Any, serial: str) -> None:
    worker.goto("/receive/")
    worker.locator("#scan").fill(serial)
    worker.keyboard.press("Enter")
    worker.get_by_text(serial).first.wait_for()
    worker.locator("label", has_text=re.compile(r"^\s*B\s*$")).first.click()
    worker.get_by_role("button", name="Receive", exact=True).first.click()
    worker.get_by_text("is complete").wait_for()


def test_a_day_chosen_before_the_scripts_are_here_counts(
    window, anna, emil, laptop, shelf
):
    admin, held = window(DESKTOP, anna), []
    admin.route("**/*htmx*.js", lambda route: held.append(route))
    start = f"/returns/new/?kind=OFFBOARDING&user={emil.pk}"
    admin.goto(start, wait_until="commit")
    day = timezone.now().date() + timedelta(days=3)
    admin.get_by_label("Last working day").fill(day.isoformat())
    while not held:
        admin.wait_for_timeout(50)
    for route in held:
        route.continue_()
    admin.wait_for_url(f"**day={day}**")
    admin.locator("#summary", has_text="is asked back").wait_for()
    assert admin.errors == []


def test_offboards_from_click_to_shelf(window, anna, emil, wanda, laptop, shelf):
    admin = window(DESKTOP, anna)
    start_offboarding(admin, emil)
    tasks.advance_due()
    deliver_mails()
    leaver = window(PHONE)
    answer(leaver, laptop.serial_number)
    ret = Return.objects.get()
    assert (ret.state, ret.street) == ("READY_FOR_PICKUP", "Inna 7")
    send_parcel(admin, ret)
    worker = window(PHONE, wanda)
    receive(worker, laptop.serial_number)
    for thing in (ret, laptop, emil):
        thing.refresh_from_db()
    assert (ret.state, emil.state) == ("COMPLETED", "OFFBOARDED")
    assert (laptop.state, laptop.address, laptop.grade) == ("STORAGE", shelf, "B")
    leaver.reload()
    leaver.get_by_role("heading", name="Everything is settled").wait_for()
    assert [page.errors for page in (admin, leaver, worker)] == [[], [], []]
