"""Every setting of Carnet that is not a business rule, read from the environment and loud on nonsense.

Business settings (prices, days, opening hours …) are rows that the owner edits at the desk, see `carnet.provider`.
A secret may also come from a file: `CARNET_SECRET_KEY_FILE=/run/secrets/key` instead of `CARNET_SECRET_KEY=…`.
"""

import ipaddress
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from carnet.web import csp

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """The text of an environment variable or of the file named by `NAME_FILE`; without a default it must be there."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text("utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) in the environment.")
    return value


def env_bool(name: str, default: bool) -> bool:
    value = env(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return value in {"yes", "true", "1"}


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses (`127.0.0.1`) and networks (`10.0.0.0/8`), with commas."""
    try:
        return [ipaddress.ip_network(part) for part in env_list(name)]
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name} must be addresses or networks with commas: {wrong}.") from None


# «live» for a real provider; «demo» for `bin/demo`: nothing leaves the machine, the clock can be put forward;
# «test» for the suite.
MODE = env("CARNET_MODE", "demo")
if MODE not in {"live", "demo", "test"}:
    raise ImproperlyConfigured(f"CARNET_MODE must be live, demo or test, not {MODE!r}.")
IS_DEMO = MODE == "demo"
DEBUG = False

VAR_DIR = Path(env("CARNET_VAR", str(BASE_DIR / "var" / MODE)))
VAR_DIR.mkdir(parents=True, exist_ok=True)
# Only in demo and tests: a file with the seconds by which the clock is put forward, shared by web and worker.
CLOCK_FILE = VAR_DIR / "clock" if MODE != "live" else None

PUBLISHED_KEY = "only-for-the-demo-and-the-tests"
MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def can_be_guessed(secret: str) -> bool:
    return PUBLISHED_KEY in secret or len(secret) < 40 or len(set(secret)) < 12


SECRET_KEY = env("CARNET_SECRET_KEY", None if MODE == "live" else PUBLISHED_KEY)
if MODE == "live" and can_be_guessed(SECRET_KEY):
    raise ImproperlyConfigured(
        "CARNET_SECRET_KEY can be guessed: whoever knows it signs in as anybody. Make one of 40 characters or more, for"
        f" example by: {MAKE_A_KEY}"
    )

# Keys that were used before: what they encrypted or signed is still read, see docs/operate.md.
SECRET_KEY_FALLBACKS = env_list("CARNET_SECRET_KEY_FALLBACKS")
if MODE == "live" and any(can_be_guessed(key) for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured("A key of CARNET_SECRET_KEY_FALLBACKS can be guessed: leave it out.")


def keys_from(text: str) -> dict[int, str]:
    """Keys by their versions: `1:secret 2:secret`, parted by spaces, commas or lines."""
    keys: dict[int, str] = {}
    for part in text.replace(",", " ").split():
        version, _colon, secret = part.partition(":")
        if not version.isdecimal() or not 0 < int(version) <= 32767 or not secret:
            raise ImproperlyConfigured("CARNET_BOOKS_KEYS must be like 1:secret 2:secret.")
        if int(version) in keys:
            raise ImproperlyConfigured(f"CARNET_BOOKS_KEYS has two keys of version {version}.")
        keys[int(version)] = secret
    if not keys:
        raise ImproperlyConfigured("CARNET_BOOKS_KEYS has no key; it must be like 1:secret.")
    return keys


# What seals the sales journal and orders, see docs/operate.md; the highest version seals.
BOOKS_KEYS = keys_from(env("CARNET_BOOKS_KEYS", None if MODE == "live" else f"1:{PUBLISHED_KEY}"))
if MODE == "live" and any(can_be_guessed(key) for key in BOOKS_KEYS.values()):
    raise ImproperlyConfigured(
        "A key of CARNET_BOOKS_KEYS can be guessed: whoever knows it can forge the sales journal. Make one of 40"
        f" characters or more, for example by: {MAKE_A_KEY}"
    )
# Where the ends of the journals are kept outside the database: a file that only grows.
HEADS_FILE = Path(env("CARNET_HEADS", str(VAR_DIR / "heads.jsonl")))
SITE_URL = env("CARNET_SITE_URL", None if MODE == "live" else "http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"CARNET_SITE_URL must be like https://help.example.org, not {SITE_URL!r}.")
_here = "localhost,127.0.0.1,[::1],testserver"
ALLOWED_HOSTS = env_list("CARNET_ALLOWED_HOSTS", _site.hostname if MODE == "live" else _here)
_public = {_site.hostname, *ALLOWED_HOSTS} - set(_here.split(",")) - {"::1"}
if "CARNET_MODE" not in os.environ and "CARNET_MODE_FILE" not in os.environ and _public:
    raise ImproperlyConfigured(
        f"{min(_public)} is no name of this machine alone. Set CARNET_MODE=live for a real site, or CARNET_MODE=demo if"
        " all the world may read the mails of an invented one."
    )
CSRF_TRUSTED_ORIGINS = [SITE_URL] if MODE == "live" else []
IS_HTTPS = _site.scheme == "https"
# Whose X-Forwarded-For is believed, see carnet.web.visitors.
TRUSTED_PROXIES = env_networks("CARNET_TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "carnet.kernel",
    "carnet.audit",
    "carnet.jobs",
    "carnet.limits",
    "carnet.provider",
    "carnet.files",
    "carnet.mail",
    "carnet.search",
    "carnet.web",
    "carnet.people",
    "carnet.catalogue",
    "carnet.books",
    "carnet.ledger",
    "carnet.payments",
    "carnet.invoices",
    "carnet.schedule",
    "carnet.knowledge",
    "carnet.cheques",
    "carnet.repayments",
    "carnet.work",
    "carnet.orders",
    "carnet.till",
    "carnet.tickets",
    "carnet.home",
    "carnet.office",
    "carnet.proof",
    # Below our own apps, so that the pages of carnet.people stand in for theirs.
    "allauth",
    "allauth.account",
]
if MODE != "live":
    INSTALLED_APPS.append("demo")
if MODE == "test" or env_bool("CARNET_DEVELOPMENT", False):
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "carnet.web.middleware.SecurityHeaders",
    "carnet.web.middleware.UnkeptFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "carnet.web.middleware.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "carnet.people.middleware.CurrentMembership",
    "carnet.web.middleware.TypedText",
    "carnet.web.middleware.SentForm",
    "carnet.web.middleware.WrongMethod",
    "carnet.web.middleware.RefusedToSentence",
]

ROOT_URLCONF = "carnet.urls"
WSGI_APPLICATION = "carnet.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "carnet" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["carnet.web.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "carnet.web.context.site",
                "carnet.people.context.membership",
                "carnet.tickets.context.running_work",
                "carnet.office.context.sale",
                "carnet.proof.context.verification",
            ],
        },
    }
]
FORM_RENDERER = "carnet.web.forms.Renderer"


def database_from(url: str) -> dict[str, object]:
    """Django's DATABASES entry of `sqlite:///path` or `postgresql://user:password@host:port/name?host=/socket`."""
    parts = urlsplit(url)
    # How many seconds a statement waits for a lock before it fails; pages answer sooner, see carnet.wsgi.
    wait = env_int("CARNET_DATABASE_WAIT", 0)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "carnet.kernel.sqlite",
            "NAME": unquote(parts.path[1:]) or str(VAR_DIR / "carnet.sqlite3"),
            # IMMEDIATE: a transaction takes the write lock at its start: «read, decide, write» can't lose a race.
            # FULL: what was said to be saved (an invoice's number, a payment) is still there after a power cut; with
            # NORMAL the last commits of the write-ahead log may be lost.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": wait or 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;"
                ),
            },
            # Opening the file and its pragmas anew cost 1.6 ms of every request.
            "CONN_MAX_AGE": env_int("CARNET_DATABASE_MAX_AGE", 60),
            "TEST": {"NAME": str(VAR_DIR / "test.sqlite3")},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        query = parse_qs(parts.query)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host", [parts.hostname or ""])[0],
            "PORT": str(parts.port or query.get("port", [""])[0]),
            "OPTIONS": {"options": f"-c lock_timeout={wait}s"} if wait else {},
            "CONN_MAX_AGE": env_int("CARNET_DATABASE_MAX_AGE", 60),
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"DATABASE_URL must begin with sqlite:// or postgresql://, not {parts.scheme!r}.")


DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database_from(env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'carnet.sqlite3'}"))}

CACHES = {"default": {"BACKEND": "carnet.web.cache.LimitsCache", "LOCATION": "web_cache"}}
if MODE == "test":
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# E-mail. In demo and tests the outbox keeps every message and sends none.
MAIL_LEAVES = MODE == "live"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_LEAVES else 'locmem'}.EmailBackend"
EMAIL_HOST = env("CARNET_SMTP_HOST", "localhost")
EMAIL_PORT = env_int("CARNET_SMTP_PORT", 25)
EMAIL_HOST_USER = env("CARNET_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env("CARNET_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env_bool("CARNET_SMTP_STARTTLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("CARNET_MAIL_FROM", None if MODE == "live" else "Carnet <help@example.org>")


def stand_in_from(url: str, mode: str, name: str = "CARNET_PAYPAL_STAND_IN") -> str:
    """Where a PayPal or a VIES of our own listens: on this machine only, and never for a live site. Empty: nowhere."""
    if not url:
        return ""
    parts = urlsplit(url)
    if mode == "live":
        raise ImproperlyConfigured(f"{name} is for the demo and the tests: a live site can't have one.")
    if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost", "::1"} or not parts.port:
        raise ImproperlyConfigured(f"{name} must be like http://127.0.0.1:8001, not {url!r}.")
    return url.rstrip("/")


def paypal_problem(client_id: str, secret: str, environment: str, *, mode: str, stand_in: str) -> str:
    """What is wrong with the access to PayPal as the environment gives it; empty: nothing."""
    if bool(client_id) != bool(secret):
        return "Set both CARNET_PAYPAL_CLIENT_ID and CARNET_PAYPAL_SECRET, or neither."
    if environment not in {"", "sandbox", "live"} or (client_id and not environment and not stand_in):
        return f"CARNET_PAYPAL_ENVIRONMENT must be sandbox or live, not {environment!r}."
    if environment == "live" and mode != "live":
        return "CARNET_PAYPAL_ENVIRONMENT can be live only if CARNET_MODE is live, too."
    if environment == "sandbox" and mode == "live":
        return (
            "CARNET_PAYPAL_ENVIRONMENT can't be sandbox if CARNET_MODE is live: anybody could buy with invented money."
        )
    return ""


# The access to PayPal; without it the owner gives it at the desk, where the secret is kept encrypted.
PAYPAL_CLIENT_ID = env("CARNET_PAYPAL_CLIENT_ID", "")
PAYPAL_SECRET = env("CARNET_PAYPAL_SECRET", "")
PAYPAL_ENVIRONMENT = env("CARNET_PAYPAL_ENVIRONMENT", "")
PAYPAL_WEBHOOK_ID = env("CARNET_PAYPAL_WEBHOOK_ID", "")
PAYPAL_STAND_IN = stand_in_from(env("CARNET_PAYPAL_STAND_IN", ""), MODE)
_wrong = paypal_problem(PAYPAL_CLIENT_ID, PAYPAL_SECRET, PAYPAL_ENVIRONMENT, mode=MODE, stand_in=PAYPAL_STAND_IN)
if _wrong:
    raise ImproperlyConfigured(_wrong)

# Where VAT numbers are checked in the demo and the tests; a live site asks the Commission's VIES.
VIES_STAND_IN = stand_in_from(env("CARNET_VIES_STAND_IN", ""), MODE, "CARNET_VIES_STAND_IN")

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:after_sign_in"
ACCOUNT_ADAPTER = "carnet.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "carnet.people.forms.SignUpForm",
    "login": "carnet.people.forms.SignInForm",
    "request_login_code": "carnet.people.forms.RequestCodeForm",
    "confirm_login_code": "carnet.people.forms.SignInCodeForm",
    "confirm_email_verification_code": "carnet.people.forms.AddressCodeForm",
    "add_email": "carnet.people.forms.NewAddressForm",
    "reset_password": "carnet.people.forms.ResetPasswordForm",
    "confirm_password_reset_code": "carnet.people.forms.ResetCodeForm",
    "reset_password_from_key": "carnet.people.forms.NewPasswordForm",
    "change_password": "carnet.people.forms.ChangePasswordForm",
    "set_password": "carnet.people.forms.SetPasswordForm",
    "reauthenticate": "carnet.people.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Mail may take its time.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
# One address per person: a new one replaces the old one once its code was typed, and the old one is told.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True

# A browser takes a cookie of this name only from this host by HTTPS: no other one of the domain can plant it.
COOKIE_PREFIX = "__Host-" if MODE == "live" and IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}carnet_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": csp.DIRECTIVES}
CSRF_FAILURE_VIEW = "carnet.web.views.public.csrf_failure"
# In a signed cookie, so that saying «sent» costs no writing of the session; in the session if it is very long.
MESSAGE_STORAGE = "carnet.web.storage.Messages"

# The language of the source strings; what people see is French first, see carnet.web.middleware.Language.
LANGUAGE_CODE = "en"
LANGUAGES = [("fr", _("French")), ("en", _("English")), ("es", _("Spanish"))]
FIRST_LANGUAGE = "fr"
LOCALE_PATHS = [BASE_DIR / "carnet" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # Instants are UTC; the provider's zone is a business setting, see carnet.provider.

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "carnet" / "static"]
MEDIA_ROOT = Path(env("CARNET_FILES", str(VAR_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "carnet.web.storage.StaticFiles"
        if MODE != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"

# Uploads: the limit of one file is enforced while it streams in, so that 200 MB never reach the disk (carnet.files).
FILE_UPLOAD_HANDLERS = ["carnet.files.upload.LimitedUpload"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # the form says that they are too many; carnet.files keeps no more than 20
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "carnet.web.logs.WithoutSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["stderr"], "level": env("CARNET_LOG_LEVEL", "WARNING" if MODE != "live" else "INFO")},
}
