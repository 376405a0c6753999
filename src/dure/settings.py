"""Django's settings, derived from `dure.config`. What an operator may change is there, not here."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static

from dure.config import load, socket_dir

CONFIG = load()
BASE = Path(__file__).parent
TEST_MODE, PRODUCTION = CONFIG.mode == "test", CONFIG.mode == "production"

SECRET_KEY = CONFIG.secret_key
DEBUG = False
ALLOWED_HOSTS = [urlsplit(CONFIG.base_url).hostname or "localhost", "127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
ROOT_URLCONF = "dure.sites.urls"
WSGI_APPLICATION = "dure.sites.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "dure.sites.design",  # first: its templates dress those of the apps below
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_vite",
    "csp",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "dure.kit",
    "dure.people",
    "dure.messaging",
    "dure.commerce.sellers",
    "dure.commerce.catalog",
    "dure.commerce.stock",
    "dure.commerce.pricing",
    "dure.commerce.promotions",
    "dure.commerce.cart",
    "dure.commerce.orders",
    "dure.commerce.claims",
    "dure.commerce.shipping",
    "dure.commerce.reviews",
    "dure.commerce.exhibitions",
    "dure.commerce.inquiries",
    "dure.commerce.search",
    "dure.commerce.sheets",
    "dure.finance.ledger",
    "dure.finance.payments",
    "dure.finance.settlement",
    "dure.finance.payouts",
    "dure.partnership",
    "dure.live",
    "dure.sites.shop",
    "dure.sites.viewer",
    "dure.sites.seller",
    "dure.sites.desk",
    "dure.sites.studio",
    "dure.sites.office",
    "dure.sites.api",
    "dure.sites.notices",
]

MIDDLEWARE = [
    "dure.sites.middleware.RequestId",
    "dure.sites.public.PublicPages",
    "django.middleware.security.SecurityMiddleware",
    "dure.sites.api.door.Door",  # the API goes aside here: the rest is for pages
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dure.sites.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "dure.sites.public.SameOriginCsrf",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dure.sites.seller.visits.Visits",
    "dure.sites.middleware.FriendlyErrors",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "dure.sites.design.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "dure.sites.design.templatetags.ui"],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "dure",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": options.pop("port", "") or parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Parameters travel apart from the statement, which the server then plans once per connection (decision 0091).
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, **options},
    }


DATABASE_URL = CONFIG.database_url or f"postgresql://postgres@/dure?host={socket_dir(CONFIG.home)}&port=5432"
DATABASES = {"default": _database(DATABASE_URL)}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TEST_MODE
    else "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["dure.sites.signed_in.ByEmail"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"signup": "dure.people.forms.SignupForm"}
ACCOUNT_RATE_LIMITS = False if TEST_MODE else {"login_failed": "10/m/ip,5/5m/key", "signup": "20/m/ip"}

_SMTP_URL = CONFIG.smtp_url or (f"smtp://{CONFIG.reach}:{CONFIG.mail_port}" if CONFIG.simulators else "")
_SMTP = urlsplit(_SMTP_URL)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _SMTP_URL else 'filebased'}.EmailBackend"
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = CONFIG.home / "mail"
EMAIL_HOST, EMAIL_PORT = _SMTP.hostname or "", _SMTP.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_TLS = bool(_SMTP.username)
DEFAULT_FROM_EMAIL = CONFIG.mail_from

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {  # papers of sellers: no address leads here
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": CONFIG.home / "private",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST_MODE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION  # compressing takes a quarter of a minute, and on one's own machine gains nothing
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TEST_MODE
MEDIA_ROOT = CONFIG.home / "uploads"
MEDIA_URL = "/uploads/"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE / "sites/design/static/dist/manifest.json",
        "static_url_prefix": "dist",
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8000  # a table of 500 options
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

PUBLIC_PAGES = not TEST_MODE  # remember what is the same for every stranger (sites/public.py)
SESSION_ENGINE = "dure.sites.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = CONFIG.base_url.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked on this machine, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.base_url.startswith("https://") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
_OUR_PROCESSES = [CONFIG.lane_base_url, CONFIG.media_base_url]
_OUR_SOCKETS = [url.replace("http", "ws", 1) for url in _OUR_PROCESSES]
_PAY_WINDOW = [CONFIG.simulators_url] if CONFIG.simulators else ["https://*.tosspayments.com", "https://*.portone.io"]
_PAY_SCRIPTS = [] if CONFIG.simulators else _PAY_WINDOW  # the real window is drawn by the provider's own script
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/office/admin"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, *_PAY_SCRIPTS],
        "frame-src": [SELF, *_PAY_SCRIPTS],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:", *_OUR_PROCESSES],
        "connect-src": [SELF, *_OUR_PROCESSES, *_OUR_SOCKETS, *_PAY_SCRIPTS],
        "worker-src": [SELF, "blob:"],
        "form-action": [SELF, *_PAY_WINDOW],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
    },
}
PROCRASTINATE_ON_APP_READY = None
LOGGING_CONFIG = None  # dure.kit.log sets up logging per process
_GREENS = {
    50: "238 246 243",
    100: "213 232 226",
    200: "172 210 198",
    300: "128 184 167",
    400: "86 154 134",
    500: "52 122 103",
}
_GREENS |= {600: "24 88 72", 700: "20 73 60", 800: "17 60 49", 900: "14 48 39", 950: "9 32 26"}
UNFOLD = {
    "SITE_TITLE": "dure",
    "SITE_HEADER": "두레 운영",
    "SITE_URL": "/office/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("design/mark.svg")}],
    "COLORS": {"primary": {str(step): f"rgb({rgb.replace(' ', ', ')})" for step, rgb in _GREENS.items()}},
}
