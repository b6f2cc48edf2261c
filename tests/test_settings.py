"""Settings: where they come from, in what order, and what is said of one that cannot be used."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from resources.settings import Settings, SettingsError, load_settings, variables

NO_FILE = Path("none.toml")


def loaded(file: Path = NO_FILE, /, **environ: str) -> Settings:
    return load_settings(environ=environ, file=file)


def refusal(file: Path = NO_FILE, /, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(file, **environ)
    return str(caught.value)


def a_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "dayops.toml"
    file.write_text(text)
    return file


def test_every_setting_has_a_default_that_works_and_says_what_it_is() -> None:
    assert loaded() == Settings()
    assert all(field.description for field in Settings.model_fields.values())


def test_a_relative_home_is_made_absolute_and_returns_are_awaited_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = loaded(DAYOPS_HOME="here")

    assert settings.home == tmp_path / "here"
    assert settings.returns == str(tmp_path / "here" / "inbox")


def test_everything_that_is_kept_is_kept_under_home(tmp_path: Path) -> None:
    settings = loaded(DAYOPS_HOME=str(tmp_path))
    kept = [
        settings.archive_dir,
        settings.restricted_dir,
        settings.reply_dir,
        settings.release_dir,
        settings.published_dir,
        settings.dagster_home,
        settings.postgres_dir,
        settings.login_dir,
    ]

    assert len(set(kept)) == 8
    assert {folder.parent for folder in kept} == {tmp_path}


def test_a_variable_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = a_file(tmp_path, "rounding_base = 10\nread_workers = 7\n[limits]\ncells = 8\nrows = 9\n")

    settings = loaded(file, DAYOPS_ROUNDING_BASE="3", DAYOPS_LIMITS_ROWS="4")

    assert (settings.rounding_base, settings.read_workers, settings.suppression_threshold) == (3, 7, 5)
    assert (settings.limits.cells, settings.limits.rows, settings.limits.columns) == (8, 4, 200)


def test_what_is_given_wins_over_variables() -> None:
    assert load_settings(environ={"DAYOPS_READ_WORKERS": "3"}, file=NO_FILE, read_workers=4).read_workers == 4


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert loaded(DAYOPS_ROUNDING_BASE="", DAYOPS_WAREHOUSE_URL="") == Settings()


def test_the_surroundings_are_read_when_asked_and_not_before(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAYOPS_ROUNDING_BASE", "10")
    a_file(tmp_path, "read_workers = 3")

    assert (load_settings().rounding_base, load_settings().read_workers) == (10, 3)
    assert (Settings().rounding_base, Settings().read_workers) == (5, 2)


def test_every_variable_is_heeded() -> None:
    for name in variables():
        assert refusal(**{name: "\0"}).startswith(name.rsplit("LIMITS")[0])


@pytest.mark.parametrize("address", ["s3://bucket/returns", "sftp://host/out", "zip::file://returns.zip"])
def test_returns_may_be_at_any_address(address: str) -> None:
    assert loaded(DAYOPS_RETURNS=address).returns == address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_warehouse_address_is_spelt_with_the_one_driver(scheme: str) -> None:
    url = loaded(DAYOPS_WAREHOUSE_URL=f"{scheme}://me:secret@host/db").warehouse_url

    assert url is not None
    assert url.get_secret_value() == "postgresql+psycopg://me:secret@host/db"


def test_a_password_is_not_shown() -> None:
    addresses = {
        "DAYOPS_WAREHOUSE_URL": "postgresql://me:secret@host/db",
        "DAYOPS_RETURNS": "sftp://me:secret@host/out",
    }
    settings = loaded(**addresses, DAYOPS_ANALYST_PASSWORD="a secret of analysts")

    assert "secret" not in f"{settings!r} {settings}"
    assert "secret" not in refusal(DAYOPS_WAREHOUSE_URL="mysql://me:secret@host/db")


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("DAYOPS_ROUNDING_BASE", "five", "valid integer"),
        ("DAYOPS_ROUNDING_BASE", "0", "greater than 0"),
        ("DAYOPS_COVERAGE_FLOOR_AUTHORITY", "80", "less than or equal to 1"),
        ("DAYOPS_TIMEZONE", "Wales", "Europe/London"),
        ("DAYOPS_TIMEZONE", "../UTC", "Europe/London"),
        ("DAYOPS_LIMITS_CELLS", "many", "valid integer"),
        ("DAYOPS_RELIABILITY_COUNT", "0", "greater than 0"),
        ("DAYOPS_POPULATION_VINTAGE", "mid2023", "there are mid2020"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_was_got_and_what_is_wanted(
    name: str, value: str, wanted: str
) -> None:
    told = refusal(**{name: value})

    assert told.startswith(f"{name} is '{value}': ")
    assert wanted in told


@pytest.mark.parametrize(
    "changed", [{"reliability_denominator": 31}, {"reliability_count": 21}, {"population_vintage": "mid2031"}]
)
def test_what_decides_how_figures_are_made_is_policy(
    changed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.settings.complete_vintages", lambda: ("mid2020", "mid2031"))
    settings = Settings.model_validate(changed)
    assert settings.policy != Settings().policy
    assert settings.measuring != Settings().measuring


def test_a_limit_of_nothing_is_refused() -> None:
    assert "cells above zero" in refusal(DAYOPS_LIMITS_CELLS="0")


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(refusal(DAYOPS_ROUNDING_BASE="x", DAYOPS_READ_WORKERS="y").splitlines()) == 2


def test_a_mistake_in_the_file_names_the_file(tmp_path: Path) -> None:
    file = a_file(tmp_path, 'rounding_base = "five"')

    assert refusal(file).startswith(f"rounding_base in {file} is 'five': ")


@pytest.mark.parametrize("text", ["roundingbase = 5", "[limits]\ncels = 5"])
def test_a_misspelt_setting_in_the_file_is_refused(tmp_path: Path, text: str) -> None:
    assert f"in {tmp_path / 'dayops.toml'}" in refusal(a_file(tmp_path, text))


@pytest.mark.parametrize("text", ["rounding_base: 5", "rounding_base = 5\n\xff".encode("latin-1").decode("latin-1")])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    assert "cannot be read" in refusal(a_file(tmp_path, text))


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().rounding_base = 7
