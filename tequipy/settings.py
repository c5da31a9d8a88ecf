"""One settings file; every value comes from the environment (tequipy.variables)."""

import hashlib
import sys
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_headers
from csp.constants import NONCE, SELF

from tequipy.environment import BASE_DIR, VAR_DIR, read
from tequipy.version import VERSION

env = read()

DEBUG = env["DEBUG"]
JWT_SECRET_KEY = env["JWT_SECRET_KEY"]
SECRET_KEY = env["SECRET_KEY"] or (
    "derived-" + hashlib.sha256(f"django:{JWT_SECRET_KEY}".encode()).hexdigest()
)
CORS_ORIGINS = env["CORS_ORIGINS"]
PUBLIC_URL = env["PUBLIC_URL"] or (
    # In production the first origin that may call us is where people find us.
    CORS_ORIGINS[0] if CORS_ORIGINS and not DEBUG else "http://localhost:8000"
)
# Who may call /api/ from a browser (CORS_ORIGINS) is not where we are found.
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname, *env["ALLOWED_HOSTS"]]
if DEBUG:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Orders that are paid by card are taken, and wait until staff note the payment.
STRIPE_PAYMENTS = env["STRIPE_PAYMENTS"]

# --- Applications -----------------------------------------------------------

INSTALLED_APPS = [
    "apps.core",
    "apps.events",
    "apps.companies",
    "apps.files",
    "apps.accounts",
    "apps.saved_views",
    "apps.catalog",
    "apps.shipping",
    "apps.inventory",
    "apps.labels",
    "apps.orders",
    "apps.returns",
    "apps.redeployments",
    "apps.people",
    "apps.invoicing",
    "apps.notifications",
    "apps.imports",
    "apps.bulk",
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
    "apps.accounts.middleware.SignedInMiddleware",
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
_database_url = env["DATABASE_URL"]
if _is_migrating:
    _database_url = env["MIGRATION_DATABASE_URL"] or _database_url
DATABASES = {"default": environ.Env.db_url_config(_database_url)}
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
if env["DATABASE_POOL"]:
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
        "max_size": env["WEB_THREADS"] + 1,
        "timeout": 2,
        "max_lifetime": 1800,
        "max_idle": 300,
        # Who gave up connects anew when a request comes; one that goes on trying does
        # so ever more rarely, and would keep its place in the pool for minutes.
        "reconnect_timeout": 2,
    }
REDIS_URL = env["REDIS_URL"]
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
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env["WORKER_STOP_SECONDS"]
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
    "resume-bulk-jobs": {
        "task": "apps.bulk.tasks.resume_stalled",
        "schedule": 5.0,
        "options": {"expire_seconds": 5},
    },
    "forget-bulk-rows": {
        "task": "apps.bulk.tasks.forget_old",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
}

# Where the worker and beat serve their metrics; 0 is nowhere.
METRICS_PORT = env["METRICS_PORT"]
METRICS_HOST = env["METRICS_HOST"]

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
ALLAUTH_TRUSTED_PROXY_COUNT = env["TRUSTED_PROXIES"]
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
API_READS_PER_MINUTE = env["API_READS_PER_MINUTE"]
API_WRITES_PER_MINUTE = env["API_WRITES_PER_MINUTE"]
SIMPLE_JWT = {
    "SIGNING_KEY": JWT_SECRET_KEY,
    "ISSUER": "tequipy",
    "AUDIENCE": "tequipy-api",
}
SESSION_ENGINE = "apps.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True

# --- Mail, files ------------------------------------------------------------

EMAIL_URL = env["EMAIL_URL"] or f"filemail://{VAR_DIR / 'mails'}"
_email = environ.Env.email_url_config(EMAIL_URL)
if _email["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    _email["EMAIL_FILE_PATH"] = "/" + _email.get("EMAIL_FILE_PATH", "").lstrip("/")
vars().update(_email)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env["EMAIL_FROM"]
FILES_URL = env["FILES_URL"] or f"file://{VAR_DIR / 'files'}"
_files = urlsplit(FILES_URL)
MEDIA_ROOT = _files.path if _files.scheme == "file" else ""
if _files.scheme == "s3":
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
else:
    _file_storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o600
STATIC_URL = "/static/"
STATIC_ROOT = env["STATIC_ROOT"] or str(VAR_DIR / "static")
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

APP_VERSION = VERSION
BACKUP_URL = env["BACKUP_URL"] or f"file://{VAR_DIR / 'backups'}"
# The owner may make the scratch database and drop what a restore replaces.
BACKUP_DATABASE_URL = env["MIGRATION_DATABASE_URL"] or _database_url
BACKUP_AGE_RECIPIENT = env["BACKUP_AGE_RECIPIENT"]
BACKUP_AGE_IDENTITY = env["BACKUP_AGE_IDENTITY"]
BACKUP_GPG_RECIPIENT = env["BACKUP_GPG_RECIPIENT"]
BACKUP_PG_BIN = env["BACKUP_PG_BIN"]
BACKUP_WORK_DIR = env["BACKUP_WORK_DIR"]

# --- Errors and traces (docs/telemetry.md) -----------------------------------

SENTRY_DSN = env["SENTRY_DSN"]
OTEL_EXPORTER_OTLP_ENDPOINT = env["OTEL_EXPORTER_OTLP_ENDPOINT"]
TRACES_RATIO = env["TRACES_RATIO"]

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
if env["ENABLE_HSTS"]:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = env["HSTS_PRELOAD"]
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

LOG_LEVEL = env["LOG_LEVEL"]
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
