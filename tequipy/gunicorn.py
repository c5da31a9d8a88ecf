"""Gunicorn's configuration; every value can be set in the environment."""

import os

from pythonjsonlogger.json import JsonFormatter

wsgi_app = "tequipy.wsgi"
bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Below the 30 s that orchestrators wait before they kill.
graceful_timeout = 25
timeout = 60
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
header_map = "drop"
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
limit_request_line = 4094
raw_env = ["DATABASE_POOL=true"]


class AccessFormatter(JsonFormatter):
    """One JSON object a line, without query strings: they may hold tokens."""

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


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "access": {"()": AccessFormatter, "timestamp": True},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(levelname)s %(name)s %(message)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": True,
        },
    },
    "handlers": {
        "access": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "access",
        },
        "json": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        },
    },
    "loggers": {
        "gunicorn.access": {
            "handlers": ["access"],
            "level": "INFO",
            "propagate": False,
        },
        "gunicorn.error": {"handlers": ["json"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["json"], "level": "INFO"},
}
accesslog = "-"
