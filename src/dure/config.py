"""Every setting of dure, in one typed place. `dure settings` prints this table.

A setting is an environment variable and nothing else; no file is read. Names without a prefix (PORT, DATABASE_URL)
are the ones hosting platforms already use.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A setting that cannot be used. The message is one plain sentence that says what to do."""


def setting(env: str, default: str, about: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"env": env, "about": about, "secret": secret})


@dataclass(frozen=True)
class Config:
    port: int = setting("PORT", "8000", "port of the web; lane, media and simulators take the next three")
    host: str = setting("DURE_HOST", "127.0.0.1", "address to listen on")
    home: Path = setting("DURE_HOME", ".dure", "folder for the database, uploads, media and keys")
    database_url: str = setting(
        "DATABASE_URL", "", "postgres://… of any PostgreSQL 15+; empty starts the embedded one", secret=True
    )
    public_url: str = setting("DURE_PUBLIC_URL", "", "address people open; empty: http://HOST:PORT")
    lane_url: str = setting("DURE_LANE_URL", "", "address browsers reach the lane at; empty: http://HOST:PORT+1")
    media_url: str = setting("DURE_MEDIA_URL", "", "address browsers reach the media at; empty: http://HOST:PORT+2")
    secret_key: str = setting(
        "DURE_SECRET_KEY", "", "signs sessions and tokens; empty: made once and kept in DURE_HOME", secret=True
    )
    mode: str = setting("DURE_MODE", "demo", "demo (start page lists people to sign in as), test or production")
    simulators: bool = setting("DURE_SIMULATORS", "1", "1 plays the outside world on this machine, 0 uses the real one")
    log: str = setting("DURE_LOG", "text", "text for people or json for machines")
    web_workers: int = setting("DURE_WEB_WORKERS", "1", "web processes, each with four threads")
    smtp_url: str = setting(
        "DURE_SMTP_URL",
        "",
        "smtp://user:password@host:587 sends letters; empty: the simulator, or they are put into DURE_HOME/mail",
        secret=True,
    )
    mail_from: str = setting("DURE_MAIL_FROM", "두레 <hello@dure.kr>", "sender of letters")
    solapi_url: str = setting(
        "DURE_SOLAPI_URL", "", "text messages and KakaoTalk notices (Solapi v4); empty: the simulator, or the real one"
    )
    solapi_key: str = setting("DURE_SOLAPI_KEY", "test_solapi", "Solapi API key")
    solapi_secret: str = setting("DURE_SOLAPI_SECRET", "test_solapi_secret", "Solapi API secret", secret=True)
    sender_phone: str = setting("DURE_SENDER_PHONE", "0215550100", "registered number text messages come from, digits")
    kakao_channel: str = setting("DURE_KAKAO_CHANNEL", "KA01PFTEST", "id (pfId) of the KakaoTalk channel at Solapi")
    opt_out_phone: str = setting("DURE_OPT_OUT_PHONE", "080-000-0000", "free number that stops advertising messages")
    mail_port: int = setting("DURE_MAIL_PORT", "0", "port of the simulated mail server; 0: the fifth, after PORT")
    toss_url: str = setting("DURE_TOSS_URL", "", "Toss Payments core API; empty: the simulator, or the real one")
    toss_secret_key: str = setting("DURE_TOSS_SECRET_KEY", "test_sk_dure", "Toss secret key", secret=True)
    toss_client_key: str = setting("DURE_TOSS_CLIENT_KEY", "test_ck_dure", "Toss client key of the payment window")
    toss_security_key: str = setting(
        "DURE_TOSS_SECURITY_KEY", "0" * 64, "Toss security key (64 hex digits): payouts and their webhooks", secret=True
    )
    deposit_hours: int = setting(
        "DURE_DEPOSIT_HOURS", "24", "hours a buyer has to pay into a virtual account (at most 720)"
    )
    nts_url: str = setting(
        "DURE_NTS_URL", "", "national tax service business status; empty: the simulator, or the real one"
    )
    nts_key: str = setting("DURE_NTS_KEY", "demo", "data.go.kr service key (decoded)", secret=True)
    mail_order_url: str = setting(
        "DURE_MAIL_ORDER_URL", "", "register of mail-order sellers (KFTC); empty: the simulator, or the real one"
    )
    markets_url: str = setting(
        "DURE_MARKETS_URL", "", "traditional-market open data; empty: the simulator, or the real one"
    )
    address_url: str = setting(
        "DURE_ADDRESS_URL", "", "road address search (juso.go.kr); empty: the simulator, or the real one"
    )
    address_key: str = setting("DURE_ADDRESS_KEY", "demo", "juso.go.kr approval key (confmKey)", secret=True)
    account_url: str = setting("DURE_ACCOUNT_URL", "", "bank account holder check; empty: the simulator")
    identity_url: str = setting(
        "DURE_IDENTITY_URL", "", "PortOne API (본인인증); empty: the simulator, or the real one"
    )
    identity_secret: str = setting("DURE_IDENTITY_SECRET", "test", "PortOne API secret", secret=True)
    identity_store: str = setting("DURE_IDENTITY_STORE", "store-test", "PortOne store id of the verification window")
    identity_channel: str = setting(
        "DURE_IDENTITY_CHANNEL", "channel-test", "PortOne channel key of the verification window"
    )
    business: str = setting(
        "DURE_BUSINESS",
        "상호: 두레 | 대표: (대표자) | 사업자등록번호: 000-00-00000 | 통신판매업: 신고 전 | 주소: (사업장 주소) | 문의: help@example.com",
        "the operator's business information at the foot of the shop: label: value | label: value",
    )
    carrier_url: str = setting("DURE_CARRIER_URL", "", "parcel tracking; empty: the simulator")
    account_key: str = setting(
        "DURE_ACCOUNT_KEY", "test_account", "access token of the account holder check", secret=True
    )
    carrier_key: str = setting(
        "DURE_CARRIER_KEY",
        "test_carrier",
        "parcel tracking: access token, and the key its webhooks are signed with",
        secret=True,
    )
    simulator_pace: int = setting(
        "DURE_SIMULATOR_PACE", "12", "seconds between two steps of a simulated parcel or payout"
    )

    @property
    def reach(self) -> str:
        """The host to connect to: listening everywhere includes this machine."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104

    @property
    def base_url(self) -> str:
        return self.public_url or f"http://{self.reach}:{self.port}"

    @property
    def lane_port(self) -> int:
        return self.port + 1

    @property
    def media_port(self) -> int:
        return self.port + 2

    @property
    def simulators_port(self) -> int:
        return self.port + 3

    @property
    def lane_base_url(self) -> str:
        return self.lane_url or f"http://{self.reach}:{self.lane_port}"

    @property
    def media_base_url(self) -> str:
        return self.media_url or f"http://{self.reach}:{self.media_port}"

    @property
    def simulators_url(self) -> str:
        return f"http://{self.reach}:{self.simulators_port}"

    def outside_url(self, service: str, real: str) -> str:
        """Base URL of an outside service: the setting, else its simulator, else `real`."""
        explicit: str = getattr(self, f"{service}_url")
        if explicit:
            return explicit
        return f"{self.simulators_url}/{service}" if self.simulators else real


def socket_dir(home: Path) -> Path:
    """Where the embedded PostgreSQL puts its socket. The path of a Unix socket may hold 103 bytes (macOS; Linux 107)."""
    inside = home / "postgres-socket"
    if len(f"{inside}/.s.PGSQL.5432.lock".encode()) <= 103:
        return inside
    return Path(tempfile.gettempdir()) / f"dure-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


@cache
def load() -> Config:
    """Read the environment once. Raises ConfigError on a value that cannot be used."""
    values: dict[str, object] = {}
    for f in fields(Config):
        raw = os.environ.get(f.metadata["env"], str(f.default))
        values[f.name] = _typed(f.metadata["env"], str(f.type), raw)
    config = Config(**values)  # type: ignore[arg-type]
    if config.mode not in {"demo", "test", "production"}:
        raise ConfigError(f"DURE_MODE is {config.mode!r}; use demo, test or production.")
    if not config.mail_port:
        object.__setattr__(config, "mail_port", config.port + 4)
    if not config.secret_key:
        object.__setattr__(config, "secret_key", _kept_secret(config.home))
    return config


def _typed(env: str, kind: str, raw: str) -> object:
    if kind == "int":
        if not raw.isdigit():
            raise ConfigError(f"{env} is {raw!r}; it must be a whole number.")
        return int(raw)
    if kind == "bool":
        return raw.lower() not in {"", "0", "no", "false", "off"}
    if kind == "Path":
        return Path(raw).expanduser().resolve()
    return raw


def _kept_secret(home: Path) -> str:
    path = home / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
        return path.read_text()
