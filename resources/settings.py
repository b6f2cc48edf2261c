"""What can be set, in one typed object: `DAYOPS_*` variables over `dayops.toml` over working defaults.

Nothing is read at import. `load_settings()` reads the surroundings; `Settings(...)` reads nothing but its arguments, so
that a test is never at the mercy of a machine. What a setting does belongs with its user.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails

from expectations.reference import VINTAGE, complete_vintages
from resources.reading.model import Limits

PREFIX = "DAYOPS_"
SETTINGS_FILE = Path("dayops.toml")
LEAST_PASSWORD = 12
"""Characters that a password has at least."""
LEAST_DAYS_OF_RUNS = 31
"""Days that runs are kept at least: a month, so that no schedule that is caught up with asks for one that is gone."""

_DIALECT = "postgresql+psycopg://"
_OTHER_SPELLINGS = ("postgres://", "postgresql://", _DIALECT)


class SettingsError(ValueError):
    """A setting that cannot be used, with its name, what was got and what is wanted."""


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def _address(value: str) -> str:
    """Makes a folder's name absolute, and leaves an address with a scheme as it is."""
    return value if "://" in value or "::" in value else str(_absolute(Path(value)))


def _postgres(url: SecretStr) -> SecretStr:
    """Spells a Postgres address with the one driver that the warehouse uses."""
    scheme, separator, rest = url.get_secret_value().partition("://")
    if scheme + separator not in _OTHER_SPELLINGS or not rest:
        raise ValueError("a Postgres address is wanted, such as postgresql://user:password@host:5432/dayops")
    return SecretStr(_DIALECT + rest)


def _broker(url: SecretStr) -> SecretStr:
    if not re.fullmatch(r"(rediss?|amqps?|pyamqp)://\S+", url.get_secret_value()):
        raise ValueError("an address is wanted, such as redis://:password@host:6379/0")
    return url


def _key(secret: SecretStr) -> SecretStr:
    if not re.fullmatch("[0-9a-fA-F]{64}", secret.get_secret_value().strip()):
        raise ValueError("64 hexadecimal digits are wanted, as openssl rand -hex 32 prints")
    return secret


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("the name of a time zone is wanted, such as Europe/London") from None
    return name


def _complete_vintage(name: str) -> str:
    if name not in complete_vintages():
        raise ValueError(
            "estimates of people aged 18 and over and 65 and over in every authority are wanted; there are "
            + ", ".join(complete_vintages())
        )
    return name


def _all_positive(limits: Limits) -> Limits:
    for name, value in asdict(limits).items():
        if value <= 0:
            raise ValueError(f"{name} above zero is wanted")
    return limits


def is_password(text: str) -> bool:
    """Says whether `text` is long and plain enough for a password."""
    return len(text) >= LEAST_PASSWORD and text.isprintable()


def _sound_password(value: SecretStr) -> SecretStr:
    if not is_password(value.get_secret_value()):
        raise ValueError(f"{LEAST_PASSWORD} or more characters are wanted")
    return value


def _on_one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("words on one line are wanted")
    return text


def _secret_on_one_line(value: SecretStr) -> SecretStr:
    _on_one_line(value.get_secret_value().strip())
    return value


Line = Annotated[str, AfterValidator(_on_one_line)]
SecretLine = Annotated[SecretStr, AfterValidator(_secret_on_one_line)]
Share = Annotated[float, Field(ge=0, le=1)]
Secret = Annotated[SecretStr, AfterValidator(_sound_password)]
SecretFile = Annotated[Path, AfterValidator(_absolute)]


def _password(role: str) -> Any:
    return Field(default=None, description=f"password that `dayops warehouse roles` gives to {role}")


def _password_file(role: str) -> Any:
    return Field(default=None, description=f"file that holds the password of {role}; goes before the password itself")


def _secret(meaning: str) -> Any:
    return Field(default=None, description=meaning)


def _secret_file(what: str) -> Any:
    return Field(default=None, description=f"file that holds {what}; goes before what is given itself")


class Settings(BaseModel):
    """Everything that can be set, with defaults that work as they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    home: Annotated[Path, AfterValidator(_absolute)] = Field(
        default=Path(".dayops"), description="folder that holds everything dayops keeps; made absolute"
    )
    returns: Annotated[str, AfterValidator(_address)] = Field(
        default_factory=lambda earlier: str(earlier["home"] / "inbox"),
        description="where returns are delivered: a folder, or an address of SFTP, S3 or HTTPS",
        repr=False,  # an address may carry a password
    )
    returns_known_hosts_file: SecretFile | None = Field(
        default=None, description="SFTP: file of the host keys that are trusted; ~/.ssh/known_hosts where none is named"
    )
    returns_key_file: SecretFile | None = Field(default=None, description="SFTP: file of the private key")
    returns_password_file: SecretFile | None = Field(
        default=None, description="SFTP, HTTPS: file that holds the password of the user, or the passphrase of the key"
    )
    returns_token_file: SecretFile | None = Field(default=None, description="HTTPS: file that holds a bearer token")
    returns_ca_file: SecretFile | None = Field(
        default=None, description="HTTPS, S3: certificates to trust instead of those that are commonly trusted"
    )
    returns_connect_seconds: PositiveFloat = Field(
        default=10, description="seconds that a source may take until it is connected"
    )
    returns_read_seconds: PositiveFloat = Field(
        default=60, description="seconds that a source may keep silent while it is read"
    )
    returns_tries: PositiveInt = Field(default=5, description="tries at each request to a source, with growing waits")
    returns_most_files: PositiveInt = Field(default=100_000, description="files that a source may list")
    warehouse_url: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        default=None, description="address of a Postgres server to use instead of the embedded one"
    )
    warehouse_url_file: SecretFile | None = Field(
        default=None, description="file that holds that address; goes before the address itself"
    )
    loader_password: Secret | None = _password("dayops_loader")
    loader_password_file: SecretFile | None = _password_file("dayops_loader")
    analyst_password: Secret | None = _password("dayops_analyst")
    analyst_password_file: SecretFile | None = _password_file("dayops_analyst")
    public_password: Secret | None = _password("dayops_public")
    public_password_file: SecretFile | None = _password_file("dayops_public")
    person_key: Annotated[SecretStr, AfterValidator(_key)] | None = Field(
        default=None, description="key that references of people are kept under, 64 hexadecimal digits"
    )
    person_key_file: Annotated[Path, AfterValidator(_absolute)] | None = Field(
        default=None, description="file that holds that key; one is made in the restricted store where none is named"
    )
    retention_months: PositiveInt = Field(
        default=24, description="months after their financial year that rows about people and full returns are kept"
    )
    coverage_floor_authority: Share = Field(
        default=0.80, description="share of expected providers under which an authority's figure is not given"
    )
    coverage_floor_national: Share = Field(
        default=0.60, description="share of expected providers under which a regional or national figure is not given"
    )
    suppression_threshold: PositiveInt = Field(default=5, description="smallest count of people that may be shown")
    dominance_share: Share = Field(
        default=0.90, description="share of an amount of money above which its two largest providers may not stand"
    )
    dominance_margin: Share = Field(
        default=0.10,
        description="how closely the second largest provider may not come to know the largest, as a share of it",
    )
    rounding_base: PositiveInt = Field(default=5, description="what a rounded count is a multiple of")
    reliability_denominator: PositiveInt = Field(
        default=30, description="people in an average month under which a share of them is marked of low reliability"
    )
    reliability_count: PositiveInt = Field(
        default=20, description="people under which a rate of them is marked of low reliability"
    )
    population_vintage: Annotated[str, AfterValidator(_complete_vintage)] = Field(
        default=VINTAGE, description="estimates of the population that rates divide by"
    )
    imputation: Literal["none", "carry_forward", "ratio"] = Field(
        default="none", description="how authorities below their coverage floor are estimated, beside the figures"
    )
    imputation_months: PositiveInt = Field(
        default=3, description="months back that an estimate may take an authority's figure from"
    )
    limits: Annotated[Limits, AfterValidator(_all_positive)] = Field(
        default=Limits(), description="how much one delivered file may ask of the machine"
    )
    read_workers: PositiveInt = Field(
        default=2, description="processes that read files, write replies and protect figures"
    )
    executor: Literal["in_process", "celery"] = Field(
        default="in_process",
        description="what carries the stages of a run: its own process, or workers behind a broker",
    )
    broker_url: Annotated[SecretStr, AfterValidator(_broker)] | None = Field(
        default=None, description="address of the broker that workers listen to, such as redis://host:6379/0"
    )
    broker_url_file: SecretFile | None = Field(
        default=None, description="file that holds that address; goes before the address itself"
    )
    keep_runs_days: Annotated[int, Field(ge=LEAST_DAYS_OF_RUNS)] | None = Field(
        default=None,
        description="days after which housekeeping deletes runs that nothing rests on; unset, it only counts",
    )
    lock_wait_seconds: PositiveInt = Field(
        default=1800, description="how long a run waits for another that writes the same month, or makes figures"
    )
    code_url: str | None = Field(
        default=None,
        pattern="^https?://",
        description="web address of this code at the version that runs, such as https://github.com/o/r/blob/main",
    )
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        default="Europe/London", description="time zone of the nightly schedule and of receipt times"
    )
    watch_arrivals: bool = Field(default=True, description="whether returns that come between nights are taken in then")
    ui_url: Line = Field(
        default="http://127.0.0.1:3000", description="address of the Dagster UI, for links in messages"
    )
    runbook_url: Line = Field(default="docs/operating/runbook.md", description="where the runbook is read, for links")
    alert_smtp_host: Line | None = Field(default=None, description="mail server that takes messages to operators")
    alert_smtp_port: PositiveInt = Field(default=587, description="port of that server")
    alert_smtp_security: Literal["starttls", "ssl", "none"] = Field(
        default="starttls", description="how the connection to that server is made safe"
    )
    alert_smtp_user: Line | None = Field(default=None, description="user that logs in to that server")
    alert_smtp_password: SecretLine | None = _secret("password of that user")
    alert_smtp_password_file: SecretFile | None = _secret_file("that password")
    alert_from: Line | None = Field(default=None, description="address that messages to operators come from")
    alert_to: Line | None = Field(default=None, description="addresses that they go to, with commas between them")
    alert_slack_webhook: SecretLine | None = _secret("address of an incoming webhook of Slack")
    alert_slack_webhook_file: SecretFile | None = _secret_file("that address")
    alert_slack_token: SecretLine | None = _secret("token of a bot of Slack, instead of a webhook")
    alert_slack_token_file: SecretFile | None = _secret_file("that token")
    alert_slack_channel: Line | None = Field(default=None, description="channel that the bot writes to")
    alert_teams_webhook: SecretLine | None = _secret("address of a workflow or incoming webhook of Teams")
    alert_teams_webhook_file: SecretFile | None = _secret_file("that address")
    alert_repeat_minutes: PositiveInt = Field(
        default=60, description="minutes in which the same failure is not told again"
    )
    night_late_hours: PositiveInt = Field(
        default=26, description="hours after the last successful night at which operators are told"
    )
    reminder_days_before: PositiveInt = Field(
        default=5, description="working days before a return is due on which its provider is reminded"
    )
    reminder_every_days: PositiveInt = Field(
        default=7, description="days between reminders of a return that is overdue"
    )
    reminder_times: PositiveInt = Field(default=8, description="reminders of an overdue return at the most")

    @property
    def policy(self) -> tuple[object, ...]:
        """What decides how figures are made and which may be shown: where it changes, they are made anew."""
        return (
            self.coverage_floor_authority,
            self.coverage_floor_national,
            self.suppression_threshold,
            self.rounding_base,
            self.dominance_share,
            self.dominance_margin,
            self.reliability_denominator,
            self.reliability_count,
            self.population_vintage,
            self.imputation,
            self.imputation_months,
        )

    @property
    def sensitivity(self) -> dict[str, Any]:
        """What of the policy makes a number of people or an amount of money sensitive."""
        return {
            "threshold": self.suppression_threshold,
            "dominance_share": self.dominance_share,
            "dominance_margin": self.dominance_margin,
        }

    @property
    def measuring(self) -> dict[str, Any]:
        """What of the policy the measuring of indicators asks for, by the names that it asks by."""
        return {
            "threshold": self.suppression_threshold,
            "floor_authority": self.coverage_floor_authority,
            "reliability_denominator": self.reliability_denominator,
            "reliability_count": self.reliability_count,
            "population_vintage": self.population_vintage,
        }

    @property
    def archive_dir(self) -> Path:
        """Delivered files as they came, by content."""
        return self.home / "archive"

    @property
    def restricted_dir(self) -> Path:
        """What was read and judged of each submission, and the keys of its pseudonyms."""
        return self.home / "restricted"

    @property
    def reply_dir(self) -> Path:
        """Answers to providers."""
        return self.home / "replies"

    @property
    def reminder_dir(self) -> Path:
        """Reminders to providers of returns that are due."""
        return self.home / "reminders"

    @property
    def annotated_dir(self) -> Path:
        """Annotated copies of returns, each for its sender alone: they hold rows about people."""
        return self.restricted_dir / "replies"

    @property
    def release_dir(self) -> Path:
        """Releases, prepared and published."""
        return self.home / "releases"

    @property
    def published_dir(self) -> Path:
        """Published releases alone, with their index: for everyone."""
        return self.home / "published"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own instance folder."""
        return self.home / "dagster"

    @property
    def login_dir(self) -> Path:
        """Passwords of the warehouse's readers, where they were made and not given."""
        return self.home / "logins"

    @property
    def postgres_dir(self) -> Path:
        """The embedded Postgres server."""
        return self.home / "postgres"


def load_settings(*, environ: Mapping[str, str] | None = None, file: Path = SETTINGS_FILE, **given: object) -> Settings:
    """Reads the settings in force: what is given, then variables, then the file in this folder, then defaults.

    Raises:
        SettingsError: A setting cannot be used; its name, what was got and what is wanted are in the message.
    """
    from_file = _of_file(file)
    from_variables = _of_variables(os.environ if environ is None else environ)
    try:
        return Settings.model_validate(_with_addresses(_laid_over(from_file, from_variables)) | given)
    except ValidationError as error:
        told = [_told(detail, from_variables, file) for detail in error.errors() if _is_a_cause(detail)]
        raise SettingsError("\n".join(told)) from None


def variables() -> dict[str, str]:
    """Each variable that is heeded, with what it sets."""
    fields = {name: field.description or "" for name, field in Settings.model_fields.items() if name != "limits"}
    limits = {f"limits_{name}": "limit of one delivered file" for name in asdict(Limits())}
    return {PREFIX + name.upper(): meaning for name, meaning in (fields | limits).items()}


def _of_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{file} cannot be read: {error}. A TOML file is wanted, with lines like rounding_base = 5."
        ) from None


def _of_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """Gathers what is set; an empty variable is as good as none."""
    found = {name: environ[name] for name in variables() if environ.get(name)}
    plain = {_field(name): value for name, value in found.items() if not _field(name).startswith("limits_")}
    limits = {_field(name).removeprefix("limits_"): value for name, value in found.items() if _field(name) not in plain}
    return plain | ({"limits": limits} if limits else {})


def _with_addresses(found: dict[str, Any]) -> dict[str, Any]:
    """Reads the addresses that hold a password from the files that are named for them."""
    named = {name: found[f"{name}_file"] for name in _IN_FILES if found.get(f"{name}_file")}
    return found | {name: _read_address(name, Path(file)) for name, file in named.items()}


def _read_address(name: str, file: Path) -> str:
    try:
        return file.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text file"
        raise SettingsError(f"{PREFIX}{name.upper()}_FILE names {file}, which cannot be read: {said}.") from None


def _field(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = below | above
    if isinstance(below.get("limits"), dict) and "limits" in above:
        merged["limits"] = below["limits"] | above["limits"]
    return merged


def _is_a_cause(detail: ErrorDetails) -> bool:
    """Leaves out the default that could not be made because `home` was wrong."""
    return detail["type"] != "default_factory_not_called"


def _told(detail: ErrorDetails, from_variables: dict[str, Any], file: Path) -> str:
    path = [str(part) for part in detail["loc"]]
    inside: Any = from_variables
    for part in path:
        inside = inside.get(part) if isinstance(inside, dict) else None
    where = PREFIX + "_".join(path).upper() if inside is not None else f"{'.'.join(path)} in {file}"
    if detail["type"] == "extra_forbidden":
        return f"{where} is not a setting. One of these is wanted: {', '.join(Settings.model_fields)}."
    got = "a value that is not shown" if path[0] in _SECRETS else repr(detail["input"])
    wanted = detail["msg"].removeprefix("Value error, ")
    meaning = Settings.model_fields[path[0]].description
    return f"{where} is {got}: {wanted[0].lower()}{wanted[1:]} ({meaning})."


_IN_FILES = ("warehouse_url", "broker_url")
"""Addresses that may be held in a file, as a system's own store of secrets lays them out."""

_SECRETS = {
    *("warehouse_url", "broker_url", "person_key", "loader_password", "analyst_password", "public_password"),
    *("alert_smtp_password", "alert_slack_webhook", "alert_slack_token", "alert_teams_webhook"),
}
"""Settings that are never repeated."""
