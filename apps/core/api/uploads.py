"""Files in requests: as the part `file` of a form, or as the whole body with their name
in the query string."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from . import fields
from .json import OnlyJson
from .problems import TooLarge

_CHUNK = 64 * 1024
# As the schema has a file, for generators of clients, too.
BYTES = {"type": "string", "format": "binary"}


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
    """Beyond `most` bytes nothing is read; what a thing takes, its verb says. The query
    string stands for the other parts of the form."""

    media_type = "application/octet-stream"
    most = 25 * 1024 * 1024

    def parse(
        self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None
    ) -> DataAndFiles:
        # On disk, as parts of forms are.
        file = TemporaryUploadedFile("body", str(media_type or ""), 0, None)
        while chunk := stream.read(_CHUNK):
            if file.tell() + len(chunk) > self.most:
                raise TooLarge(self.most)
            file.write(chunk)
        file.size = file.tell()
        file.seek(0)
        request = parser_context["request"]
        said = QueryDict(mutable=True)
        said.update(request.query_params.dict())
        files = MultiValueDict({"file": [file]})
        request._request._files = files  # closed with it, as parts of forms are
        return DataAndFiles(said, files)


class AsFile(OnlyJson):
    """Takes a form or anything else, and answers JSON."""

    def select_parser(self, request: Any, parsers: list[Any]) -> BaseParser:
        is_form = (request.content_type or "").startswith("multipart/form-data")
        return parsers[0] if is_form else parsers[1]


PARSERS = [MultiPartParser, WholeBody]
