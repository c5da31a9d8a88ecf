"""One settings file; every value comes from the environment (docs/operations.md)."""

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_headers
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
environ.Env.read_env(BASE_DIR / ".env")
if not {"DATABASE_URL", "DATABASE_URL_FILE"} & set(os.environ):
    # Written by `make demo`, so that manage.py finds the running demo.
    environ.Env.read_env(VAR_DIR / "stack.env")
env = environ.FileAwareEnv()


def _required(name: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: start `make demo`, or set it in the environment."
        )
    return value


def _bool(name: str) -> bool:
    value = env.str(name, default="false").strip().lower()
    if value not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name}={value} is neither true nor false.")
    return value in {"true", "1", "yes", "on"}


def _number(name: str, default: float) -> float:
    text = env.str(name, default=str(default)).strip()
    try:
        return float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text} is no number.") from None


def _whole(name: str, default: int) -> int:
    text = env.str(name, default=str(default)).strip()
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ImproperlyConfigured(f"{name}={text} is no whole number.")
    return int(text)


def _origins(name: str) -> list[str]:
    """A JSON list, or comma separated; each scheme://host[:port]."""
    text = env.str(name, default="").strip()
    try:
        values = json.loads(text) if text.startswith("[") else text.split(",")
    except ValueError:
        raise ImproperlyConfigured(
            f'{name} is no JSON list: write {name}=["https://app.example.com"].'
        ) from None
    origins = [str(value).strip().rstrip("/") for value in values if str(value).strip()]
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
            raise ImproperlyConfigured(
                f"{name}: {origin!r} is no origin such as https://app.example.com."
            )
    return origins


DEBUG = _bool("DEBUG")
JWT_SECRET_KEY = _required("JWT_SECRET_KEY")
if not DEBUG and len(JWT_SECRET_KEY.encode()) < 32:
    raise ImproperlyConfigured(
        "JWT_SECRET_KEY is shorter than 32 bytes: set a longer random value."
    )
SECRET_KEY = env.str("SECRET_KEY", default="") or (
    "derived-" + hashlib.sha256(f"django:{JWT_SECRET_KEY}".encode()).hexdigest()
)
CORS_ORIGINS = _origins("CORS_ORIGINS")
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/") or (
    # In production the first origin that may call us is where people find us.
    CORS_ORIGINS[0] if CORS_ORIGINS and not DEBUG else "http://localhost:8000"
)
_public_host = urlsplit(PUBLIC_URL).hostname
if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not _public_host:
    raise ImproperlyConfigured("PUBLIC_URL must be like https://app.example.com.")
# Who may call /api/ from a browser (CORS_ORIGINS) is not where we are found.
ALLOWED_HOSTS = [
    _public_host,
    *(host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()),
]
if DEBUG:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Orders that are paid by card are taken, and wait until staff note the payment.
STRIPE_PAYMENTS = _bool("STRIPE_PAYMENTS")

# --- Applications -----------------------------------------------------------

INSTALLED_APPS = [
    "apps.core",
    "apps.events",
    "apps.companies",
    "apps.files",
    "apps.accounts",
    "apps.catalog",
    "apps.shipping",
    "apps.inventory",
    "apps.orders",
    "apps.returns",
    "apps.redeployments",
    "apps.people",
    "apps.invoicing",
    "apps.notifications",
    "apps.imports",
    "apps.portal",
    "apps.ops",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "corsheaders",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "tequipy.operations.OperationMiddleware",
    "apps.ops.metrics.http.HttpMetricsMiddleware",
    "apps.core.middleware.CorrelationIdMiddleware",
    "apps.core.middleware.LanguageMiddleware",
    "apps.ops.health.AnyHostMiddleware",
    "apps.core.middleware.PublicUrlMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.core.middleware.SecretPathMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.accounts.middleware.MemberMiddleware",
    "apps.core.middleware.DomainErrorMiddleware",
    "apps.events.middleware.ChangedMeanwhileMiddleware",  # before it, of exceptions
]
ROOT_URLCONF = "tequipy.urls"
WSGI_APPLICATION = "tequipy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "apps.portal.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database, Redis --------------------------------------------------------

# The owner's role is used by migrate alone (design: the application may not alter
# or delete events).
_is_migrating = sys.argv[1:2] == ["migrate"]
_database_url = _required("DATABASE_URL")
if _is_migrating:
    _database_url = env.str("MIGRATION_DATABASE_URL", default="") or _database_url
try:
    DATABASES = {"default": env.db_url_config(_database_url)}
except ValueError:  # a port that is no number
    DATABASES = {"default": {}}
if (
    DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql"
    or not DATABASES["default"]["NAME"]
):
    raise ImproperlyConfigured(
        "DATABASE_URL must be like postgresql://user:password@host:5432/database."
    )
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A machine that dies says no goodbye. 40 s later its session is over, with every lock,
# and a client of a dead server knows; both would wait two hours by themselves.
_database_options = {
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,
    "options": "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 "
    "-c tcp_keepalives_count=4 -c tcp_user_timeout=40000",
    **DATABASES["default"].get("OPTIONS", {}),
}
DATABASES["default"]["OPTIONS"] = _database_options
WEB_THREADS = int(_number("WEB_THREADS", 4))
if _bool("DATABASE_POOL"):
    # Set by the Gunicorn processes only: Celery closes a pool after every task.
    from tequipy.database.connection import BoundedConnection

    DATABASES["default"]["ENGINE"] = "tequipy.database"
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    _database_options["connect_timeout"] = 3
    # What the API asks at every request is planned once for each connection.
    _database_options["prepare_threshold"] = 3
    # Nothing a page does may take longer; tasks have no such limit.
    _database_options["options"] += " -c statement_timeout=7000"
    _database_options["pool"] = {
        "connection_class": BoundedConnection,
        "min_size": 2,
        "max_size": WEB_THREADS + 1,
        "timeout": 2,
        "max_lifetime": 1800,
        "max_idle": 300,
        # Who gave up connects anew when a request comes; one that goes on trying does
        # so ever more rarely, and would keep its place in the pool for minutes.
        "reconnect_timeout": 2,
    }
REDIS_URL = _required("REDIS_URL")
if urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must be like redis://host:6379/0.")
CACHES = {
    "default": {
        "BACKEND": "tequipy.cache.ResilientCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tequipy",
        # It answers within a millisecond. Who hangs is left alone (tequipy.breaker).
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},
    }
}

# --- Celery -----------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task; a killed worker's tasks return within it.
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 15,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A request never waits for a broker that is away: beat finds the work.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A stopped worker gives running tasks so long; then they go back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = _number("WORKER_STOP_SECONDS", 4)
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_RESULT_EXPIRES = None
CELERY_BEAT_SCHEDULER = "tequipy.beat.LockedDatabaseScheduler"
# expire_seconds keeps ticks from piling up while no worker runs.
CELERY_BEAT_SCHEDULE = {
    "seal-events": {
        "task": "apps.events.tasks.seal",
        "schedule": 10.0,
        "options": {"expire_seconds": 10},
    },
    "log-head-hash": {
        "task": "apps.events.tasks.log_head",
        "schedule": 86400.0,
        "options": {"expire_seconds": 3600},
    },
    "advance-returns": {
        "task": "apps.returns.tasks.advance_due",
        "schedule": 10.0,
        "options": {"expire_seconds": 10},
    },
    "mark-invoices-overdue": {
        "task": "apps.invoicing.tasks.mark_overdue",
        "schedule": 300.0,
        "options": {"expire_seconds": 300},
    },
    "send-mails": {
        "task": "apps.notifications.tasks.send_due",
        "schedule": 5.0,
        "options": {"expire_seconds": 5},
    },
    "change-addresses": {
        "task": "apps.accounts.tasks.change_addresses",
        "schedule": 5.0,
        "options": {"expire_seconds": 5},
    },
    "send-resets": {
        "task": "apps.accounts.tasks.send_resets",
        "schedule": 5.0,
        "options": {"expire_seconds": 5},
    },
    "forget-api-sessions": {
        "task": "apps.accounts.tasks.forget_api_sessions",
        "schedule": 86400.0,
        "options": {"expire_seconds": 3600},
    },
    "erase-removed-files": {
        "task": "apps.inventory.tasks.erase_removed_files",
        "schedule": 300.0,
        "options": {"expire_seconds": 300},
    },
    "compact-row-counts": {
        "task": "apps.companies.tasks.compact_row_counts",
        "schedule": 60.0,
        "options": {"expire_seconds": 60},
    },
    "forget-kept-answers": {
        "task": "apps.accounts.tasks.forget_kept_answers",
        "schedule": 900.0,
        "options": {"expire_seconds": 900},
    },
    "activate-joiners": {
        "task": "apps.accounts.tasks.activate_due",
        "schedule": 900.0,
        "options": {"expire_seconds": 900},
    },
    "compute-metrics": {
        "task": "apps.ops.tasks.compute_metrics",
        "schedule": 60.0,
        "options": {"expire_seconds": 60},
    },
    "forget-erased": {
        "task": "apps.imports.tasks.forget_erased",
        "schedule": 60.0,
        "options": {"expire_seconds": 60},
    },
    "resume-imports": {
        "task": "apps.imports.tasks.resume_stalled",
        "schedule": 5.0,
        "options": {"expire_seconds": 5},
    },
}

# Where the worker and beat serve their metrics; 0 is nowhere.
METRICS_PORT = int(_number("METRICS_PORT", 0))
METRICS_HOST = env.str("METRICS_HOST", default="0.0.0.0")  # noqa: S104

# --- Sign-in ----------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Tequipy] "  # allauth's own is the Host
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"reset_password": "apps.accounts.forms.ResetPasswordForm"}
# Passwords are counted by apps.accounts.limits. One address may be a whole office.
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "login_failed": "",
    "reset_password": "100/m/ip,5/h/key",
    "reset_password_from_key": "300/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(_number("TRUSTED_PROXIES", 0))
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.bearer.Bearer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.json.Parser"],
    "DEFAULT_RENDERER_CLASSES": ["apps.core.api.json.Renderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.core.api.json.OnlyJson",
    "EXCEPTION_HANDLER": "apps.core.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "apps.core.api.schema.Schema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tequipy Integration API",
    "DESCRIPTION": "Orders, people, devices, returns, redeployments and invoices of a "
    "company. Every request carries a token; docs/api.md tells the rest.",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["apps.core.api.schema.only_ours"],
    "POSTPROCESSING_HOOKS": ["apps.core.api.schema.finish"],
    "SERVE_INCLUDE_SCHEMA": False,
    # In answers a field without value is left out.
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "COMPONENT_SPLIT_PATCH": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}
# Of one client; 0 is no limit.
API_READS_PER_MINUTE = _whole("API_READS_PER_MINUTE", 600)
API_WRITES_PER_MINUTE = _whole("API_WRITES_PER_MINUTE", 300)
SIMPLE_JWT = {
    "SIGNING_KEY": JWT_SECRET_KEY,
    "ISSUER": "tequipy",
    "AUDIENCE": "tequipy-api",
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True

# --- Mail, files ------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default=f"filemail://{VAR_DIR / 'mails'}")
try:
    _email = env.email_url_config(EMAIL_URL)
except ImproperlyConfigured as error:
    raise ImproperlyConfigured(f"EMAIL_URL: {error}.") from None
if _email["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    _email["EMAIL_FILE_PATH"] = "/" + _email.get("EMAIL_FILE_PATH", "").lstrip("/")
vars().update(_email)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Tequipy <hello@tequipy.example>")
FILES_URL = env.str("FILES_URL", default=f"file://{VAR_DIR / 'files'}")
_files = urlsplit(FILES_URL)
MEDIA_ROOT = _files.path if _files.scheme == "file" else ""
if _files.scheme == "s3" and _files.netloc:
    # Region, endpoint and keys are AWS's own variables.
    _file_storage: dict[str, object] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _files.netloc,
            "location": _files.path.strip("/"),
            "default_acl": None,
            "file_overwrite": False,
            "signature_version": "s3v4",
        },
    }
elif MEDIA_ROOT.strip("/") and not _files.netloc:
    _file_storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
else:
    raise ImproperlyConfigured(
        "FILES_URL must be like file:///folder or s3://bucket/prefix."
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o600
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": _file_storage,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- Backups ----------------------------------------------------------------

APP_VERSION = env.str("APP_VERSION", default="0.0.0")
BACKUP_URL = env.str("BACKUP_URL", default=f"file://{VAR_DIR / 'backups'}")
# The owner may make the scratch database and drop what a restore replaces.
BACKUP_DATABASE_URL = env.str("MIGRATION_DATABASE_URL", default="") or _database_url
BACKUP_AGE_RECIPIENT = env.str("BACKUP_AGE_RECIPIENT", default="")
BACKUP_AGE_IDENTITY = env.str("BACKUP_AGE_IDENTITY", default="")
BACKUP_GPG_RECIPIENT = env.str("BACKUP_GPG_RECIPIENT", default="")
BACKUP_PG_BIN = env.str("BACKUP_PG_BIN", default="")
BACKUP_WORK_DIR = env.str("BACKUP_WORK_DIR", default="")

# --- Language, time ---------------------------------------------------------

LANGUAGE_CODE = "en"
# Each by its own name, for whoever looks for theirs.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
FORMAT_MODULE_PATH = ["tequipy.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "tequipy" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Security ---------------------------------------------------------------

_is_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _is_https
SECURE_SSL_REDIRECT = _is_https and not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^api/v1/(health|readiness)$", r"^metrics$"]
CORS_ALLOWED_ORIGINS = CORS_ORIGINS
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key"]
CORS_EXPOSE_HEADERS = ["X-Correlation-ID", "Idempotent-Replayed", "Retry-After"]
CORS_EXPOSE_HEADERS += [f"RateLimit-{name}" for name in ("Limit", "Remaining", "Reset")]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if _bool("ENABLE_HSTS"):
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # Bar widths are style attributes; style elements stay refused.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- Logging: one JSON object a line on stdout -------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise ImproperlyConfigured(f"LOG_LEVEL={LOG_LEVEL} is no level such as INFO.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"correlation": {"()": "apps.core.correlation.CorrelationFilter"}},
    "formatters": {
        "json": {
            "()": "apps.core.logs.JsonLines",
            "format": "%(levelname)s %(name)s %(message)s %(correlation_id)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": True,
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
            "filters": ["correlation"],
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    # Django's own handlers would repeat every line in another form.
    "loggers": {
        name: {"handlers": [], "propagate": True}
        for name in ("django", "django.server")
    }
    # Anybody can send any Host: it is answered with 400, which its request line says.
    | {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},
}
