"""Files in requests: as the part `file` of a form, or as the whole body with their name
in the query string."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from . import fields
from .json import OnlyJson, TooLarge

# Beyond it nothing is read; what a thing takes, its verb says.
MOST_BYTES = 25 * 1024 * 1024


class Upload(fields.Body):
    file = serializers.FileField(allow_empty_file=True)
    name = fields.Text(
        required=False, max_length=255, help_text="If not as the part is called."
    )


class UploadQuery(fields.Body):
    name = fields.Text(
        required=False, max_length=255, help_text="Of a file that is the whole body."
    )


class WholeBody(BaseParser):
    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None
    ) -> DataAndFiles:
        content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise TooLarge(MOST_BYTES)
        said = QueryDict(mutable=True)
        said["name"] = parser_context["request"].query_params.get("name", "")
        file = SimpleUploadedFile("body", content, str(media_type or ""))
        return DataAndFiles(said, MultiValueDict({"file": [file]}))


class AsFile(OnlyJson):
    """Takes a form or anything else, and answers JSON."""

    def select_parser(self, request: Any, parsers: list[Any]) -> BaseParser:
        is_form = (request.content_type or "").startswith("multipart/form-data")
        return parsers[0] if is_form else parsers[1]


PARSERS = [MultiPartParser, WholeBody]
