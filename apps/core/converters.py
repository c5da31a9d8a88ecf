"""Parts of addresses."""

from django.urls.converters import StringConverter


class Anything(StringConverter):
    """Also nothing, slashes and line breaks."""

    regex = r"[\s\S]*"
