"""How Gunicorn's access log looks."""

from apps.core.logs import JsonLines


class AccessFormatter(JsonLines):
    """Without query strings: they may hold tokens."""

    def add_fields(self, log_data, record, message_dict):
        super().add_fields(log_data, record, message_dict)
        atoms = record.args if isinstance(record.args, dict) else {}
        log_data.pop("message", None)
        log_data.update(
            level=record.levelname,
            logger=record.name,
            message="request",
            method=atoms.get("m"),
            path=atoms.get("U"),
            status=atoms.get("s"),
            bytes=atoms.get("B"),
            duration_us=int(atoms.get("D", 0)),
            client=atoms.get("h"),
            correlation_id=atoms.get("{x-correlation-id}o", ""),
        )
