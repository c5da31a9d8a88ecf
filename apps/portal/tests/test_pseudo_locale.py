"""No page writes a text past gettext."""

from __future__ import annotations

import re

import pytest

from apps.core.tests.pseudo import bypasses, data, pseudo_locale
from apps.returns import links

from .test_other_company import PAGES
from .test_titles import leave, twins

__all__ = ["twins"]
pytestmark = pytest.mark.django_db


def text_of(page) -> str:
    if page.status_code != 200 or "html" not in page["Content-Type"]:
        return ""
    return page.text


@pytest.mark.full
def test_admin_pages(anna, twins, client_of):
    client, found = client_of(anna), {}
    known = data()
    with pseudo_locale():
        for path, names in PAGES:
            if len(names) > 1:
                continue
            pks = [pair[0].pk for pair in twins] if names else [None]
            for pk in pks:
                url = "/" + re.sub(r"<[^>]+>", str(pk), path)
                if past := bypasses(text_of(client.get(url)), known):
                    found[url] = past
    assert found == {}


def test_pages_of_warehouse_employee_leaver_and_visitor(
    shelf, wanda, emil, laptop, client, client_of
):
    ret = leave(emil, laptop)
    known, found = data(), {}
    link = links.url(ret).partition("testserver")[2] or links.url(ret)
    with pseudo_locale():
        for who, paths in (
            (client_of(wanda), ["/", "/receive/?code=C02XL0AAA", "/returns/"]),
            (client_of(emil), ["/", "/returns/", ret.get_absolute_url()]),
            (client, [link, "/accounts/login/", "/accounts/password/reset/"]),
        ):
            for path in paths:
                if past := bypasses(text_of(who.get(path)), known):
                    found[path] = past
    assert found == {}
