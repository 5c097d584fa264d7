"""Settings: every environment variable the application reads, its default and its meaning.

``docs/configuration.md`` lists the same; a test compares the two.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask.helpers import get_debug_flag

from exhibition.core import private_files

PREFIX = "EXHIBITION_"
PROJECT = Path(__file__).resolve().parents[2]
WEAK_SECRET_LENGTH = 32
FEWEST_CHARACTERS = 10
"""Different ones in a secret: a random one of that length has more, forty times the same letter has not."""
LONGEST_IDLE_MINUTES = 12 * 60
PLAIN_SMTP = "smtp+plain"
MAIL_SCHEMES = ("", "smtp", "smtps", PLAIN_SMTP)
APPLE_FILES = CERTIFICATE, KEY, AUTHORITY = "certificate.pem", "key.pem", "wwdr.pem"
"""What the folder for Apple Wallet holds: the certificate of the pass type, its key, and Apple's certificate above."""
DEFAULT_SENDER = "Exhibition <pameran@localhost>"


class ConfigurationError(Exception):
    """The application must not start with these settings; the text says what to do."""


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("ENV", "venue", "`venue` (one laptop, secrets made by itself) or `production` (secrets must be given)."),
    Setting("DATABASE_URL", "", "SQLAlchemy address. Empty: SQLite in the instance folder."),
    Setting("SECRET_KEY", "", "Signs sessions and mailed links. Empty: made once in the instance folder."),
    Setting("TOTP_SECRET", "", "Encrypts the secrets of authenticator apps. Empty: made once in the instance folder."),
    Setting(
        "INSTANCE_PATH", "instance", "Folder for the SQLite file, keys, uploads and, without a mail server, mails."
    ),
    Setting("PUBLIC_URL", "http://localhost:8000", "The address visitors use; goes into mails and QR signs."),
    Setting(
        "HSTS",
        "true",
        "`false`: browsers need not insist on HTTPS, for a certificate of one's own; `subdomains`: for these too.",
    ),
    Setting(
        "MAIL_URL",
        "",
        "`smtp://user:password@host:587` (STARTTLS, or nothing is sent) or `smtps://…`; `smtp+plain://host:25` without"
        " TLS and password. Empty: mails become files in `outbox/`.",
    ),
    Setting("BACKUP_PASSPHRASE", "", "Encrypts backups, and opens them. Empty: `--passphrase-file`, or no encryption."),
    Setting("MAIL_FROM", DEFAULT_SENDER, "Sender of all mails; must be set in production."),
    Setting(
        "REDIS_URL",
        "",
        "Jobs and rate limits of all processes. Empty: jobs wait and limits are counted beside the database.",
    ),
    Setting("RATELIMIT_ENABLED", "true", "`false` only for load tests."),
    Setting("PEOPLE_OF_ADDRESS", "300", "So many people may register from one network address within an hour."),
    Setting(
        "PASSES_A_SECOND",
        "200",
        "When more ask for passes at once than can be written, so many parties a second are called from the line.",
    ),
    Setting("FREE_DISK_MB", "500", "Uploads are refused when the disk of the instance folder would have less room."),
    Setting("TRUSTED_HOSTS", "", "Comma-separated host names that may be asked for. Empty: any (venue only)."),
    Setting("SESSION_IDLE_MINUTES", "30", "After how many minutes without a page or form an organizer is signed out."),
    Setting(
        "REQUIRE_SECOND_STEP",
        "",
        "`true`: organizers reach the desk only after they have set up a second step. Empty: `true` in production.",
    ),
    Setting(
        "GOOGLE_WALLET_ACCOUNT",
        "",
        "The file (JSON) of the service account that signs passes for Google Wallet. Empty: none are offered.",
    ),
    Setting("GOOGLE_WALLET_ISSUER", "", "The issuer id in Google Wallet's console, whose passes they are."),
    Setting(
        "APPLE_WALLET",
        "",
        "The folder with `certificate.pem`, `key.pem` and `wwdr.pem` for Apple Wallet. Empty: none are offered.",
    ),
    Setting("PROXY_COUNT", "0", "How many reverse proxies set `X-Forwarded-For` and `-Proto` before us."),
)


def cookie_name(name: str, *, tls: bool) -> str:
    """With this prefix browsers take a cookie only over TLS and from this very host (RFC 6265bis, 4.1.3)."""
    return f"__Host-{name}" if tls else name


def read(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return every setting as text, from the environment or its default."""
    environ = os.environ if environ is None else environ
    return {setting.name: environ.get(PREFIX + setting.name) or setting.default for setting in SETTINGS}


def secret_file(path: Path, length: int = 48) -> str:
    """Return the secret in the file ``path``; on the first call it is created, with mode 0600."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    secret = secrets.token_urlsafe(length)
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
    return secret


def flask_config(settings: Mapping[str, str]) -> dict[str, Any]:
    """Turn the settings into Flask's configuration, and create the instance folder.

    Raises ConfigurationError when a production server would run with a secret that is missing or weak.
    """
    instance = Path(settings["INSTANCE_PATH"])
    instance = instance if instance.is_absolute() else PROJECT / instance
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    production = settings["ENV"] == "production"
    if private_files.close(instance) and production:
        raise ConfigurationError(
            f"Other accounts of this machine can open what is in {instance}, and with it every organizer's account. Run"
            f" the server as the owner of the folder, or: chmod -R go-rwx {instance}"
        )
    if settings["ENV"] not in ("venue", "production"):
        raise ConfigurationError(f"EXHIBITION_ENV is {settings['ENV']!r}; write `venue` or `production`.")
    if production:
        _require_safe(settings)
    for name in ("PEOPLE_OF_ADDRESS", "PASSES_A_SECOND", "FREE_DISK_MB"):
        if not settings[name].isdecimal():
            raise ConfigurationError(f"EXHIBITION_{name} is {settings[name]!r}; write a whole number.")
    secret_key = settings["SECRET_KEY"]
    idle = settings["SESSION_IDLE_MINUTES"]
    if not (idle.isascii() and idle.isdigit() and 1 <= int(idle) <= LONGEST_IDLE_MINUTES):
        raise ConfigurationError(f"EXHIBITION_SESSION_IDLE_MINUTES is {idle!r}; write a number from 1 to 720.")
    second_step = settings["REQUIRE_SECOND_STEP"].lower()
    if second_step not in ("", "true", "false"):
        raise ConfigurationError(f"EXHIBITION_REQUIRE_SECOND_STEP is {second_step!r}; write `true` or `false`.")
    _check_mail(settings["MAIL_URL"])
    _check_wallets(settings)
    database_url = settings["DATABASE_URL"] or f"sqlite:///{instance / 'exhibition.sqlite3'}"
    if database_url.startswith(("postgres://", "postgresql://")):
        database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
    public_url = settings["PUBLIC_URL"].rstrip("/")
    tls = public_url.startswith("https://")
    trusted_hosts = [host.strip() for host in settings["TRUSTED_HOSTS"].split(",") if host.strip()]
    return {
        "SETTINGS": dict(settings),
        "INSTANCE": instance,
        "SECRET_KEY": secret_key or secret_file(instance / "secret.key"),
        "SQLALCHEMY_DATABASE_URI": database_url,
        "PUBLIC_URL": public_url,
        "TLS": tls,
        "SECOND_STEP_REQUIRED": second_step == "true" or (production and not second_step),
        "TRUSTED_HOSTS": trusted_hosts or None,
        "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,
        "SESSION_COOKIE_NAME": cookie_name("session", tls=tls),
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # pages with a secret address send no referrer; the token is bound to the session
        "RATELIMIT_ENABLED": settings["RATELIMIT_ENABLED"].lower() != "false",
        "RATELIMIT_STORAGE_URI": settings["REDIS_URL"] or "shared://",
        "RATELIMIT_HEADERS_ENABLED": True,
        "RATELIMIT_STRATEGY": "moving-window",
    }


def _require_safe(settings: Mapping[str, str]) -> None:
    """Raises ConfigurationError for what is well enough on a laptop and not on the open network."""
    for name in ("SECRET_KEY", "TOTP_SECRET"):
        secret = settings[name]
        if (secret or name == "SECRET_KEY") and (
            len(secret) < WEAK_SECRET_LENGTH or len(set(secret)) < FEWEST_CHARACTERS
        ):
            raise ConfigurationError(
                f"EXHIBITION_{name} is missing, shorter than 32 characters, or made of few different ones. Make one"
                ' with `python -c "import secrets; print(secrets.token_urlsafe(48))"` and give it to every server.'
            )
    if not settings["TRUSTED_HOSTS"]:
        raise ConfigurationError("EXHIBITION_TRUSTED_HOSTS is empty; name the hosts this server answers for.")
    if settings["MAIL_FROM"] == DEFAULT_SENDER:
        raise ConfigurationError(
            "EXHIBITION_MAIL_FROM is not set; mails from an address that does not exist are taken for spam. Write it"
            ' like "Pameran UMKM <pameran@example.com>", with an address of your own domain.'
        )
    if not settings["PUBLIC_URL"].startswith("https://"):
        raise ConfigurationError(
            "EXHIBITION_PUBLIC_URL does not begin with https://; passwords and passes would travel in clear."
        )
    if get_debug_flag():
        raise ConfigurationError("FLASK_DEBUG is on; errors would show the code and let anybody run some.")
    if settings["RATELIMIT_ENABLED"].lower() == "false":
        raise ConfigurationError(
            "EXHIBITION_RATELIMIT_ENABLED is false; it is for load tests, and passwords could be guessed without end."
        )


def _check_mail(url: str) -> None:
    """Raises ConfigurationError for an address by which a password would go through the net in clear."""
    address = urlsplit(url)
    if address.scheme not in MAIL_SCHEMES:
        raise ConfigurationError(
            f"EXHIBITION_MAIL_URL begins with {address.scheme!r}; write `smtp://`, `smtps://` or `smtp+plain://`."
        )
    if address.scheme == PLAIN_SMTP and (address.username or address.password):
        raise ConfigurationError(
            "EXHIBITION_MAIL_URL would send a password in clear. Write `smtp://` (STARTTLS) or `smtps://`;"
            " `smtp+plain://` is for servers that ask for no password."
        )


def _check_wallets(settings: Mapping[str, str]) -> None:
    """Raises ConfigurationError when a key for passes in wallets is half given or cannot be read."""
    account, issuer = settings["GOOGLE_WALLET_ACCOUNT"], settings["GOOGLE_WALLET_ISSUER"]
    if bool(account) != bool(issuer):
        raise ConfigurationError(
            "EXHIBITION_GOOGLE_WALLET_ACCOUNT and EXHIBITION_GOOGLE_WALLET_ISSUER need each other."
        )
    folder = settings["APPLE_WALLET"]
    needed = {account: "EXHIBITION_GOOGLE_WALLET_ACCOUNT"} if account else {}
    if folder:
        needed |= dict.fromkeys((str(Path(folder) / name) for name in APPLE_FILES), "EXHIBITION_APPLE_WALLET")
    for file, name in needed.items():
        if not os.access(file, os.R_OK):
            raise ConfigurationError(f"{name}: the file {file} is missing, or the server may not read it.")


def instance_folder() -> Path:
    """The running application's instance folder."""
    return current_app.config["INSTANCE"]


def secret_key() -> bytes:
    """The secret key of this installation, for signatures and keyed digests."""
    return str(current_app.config["SECRET_KEY"]).encode()


def setting(name: str) -> str:
    """A setting of the running application, by its name in ``SETTINGS``, as unparsed text."""
    return current_app.config["SETTINGS"][name]


def second_step_required() -> bool:
    """Whether organizers need a second step to reach the desk."""
    return current_app.config["SECOND_STEP_REQUIRED"]


def public_url() -> str:
    """The address visitors use, without a slash at its end."""
    return current_app.config["PUBLIC_URL"]


def public_address(endpoint: str, **values: object) -> str:
    """The address of a page for mails: under PUBLIC_URL, never under the host name that a request claims."""
    return public_url() + current_app.url_map.bind("").build(endpoint, values)
