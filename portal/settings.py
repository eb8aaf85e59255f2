"""The settings of a running portal: from the environment, or from the supervisor that is running here."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from documents import keyring
from documents.rules.signatures import NONE, TEST, SigningOrder
from documents.rules.whole_numbers import number_or_none
from portal.provider_order import YES, ProviderOrder
from portal.servers import LOOPBACK, MONGOD_PORT, REPLICA_SET, VALKEY_PORT

PROJECT = Path(__file__).resolve().parent.parent
WEB_PORT = 8000
DATA_KEY = "data.key"
USUAL_PACE = 600  # ten requests a second, all minute long
FIRST_PASSWORD = "first-password"  # a file  # noqa: S105


@dataclass(frozen=True)
class Settings:
    """Everything a process of the portal must be told (设置)."""

    mongodb_uri: str
    redis_url: str
    secret_key: str
    data_folder: Path
    base_url: str = f"http://127.0.0.1:{WEB_PORT}"
    database_name: str = "juanzong"
    smtp_url: str = ""
    mail_from: str = "juanzong@localhost"
    zone: str = "Asia/Shanghai"
    plain_hosts: frozenset[str] = frozenset()  # gateways that are asked without encryption
    demo: bool = False
    secure_cookies: bool = False
    signing: SigningOrder = field(default_factory=SigningOrder)
    clamd: str = ""
    verapdf: str = ""
    fixity_days: int = 90
    copy_folder: Path | None = None  # of sealed files 第二副本
    closes_copies: bool = True  # whether they are encrypted there
    audit_key_file: Path | None = None  # that signs checkpoints of the audit trail 检查点密钥
    checkpoint_folder: Path | None = None  # where checkpoints are written a second time
    hosts: frozenset[str] = frozenset()  # further names under which browsers find the portal
    metrics_token: str = ""  # who brings it may read /metrics
    proxies: int = 0  # how many of our own web servers stand before the portal 反向代理
    requests_a_minute: int = 0  # how often an account, or a strange address, may ask 访问频率; 0, as it likes
    second_factor: bool | None = None  # whether roles that ask for a second factor 两步验证 must show one
    data_key: str = ""  # the master key of encrypted data 主密钥

    scratch: Path | None = None  # where temporary files lie, below it a folder of each process

    provider: ProviderOrder | None = None  # through which people sign in 统一登录

    @property
    def audit_key(self) -> Path:
        """The file of the key that signs checkpoints: the one that was brought, or the folder's own."""
        return self.audit_key_file or self.data_folder / "audit.key"

    @property
    def scratch_folder(self) -> Path:
        """Where temporary files lie 临时文件夹: where it was set, best in memory, or in the data folder."""
        return self.scratch or self.data_folder / "scratch"

    @property
    def forces_second_factor(self) -> bool:
        """Whether whoever must show a second factor is held to it: as was set, and else outside the demo."""
        return not self.demo if self.second_factor is None else self.second_factor

    @property
    def master_key(self) -> bytes | None:
        """The master key 主密钥 in bytes; raises documents.keyring.KeyUnfit."""
        return keyring.master_from(self.data_key) if self.data_key else None

    @property
    def trusted_hosts(self) -> list[str] | None:
        """The names that a request may call the portal by 主机名; None, any, in the demo."""
        if self.demo:
            return None
        own = urlsplit(self.base_url).hostname or LOOPBACK
        return sorted({own, LOOPBACK, "localhost", *self.hosts})

    @property
    def first_password(self) -> Path:
        """Where the one-time password of the first administrator waits until it was used."""
        return self.data_folder / FIRST_PASSWORD

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the variables; where one is missing, ask what the supervisor of this folder wrote down."""
        given = os.environ if environment is None else environment
        folder = data_folder(given)
        known = {**running(folder), **given}
        base_url = known.get("JUANZONG_BASE_URL", cls.base_url)
        return cls(
            mongodb_uri=known.get(
                "MONGODB_URI", f"mongodb://127.0.0.1:{MONGOD_PORT}/?replicaSet={REPLICA_SET}"
            ),
            redis_url=known.get("REDIS_URL", f"redis://127.0.0.1:{VALKEY_PORT}/0"),
            secret_key=known.get("JUANZONG_SECRET") or kept_secret(folder),
            data_folder=folder,
            base_url=base_url,
            database_name=known.get("JUANZONG_DATABASE", cls.database_name),
            smtp_url=known.get("JUANZONG_SMTP_URL", cls.smtp_url),
            mail_from=known.get("JUANZONG_MAIL_FROM", cls.mail_from),
            zone=known.get("JUANZONG_ZONE", cls.zone),
            plain_hosts=hosts_in(known.get("JUANZONG_HTTP_HOSTS", "")),
            demo=wants_demo(known),
            secure_cookies=base_url.startswith("https://"),
            signing=signing_in(known, folder),
            clamd=known.get("JUANZONG_CLAMD", ""),
            verapdf=known.get("JUANZONG_VERAPDF", ""),
            fixity_days=days_in(known.get("JUANZONG_FIXITY_DAYS", ""), cls.fixity_days),
            copy_folder=path_in(known, "JUANZONG_COPY_FOLDER"),
            closes_copies=switch_in(known, "JUANZONG_COPY_ENCRYPTION") is not False,
            audit_key_file=path_in(known, "JUANZONG_AUDIT_KEY"),
            checkpoint_folder=path_in(known, "JUANZONG_CHECKPOINT_FOLDER"),
            hosts=hosts_in(known.get("JUANZONG_HOSTS", "")),
            metrics_token=known.get("JUANZONG_METRICS_TOKEN", ""),
            proxies=days_in(known.get("JUANZONG_PROXIES", ""), cls.proxies),
            requests_a_minute=pace_in(known.get("JUANZONG_REQUESTS_A_MINUTE", "")),
            scratch=path_in(known, "JUANZONG_SCRATCH_FOLDER"),
            provider=ProviderOrder.of(known),
            second_factor=switch_in(known, "JUANZONG_SECOND_FACTOR"),
            data_key=data_key_in(known, folder),
        )


def path_in(known: Mapping[str, str], name: str) -> Path | None:
    """A path that was given, or none."""
    return Path(known[name]) if known.get(name) else None


def switch_in(known: Mapping[str, str], name: str) -> bool | None:
    """A switch that was set, or None."""
    return known[name].strip().lower() in YES if known.get(name) else None


def data_key_in(known: Mapping[str, str], folder: Path) -> str:
    """The master key 主密钥: brought, in a file that was brought, or made once for the data folder."""
    if known.get("JUANZONG_DATA_KEY"):
        return known["JUANZONG_DATA_KEY"]
    brought = path_in(known, "JUANZONG_DATA_KEY_FILE")
    return brought.read_text().strip() if brought else kept(folder / DATA_KEY, keyring.new_master)


def days_in(written: str, usual: int) -> int:
    """A number of days, or of anything; what is none means the usual."""
    number = number_or_none(written)
    return number if number and number > 0 else usual


def pace_in(written: str) -> int:
    """How often an account may ask in a minute; 0, said so, as it likes."""
    return 0 if written.strip() == "0" else days_in(written, USUAL_PACE)


def signing_in(known: Mapping[str, str], folder: Path) -> SigningOrder:
    """With what volumes are signed 签名设置; the demo signs with a test authority and says so."""
    usual = TEST if wants_demo(known) else NONE
    key = known.get("JUANZONG_SIGNING_KEY", usual)
    password_file = known.get("JUANZONG_SIGNING_PASSWORD_FILE")
    return SigningOrder(
        key=key,
        certificate=known.get("JUANZONG_SIGNING_CERTIFICATE", ""),
        password=Path(password_file).read_text().strip()
        if password_file
        else known.get("JUANZONG_SIGNING_PASSWORD", ""),
        authority=known.get("JUANZONG_TIMESTAMP", TEST if key == TEST else NONE),
        trust=known.get("JUANZONG_TRUST", ""),
        folder=folder,
    )


def hosts_in(written: str) -> frozenset[str]:
    """The hosts of a list such as `sms.bank.example, localhost`."""
    return frozenset(one.strip().lower() for one in written.split(",") if one.strip())


def data_folder(environment: Mapping[str, str]) -> Path:
    """The folder of everything that is not code: `var`, or JUANZONG_FOLDER."""
    return Path(environment.get("JUANZONG_FOLDER") or PROJECT / "var").resolve()


def wants_demo(known: Mapping[str, str]) -> bool:
    """Whether this is the demo: when asked for, or by default where nobody brought a database."""
    if "JUANZONG_DEMO" in known:
        return known["JUANZONG_DEMO"].lower() in YES
    return "MONGODB_URI" not in known


def running(folder: Path) -> dict[str, str]:
    """What the supervisor of this folder told its processes; empty when none has run."""
    note = addresses_file(folder)
    if not note.exists():
        return {}
    told: dict[str, str] = json.loads(note.read_text())
    return told


def addresses_file(folder: Path) -> Path:
    """Where the supervisor writes down which addresses it gave out."""
    return folder / "run" / "addresses.json"


def kept_secret(folder: Path) -> str:
    """The key that signs sessions, made once for each folder and readable by its owner only."""
    return kept(folder / "secret", lambda: secrets.token_hex(32))


def kept(path: Path, make: Callable[[], str]) -> str:
    """What a file holds that is made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            # A link never overwrites: of two processes that start at once, one key wins.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
