"""Django's settings, made from the configuration of an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from isobole.lab._config import LabConfig

HERE = Path(__file__).parent
IDLE_LOCK_S = 15 * 60
SESSION_S = 12 * 3600


def settings_of(config: LabConfig) -> dict[str, Any]:
    """Return the settings of Django for one installation."""
    return {
        "LAB": config,
        "DEBUG": False,
        "SECRET_KEY": config.secret_key,
        "ALLOWED_HOSTS": list(config.hosts),
        "ROOT_URLCONF": "isobole.lab._urls",
        "WSGI_APPLICATION": "isobole.lab._wsgi.application",
        "DATABASES": {"default": config.database()},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "csp",
            "isobole.lab.apps.Lab",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "csp.middleware.CSPMiddleware",
            "isobole.lab._middleware.limit_rate",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "isobole.lab._middleware.limit_person",
            "isobole.lab._middleware.require_login",
            "isobole.lab._middleware.say_problems",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "APP_DIRS": False,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.template.context_processors.csrf",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "isobole.lab._context.page",
                    ],
                    "builtins": ["isobole.lab._tags"],
                    "string_if_invalid": "",
                },
            }
        ],
        "AUTH_USER_MODEL": "lab.User",
        "AUTHENTICATION_BACKENDS": ["isobole.lab.accounts.backend.LabBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation."
                "MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {
                "NAME": "django.contrib.auth.password_validation."
                "UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("username", "display_name")},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        ],
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "studies",
        "SESSION_ENGINE": "isobole.lab._sessions",
        "SESSION_COOKIE_AGE": SESSION_S,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_SERIALIZER": "django.contrib.sessions.serializers.JSONSerializer",
        "CSRF_COOKIE_HTTPONLY": False,  # the bench page sends it in a header
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": config.secure,
        "CSRF_FAILURE_VIEW": "isobole.lab._errors.csrf_failure",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 0,  # a lab's own certificate is replaced now and then
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [SELF],
                "script-src": [SELF],
                "style-src": [SELF],
                "img-src": [SELF],
                "connect-src": [SELF],
                "worker-src": [SELF],
                "object-src": [NONE],
                "base-uri": [NONE],
                "form-action": [SELF],
                "frame-ancestors": [NONE],
            }
        },
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 12 * 1024 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 2000,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 50,
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [HERE / "static"],
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.FileSystemFinder"],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
            },
        },
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                "OPTIONS": {"MAX_ENTRIES": 10_000},
            }
        },
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "USE_I18N": False,
        "LANGUAGE_CODE": "en",
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "loggers": {
                "django": {"handlers": ["stderr"], "level": "ERROR"},
                # A wrong name in a request is answered; it is no fault of the server.
                "django.security.DisallowedHost": {"level": "CRITICAL"},
                "isobole.lab": {"handlers": ["stderr"], "level": "INFO"},
            },
        },
        "LAB_IDLE_LOCK_S": IDLE_LOCK_S,
        # Failed passwords in a row before a wait; a whole lab may share an address.
        "LAB_FAILURES": {"account": 5, "session": 5, "address": 20},
        # More than a study folder may hold (64 MB), with the form around it.
        "LAB_UPLOAD_BYTES": 72 * 1024 * 1024,
        # Requests a minute: of an address before anything is looked at, of somebody
        # unknown, of a person, and of a person's bench.
        "LAB_RATE": {
            "address": 20000,
            "anonymous": 120,
            "user": 1200,
            "events": 6000,
        },
    }
