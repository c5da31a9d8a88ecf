"""Every variable of the environment, once: processes check it at their start, and
`manage.py environment_table` writes docs/environment.md and .env.example from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tequipy import kinds
from tequipy.kinds import Kind


@dataclass(frozen=True)
class Variable:
    """`default` is what the kind reads where nothing is set; `otherwise` tells people
    of one that is made of other values. `example` stands in .env.example."""

    name: str
    kind: Kind
    meaning: str
    default: str = ""
    otherwise: str = ""
    example: str = ""
    is_required: bool = False
    is_secret: bool = False
    # NAME_FILE names a file that holds the value. AWS's and Compose's own readers,
    # and the entrypoint's shell, know nothing of that.
    may_be_file: bool = True


_CHANGE_ME = "dev-secret-change-in-production"
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_APPLICATION = [
    Variable("DEBUG", kinds.FLAG, "`true` only on a laptop", "false", example="true"),
    Variable(
        "DATABASE_URL",
        kinds.POSTGRES,
        "PostgreSQL 15 or newer, the application's role; in a password signs such as "
        "`/`, `#` and `@` are percent-encoded",
        example="postgresql://tequipy:tequipy@postgres:5432/tequipy",
        is_required=True,
        is_secret=True,
    ),
    Variable(
        "MIGRATION_DATABASE_URL",
        kinds.POSTGRES,
        "the owner's role; used by `migrate` and the backups alone",
        otherwise="DATABASE_URL",
        is_secret=True,
    ),
    Variable(
        "REDIS_URL",
        kinds.REDIS,
        "broker, cache, limits; `rediss://` by TLS",
        example="redis://redis:6379/0",
        is_required=True,
        is_secret=True,
    ),
    Variable(
        "JWT_SECRET_KEY",
        kinds.TEXT,
        "signs API tokens; 32 bytes or more unless DEBUG",
        example=_CHANGE_ME,
        is_required=True,
        is_secret=True,
    ),
    Variable(
        "SECRET_KEY",
        kinds.TEXT,
        "Django's secret: sessions, links in mails",
        otherwise="derived from JWT_SECRET_KEY",
        is_secret=True,
    ),
    Variable(
        "PUBLIC_URL",
        kinds.ORIGIN,
        "where people reach it; every link in a mail begins with it, whatever Host a "
        "request named",
        otherwise="the first of CORS_ORIGINS; with DEBUG http://localhost:8000",
    ),
    Variable(
        "CORS_ORIGINS",
        kinds.ORIGINS,
        "origins whose pages may call `/api/`",
        example='["http://localhost","http://localhost:3000"]',
    ),
    Variable(
        "ALLOWED_HOSTS",
        kinds.HOSTS,
        "further hosts that are answered; the host of PUBLIC_URL always is",
    ),
    Variable(
        "ENABLE_HSTS",
        kinds.FLAG,
        "send `Strict-Transport-Security: max-age=31536000; includeSubDomains`: for a "
        "year browsers reach this host, and all below it, by HTTPS alone",
        "false",
    ),
    Variable(
        "HSTS_PRELOAD",
        kinds.FLAG,
        "send `; preload` with it: only for a whole domain that is to be built into "
        "browsers (hstspreload.org), which takes months to undo",
        "false",
    ),
    Variable(
        "TRUSTED_PROXIES",
        kinds.whole(0, 16),
        "how many proxies of yours stand in front; the client's address is taken from "
        "X-Forwarded-For accordingly",
        "0",
        otherwise="0; compose.yaml 1",
    ),
    Variable(
        "EMAIL_URL",
        kinds.MAIL,
        "the mail server, or a folder",
        otherwise="in the image smtp://localhost:25",
        is_secret=True,
    ),
    Variable("EMAIL_FROM", kinds.ADDRESS, "sender", "Tequipy <hello@tequipy.example>"),
    Variable(
        "STRIPE_PAYMENTS",
        kinds.FLAG,
        "`true`: orders with the payment method STRIPE are taken and wait in "
        "PAYMENT_PENDING until staff note the payment (Django admin, Mark as paid); "
        "else they are refused (422 `stripe_not_configured`)",
        "false",
    ),
    Variable(
        "API_READS_PER_MINUTE",
        kinds.whole(0, 1_000_000),
        "reading requests of one client of the API; 0 is no limit",
        "600",
    ),
    Variable(
        "API_WRITES_PER_MINUTE",
        kinds.whole(0, 1_000_000),
        "the same for requests that change something",
        "300",
    ),
    Variable("LOG_LEVEL", kinds.choice(*_LEVELS), "what is logged", "INFO"),
    Variable(
        "NEXT_PUBLIC_API_URL",
        kinds.TEXT,
        "accepted and ignored: pages and API have one origin",
    ),
]

_PROCESSES = [
    Variable(
        "WEB_WORKERS", kinds.whole(1, 64), "processes of one frontend or backend", "2"
    ),
    Variable(
        "WEB_THREADS",
        kinds.whole(1, 64),
        "requests that one of them serves at once",
        "4",
    ),
    Variable(
        "WORKER_CONCURRENCY",
        kinds.whole(1, 64),
        "tasks of one worker at once",
        "2",
        may_be_file=False,
    ),
    Variable(
        "WORKER_STOP_SECONDS",
        kinds.seconds(0, 180),
        "what a stopped worker gives running tasks",
        "4",
        otherwise="4; in the image 20",
    ),
    Variable(
        "METRICS_PORT",
        kinds.whole(0, 65535),
        "where worker and beat serve metrics; 0 is nowhere",
        "0",
        otherwise="0; in the image 9100",
        may_be_file=False,
    ),
    Variable(
        "METRICS_HOST",
        kinds.TEXT,
        "on which address",
        "0.0.0.0",  # noqa: S104
    ),
]

_FILES = [
    Variable(
        "FILES_URL",
        kinds.STORAGE,
        "uploaded files: a folder that all processes share, or a bucket",
        otherwise="in the image file:///var/lib/tequipy/files",
    ),
    Variable(
        "BACKUP_URL",
        kinds.STORAGE,
        "where backups lie",
        otherwise="var/backups; compose.yaml a volume",
    ),
    Variable(
        "BACKUP_AGE_RECIPIENT",
        kinds.matching("age1[0-9a-z]+|ssh-(ed25519|rsa) .+", "like age1…"),
        "encrypt for this age key",
        otherwise="not encrypted",
    ),
    Variable(
        "BACKUP_AGE_IDENTITY",
        kinds.FOLDER,
        "file with the age identity: needed to restore and to verify, not to back up",
    ),
    Variable(
        "BACKUP_GPG_RECIPIENT",
        kinds.TEXT,
        "encrypt by GPG instead (the image has no gpg; install it)",
    ),
    Variable(
        "BACKUP_WORK_DIR",
        kinds.FOLDER,
        "where fetched parts lie meanwhile: room for twice the backup, on a disk",
        otherwise="the temporary folder",
    ),
    Variable(
        "BACKUP_PG_BIN",
        kinds.FOLDER,
        "folder of pg_dump, pg_restore, psql of the server's major version",
        otherwise="found on PATH",
    ),
    Variable(
        "AWS_ACCESS_KEY_ID",
        kinds.TEXT,
        "S3 and its like, for files and backups",
        otherwise="the machine's role",
        is_secret=True,
        may_be_file=False,
    ),
    Variable(
        "AWS_SECRET_ACCESS_KEY",
        kinds.TEXT,
        "the same",
        otherwise="the machine's role",
        is_secret=True,
        may_be_file=False,
    ),
    Variable(
        "AWS_DEFAULT_REGION",
        kinds.TEXT,
        "the bucket's region",
        otherwise="AWS's own",
        may_be_file=False,
    ),
    Variable(
        "AWS_ENDPOINT_URL_S3",
        kinds.WEB,
        "a service other than AWS's",
        otherwise="AWS's own",
        may_be_file=False,
    ),
    Variable(
        "AWS_REQUEST_CHECKSUM_CALCULATION",
        kinds.choice("when_supported", "when_required"),
        "`when_required` for services that know no newer checksums (older MinIO, Ceph)",
        otherwise="AWS's own",
        may_be_file=False,
    ),
]


# Read by tequipy/alerting.py.
_ALERTS = [
    Variable(
        "ALERT_EMAIL_TO",
        kinds.ADDRESSES,
        "who gets alerts by mail, over EMAIL_URL's server and from EMAIL_FROM",
        otherwise="nobody; in development the mail catcher",
    ),
    Variable(
        "ALERT_WEBHOOK_URL",
        kinds.WEB,
        "gets alerts as JSON (Alertmanager's webhook): a pager, a chat",
        is_secret=True,
    ),
    Variable(
        "PROBE_ADDRESS",
        kinds.matching(
            r"https://[A-Za-z0-9._-]+(:[0-9]{1,5})?/?",
            "like https://app.example.com, without a path",
        ),
        "where the site is asked from outside, for the host of PUBLIC_URL",
        "https://nginx",
    ),
    Variable(
        "PROBE_VERIFY_CERTIFICATE",
        kinds.FLAG,
        "`true`: a certificate that browsers would not trust is an alert, too",
        "false",
    ),
]

_TELEMETRY = [
    Variable(
        "SENTRY_DSN",
        kinds.WEB,
        "where errors are reported; wants the extra `telemetry` (docs/telemetry.md)",
        otherwise="nowhere",
        is_secret=True,
    ),
    Variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        kinds.WEB,
        "where traces are sent by OTLP over HTTP, such as http://collector:4318; the "
        "same extra",
        otherwise="nowhere",
        may_be_file=False,
    ),
    Variable(
        "OTEL_EXPORTER_OTLP_HEADERS",
        kinds.TEXT,
        "what goes with them, such as `api-key=…`",
        is_secret=True,
        may_be_file=False,
    ),
    Variable("TRACES_RATIO", kinds.SHARE, "the share of traces that is sent", "1"),
]

# Compose reads them itself.
_compose = partial(Variable, may_be_file=False)
_COMPOSE = [
    _compose(
        "COMPOSE_FILE",
        kinds.TEXT,
        "`compose.yaml:deploy/compose.production.yaml` for production",
        otherwise="compose.yaml",
    ),
    _compose(
        "COMPOSE_PROFILES",
        kinds.TEXT,
        "`bundled`: PostgreSQL and Redis run on the production machine, too",
    ),
    _compose(
        "TEQUIPY_VERSION",
        kinds.TAG,
        "the images' tag; production does not start without it",
        otherwise="latest, in development",
    ),
    _compose("TEQUIPY_REVISION", kinds.TEXT, "told in the image's labels", "unknown"),
    _compose("TEQUIPY_CREATED", kinds.TEXT, "the same", "unknown"),
    _compose(
        "TEQUIPY_EXTRAS",
        kinds.choice("telemetry"),
        "built into the image, too (docs/telemetry.md)",
    ),
    _compose("FRONTEND_REPLICAS", kinds.whole(0, 64), "of production", "2"),
    _compose("BACKEND_REPLICAS", kinds.whole(0, 64), "of production", "2"),
    _compose("WORKER_REPLICAS", kinds.whole(0, 64), "of production", "2"),
    _compose(
        "CERTIFICATE_HOST",
        kinds.HOSTS,
        "the name in the certificate, the self-signed one and ACME's",
        "localhost",
    ),
    _compose(
        "ACME_EMAIL",
        kinds.ADDRESS,
        "whom the authority warns; with deploy/compose.acme.yaml",
    ),
    _compose(
        "ACME_SERVER",
        kinds.WEB,
        "the authority's directory",
        otherwise="Let's Encrypt",
    ),
    _compose(
        "POSTGRES_PASSWORD",
        kinds.TEXT,
        "of compose.yaml's PostgreSQL; this one and the next three are read at its "
        "first start alone",
        otherwise="postgres, in development",
        is_secret=True,
    ),
    _compose(
        "OWNER_PASSWORD",
        kinds.TEXT,
        "of the role tequipy_owner",
        otherwise="tequipy_owner, in development",
        is_secret=True,
    ),
    _compose(
        "APP_PASSWORD",
        kinds.TEXT,
        "of the role tequipy",
        otherwise="tequipy, in development",
        is_secret=True,
    ),
    _compose(
        "EXPORTER_PASSWORD",
        kinds.TEXT,
        "of the role tequipy_exporter",
        otherwise="tequipy_exporter, in development",
        is_secret=True,
    ),
    _compose(
        "EXPORTER_DATABASE_URL",
        kinds.POSTGRES,
        "what postgres-exporter asks, with its own `sslmode`",
        otherwise="in production DATABASE_URL",
        is_secret=True,
    ),
    _compose(
        "GRAFANA_PASSWORD",
        kinds.TEXT,
        "of Grafana's admin",
        otherwise="admin",
        is_secret=True,
    ),
    _compose(
        "PGADMIN_EMAIL",
        kinds.ADDRESS,
        "who signs in to pgAdmin, in development",
        "admin@example.com",
    ),
    _compose(
        "PGADMIN_PASSWORD", kinds.TEXT, "the same", otherwise="admin", is_secret=True
    ),
]

SET = [
    Variable(
        "BIND",
        kinds.BIND,
        "where Gunicorn listens",
        "127.0.0.1:8000",
        otherwise="in the image 0.0.0.0:3000 and 0.0.0.0:8000",
        may_be_file=False,
    ),
    Variable(
        "FORWARDED_ALLOW_IPS",
        kinds.TEXT,
        "whose X-Forwarded-Proto Gunicorn believes",
        "127.0.0.1",
        may_be_file=False,
    ),
    Variable(
        "STATIC_ROOT",
        kinds.FOLDER,
        "where `collectstatic` puts files",
        otherwise="var/static",
    ),
    Variable(
        "DATABASE_POOL",
        kinds.FLAG,
        "set by Gunicorn: Celery closes a pool after every task",
        "false",
    ),
    Variable(
        "PROMETHEUS_MULTIPROC_DIR",
        kinds.FOLDER,
        "an empty folder for the numbers of several processes",
        otherwise="Gunicorn makes one; in the image /tmp/metrics",
        may_be_file=False,
    ),
    Variable(
        "TEQUIPY_PROCESS",
        kinds.TEXT,
        "`frontend` leaves the `tequipy_*` numbers out; set by the entrypoint",
        may_be_file=False,
    ),
]

GROUPS = {
    "Application": _APPLICATION,
    "Processes": _PROCESSES,
    "Files, object storage and backups": _FILES,
    "Alerts": _ALERTS,
    "Errors and traces": _TELEMETRY,
    # Read by Docker Compose; what stands in .env reaches the processes, too.
    "Docker Compose": _COMPOSE,
    "Set by the image and by the processes": SET,
}
VARIABLES = [variable for group in GROUPS.values() for variable in group]
