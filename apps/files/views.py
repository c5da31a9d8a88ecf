from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import links


@require_safe
@never_cache
def download(request: HttpRequest, token: str) -> FileResponse:
    """The file of a signed link, to be saved: nothing of it is shown in our origin."""
    file = links.open_link(token)
    if file is None:
        raise Http404
    try:
        stream = default_storage.open(file.key)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        stream,
        as_attachment=True,
        filename=file.name,
        content_type=file.content_type or "application/octet-stream",
    )
