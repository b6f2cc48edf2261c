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


Share = Annotated[float, Field(ge=0, le=1)]
Secret = Annotated[SecretStr, AfterValidator(_sound_password)]
SecretFile = Annotated[Path, AfterValidator(_absolute)]


def _password(role: str) -> Any:
    return Field(default=None, description=f"password that `dayops warehouse roles` gives to {role}")


def _password_file(role: str) -> Any:
    return Field(default=None, description=f"file that holds the password of {role}; goes before the password itself")


class Settings(BaseModel):
    """Everything that can be set, with defaults that work as they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    home: Annotated[Path, AfterValidator(_absolute)] = Field(
        default=Path(".dayops"), description="folder that holds everything dayops keeps; made absolute"
    )
    returns: Annotated[str, AfterValidator(_address)] = Field(
        default_factory=lambda earlier: str(earlier["home"] / "inbox"),
        description="where returns are delivered: a folder, or any fsspec address",
        repr=False,  # an address may carry a password
    )
    warehouse_url: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        default=None, description="address of a Postgres server to use instead of the embedded one"
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
    read_workers: PositiveInt = Field(default=2, description="files read at the same time")
    code_url: str | None = Field(
        default=None,
        pattern="^https?://",
        description="web address of this code at the version that runs, such as https://github.com/o/r/blob/main",
    )
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        default="Europe/London", description="time zone of the nightly schedule and of receipt times"
    )

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
        return Settings.model_validate(_laid_over(from_file, from_variables) | given)
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


_SECRETS = {"warehouse_url", "person_key", "loader_password", "analyst_password", "public_password"}
"""Settings that are never repeated."""
