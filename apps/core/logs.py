"""How a log line looks: one JSON object, without anybody's key."""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from .secret_paths import mask, without_queries


class JsonLines(JsonFormatter):
    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        # Django adds the request, told with its query string.
        log_data.pop("request", None)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Of addresses, told by whomever, no query string stands in a line."""
        told = super().process_log_record(log_data)
        return {
            name: without_queries(value) if isinstance(value, str) else value
            for name, value in told.items()
        }

    def format(self, record: logging.LogRecord) -> str:
        """Masked as a whole: a path may stand in a message, a field or a traceback."""
        return mask(super().format(record), hidden=r"\u2026")
