"""What people say of a device: added, changed, removed, forgotten."""

from __future__ import annotations

import re

import pytest

from apps.accounts.sessions import actor_of
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory import services
from apps.inventory.models import Comment

pytestmark = pytest.mark.django_db
TEXT = "Deckel klemmt.\nŁukasz schaut es sich an <b>bald</b>."


@pytest.fixture
def olga(acme):
    return make_user(acme, "Olga", role=Role.COMPANY_ADMIN)


def url(asset, *parts):
    return f"/assets/{asset.pk}/comments/" + "".join(f"{part}/" for part in parts)


def hidden(page):
    """What the form that asks posts."""
    return dict(re.findall(r'type="hidden" name="(\w[^"]*)" value="([^"]*)"', page))


def types(asset):
    found = Event.objects.filter(subject_id=asset.pk, type__contains="comment")
    return list(found.order_by("id").values_list("type", flat=True))


def test_it_stands_on_the_page_with_who_said_it(laptop, anna, client_of):
    client = client_of(anna)
    answer = client.post(url(laptop, "add"), {"text": f"  {TEXT}\r\n\0"})
    assert answer["Location"] == f"{laptop.get_absolute_url()}#comments"
    (row,) = Comment.objects.all()
    assert (row.text, row.author_id, row.asset) == (TEXT, anna.pk, laptop)
    page = client.get(url(laptop)).text
    assert "Anna Example" in page
    assert "Łukasz schaut es sich an &lt;b&gt;bald&lt;/b&gt;." in page
    (event,) = Event.objects.filter(type="asset.comment_added")
    assert event.payload["comment_id"] == str(row.pk)
    assert "Deckel" not in str(event.payload)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "no_text"), (" \u200b\n", "no_text"), ("x" * 5001, "too_long")],
)
def test_nothing_or_too_much_is_refused(laptop, anna, text, code):
    with pytest.raises(Invalid) as refused:
        services.comment(laptop, text, actor=actor_of(anna))
    assert (refused.value.code, refused.value.field) == (code, "text")
    assert not Comment.objects.exists()
    assert types(laptop) == []


def test_newest_first_and_older_ones_page_by_page(laptop, anna, client_of):
    for number in range(25):
        services.comment(laptop, f"Remark {number:02}", actor=actor_of(anna))
    client = client_of(anna)
    first = client.get(url(laptop))
    assert first.text.index("Remark 24") < first.text.index("Remark 05")
    assert "Remark 04" not in first.text
    after = first.context["page"].after
    assert "Remark 04" in client.get(url(laptop), {"after": after}).text


def test_it_is_changed_by_who_wrote_it_and_by_admins(laptop, anna, olga, client_of):
    comment = services.comment(laptop, TEXT, actor=actor_of(anna))
    for who, text in ((anna, "First"), (olga, "Second")):
        client = client_of(who)
        assert url(laptop, comment.pk, "edit") in client.get(url(laptop)).text
        client.post(url(laptop, comment.pk, "edit"), {"text": text})
        comment.refresh_from_db()
        assert comment.text == text
        assert comment.edited_at is not None
    assert "changed" in client.get(url(laptop)).text
    services.edit_comment(comment, "Second", actor=actor_of(anna))
    assert types(laptop) == ["asset.comment_added", *["asset.comment_edited"] * 2]


def test_what_somebody_changed_meanwhile_is_not_lost(laptop, anna, olga, client_of):
    comment = services.comment(laptop, TEXT, actor=actor_of(anna))
    shown = comment.version
    services.edit_comment(comment, "Olga's", actor=actor_of(olga))
    answer = client_of(anna).post_bare(
        url(laptop, comment.pk, "edit"), {"text": "Anna's", "as_of": shown}
    )
    assert "changed meanwhile" in answer.text
    assert "Anna&#x27;s" in answer.text
    comment.refresh_from_db()
    assert comment.text == "Olga's"


def test_it_is_removed_with_its_words(laptop, anna, client_of):
    comment = services.comment(laptop, TEXT, actor=actor_of(anna))
    client = client_of(anna)
    path = url(laptop, comment.pk, "remove")
    asked = client.post(path).text
    assert "Deckel klemmt." in asked
    assert Comment.objects.get().text == TEXT
    client.post_bare(path, hidden(asked))
    services.remove_comment(comment, actor=actor_of(anna))
    comment.refresh_from_db()
    assert (comment.text, comment.removed_at is None) == ("", False)
    page = client.get(url(laptop)).text
    assert "This comment was removed." in page
    assert "Deckel" not in page
    with pytest.raises(Conflict) as refused:
        services.edit_comment(comment, "Again", actor=actor_of(anna))
    assert refused.value.code == "comment_removed"
    assert client.get(url(laptop, comment.pk, "edit")).status_code == 404
    assert types(laptop) == ["asset.comment_added", "asset.comment_removed"]


def test_words_that_nobody_saw_are_not_removed(laptop, anna, olga, client_of):
    comment = services.comment(laptop, TEXT, actor=actor_of(olga))
    client, path = client_of(anna), url(laptop, comment.pk, "remove")
    asked = client.post(path).text
    services.edit_comment(comment, "It burns", actor=actor_of(olga))
    for said in (hidden(asked), {"confirmed": "yes"}):
        assert client.post_bare(path, said).status_code == 409
        assert Comment.objects.get().text == "It burns"
    asked = client.post_bare(path, hidden(asked) | {"confirmed": ""}).text
    assert "It burns" in asked
    assert client.post_bare(path, hidden(asked)).status_code == 302
    assert Comment.objects.get().text == ""


def test_a_warehouse_comments_on_what_is_there_and_changes_its_own(
    shelf, wanda, anna, laptop, client_of
):
    here = make_asset(shelf, "HERE-1")
    theirs = services.comment(here, "From the office", actor=actor_of(anna))
    client = client_of(wanda)
    client.post(url(here, "add"), {"text": "Arrived wet"})
    own = Comment.objects.get(text="Arrived wet")
    page = client.get(url(here)).text
    assert "From the office" in page
    assert url(here, own.pk, "edit") in page
    assert url(here, theirs.pk, "edit") not in page
    client.post(url(here, own.pk, "edit"), {"text": "Arrived damp"})
    own.refresh_from_db()
    assert own.text == "Arrived damp"
    with pytest.raises(NotAllowed):
        services.remove_comment(theirs, actor=actor_of(wanda))
    with pytest.raises(NotAllowed):
        services.edit_comment(theirs, "x", actor=actor_of(wanda))
    assert client.post(url(laptop, "add"), {"text": "Not here"}).status_code == 404


def test_for_others_there_is_nothing(laptop, anna, gina, emil, client_of):
    comment = services.comment(laptop, TEXT, actor=actor_of(anna))
    for who in (gina, emil):
        client = client_of(who)
        assert client.get(url(laptop)).status_code == 404
        assert client.get(url(laptop, comment.pk, "edit")).status_code == 404
        assert client.post(url(laptop, "add"), {"text": "x"}).status_code == 404
        for verb in ("edit", "remove"):
            path = url(laptop, comment.pk, verb)
            said = {"text": "x", "confirmed": "yes"}
            assert client.post(path, said).status_code == 404
    # Nor under another device.
    other = make_asset(anna, "OTHER-2")
    path = url(other, comment.pk, "remove")
    assert client_of(anna).post(path).status_code == 404
    comment.refresh_from_db()
    assert comment.text == TEXT
    page = client_of(emil).get(laptop.get_absolute_url()).text
    assert "comments" not in page


def test_who_is_erased_has_said_nothing(laptop, acme, anna):
    former = make_user(acme, "Frida", role=Role.COMPANY_ADMIN)
    services.comment(laptop, "Frida's words", actor=actor_of(former))
    services.comment(laptop, "Anna's words", actor=actor_of(anna))
    assert services.forget(former, actor=SYSTEM) == 1
    assert services.forget(former, actor=SYSTEM) == 0
    said = set(Comment.objects.values_list("text", flat=True))
    assert said == {"", "Anna's words"}
