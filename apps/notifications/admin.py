from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, verb_action
from apps.core.actor import Permission

from . import services
from .models import Message


@admin.register(Message)
class MessageAdmin(VerbAdmin):
    list_display = ["title", "recipient", "company", "state", "attempts", "sent_at"]
    list_select_related = ["company"]
    list_filter = ["state", "event_type"]
    search_fields = ["message_id__exact"]
    ordering = ["-id"]
    exclude = ["body"]
    readonly_fields = ["shown_body"]
    actions = ["retry"]

    @admin.display(description=_("Body"))
    def shown_body(self, mail: Message) -> str:
        return mail.shown_body

    @verb_action(Permission.MAILS_RETRY, _("Send again"))
    def retry(
        self, request: HttpRequest, queryset: QuerySet[Message]
    ) -> HttpResponse | None:
        told = _("Each leaves again within seconds, under its old Message-ID.")
        return self.run(request, queryset, services.retry, told=told)
