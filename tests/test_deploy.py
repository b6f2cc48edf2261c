"""What deploy/ says: one configuration of Dagster for every way, secrets in files, an executor by a setting."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped]

from dayops_pipeline import executors, instance
from dayops_pipeline.cli.serve import _command
from resources.house import House
from resources.settings import SettingsError, load_settings

DEPLOY = Path(__file__).parents[1] / "deploy"
NO_FILE = Path("none.toml")


def a_document(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text())
    return read


@pytest.fixture
def in_force() -> dict[str, Any]:
    """The dagster.yaml that every process writes."""
    read: dict[str, Any] = yaml.safe_load(instance.yaml())
    return read


def test_no_fault_of_the_data_is_run_again_and_nothing_is_told_to_anyone(in_force: dict[str, Any]) -> None:
    assert in_force["run_retries"] == {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False}
    assert in_force["telemetry"] == {"enabled": False}
    assert in_force["run_monitoring"]["free_slots_after_run_end_seconds"] > 0


def test_kubernetes_runs_with_the_same_configuration(in_force: dict[str, Any]) -> None:
    values = a_document("helm/values.yaml")
    limits, runs = values["concurrency"]["runs"], in_force["concurrency"]["runs"]
    assert limits["maxConcurrentRuns"] == runs["max_concurrent_runs"]
    assert limits["tagConcurrencyLimits"] == runs["tag_concurrency_limits"]
    pools = in_force["concurrency"]["pools"]
    assert values["concurrency"]["pools"] == {
        "granularity": pools["granularity"],
        "defaultLimit": pools["default_limit"],
    }
    assert values["dagsterDaemon"]["runRetries"] == {"enabled": True, "maxRetries": 2, "retryOnAssetOrOpFailure": False}
    assert values["telemetry"] == in_force["telemetry"]
    assert values["additionalInstanceConfig"] == {name: in_force[name] for name in ("nux", "run_monitoring")}
    for kind in ("schedule", "sensor"):
        assert values["retention"][kind]["purgeAfterDays"] == in_force["retention"][kind]["purge_after_days"]


def test_the_chart_is_given_keys_that_it_knows() -> None:
    known = {
        "dagsterWebserver", "dagsterDaemon", "dagster-user-deployments", "postgresql", "rabbitmq", "redis", "flower",
        "generatePostgresqlPasswordSecret", "generateCeleryConfigSecret", "ingress", "runLauncher", "migrate",
        "telemetry", "global", "retention", "concurrency", "additionalInstanceConfig",
    }  # fmt: skip
    values = a_document("helm/values.yaml")
    assert set(values) <= known
    assert values["runLauncher"]["type"] == "K8sRunLauncher"


def test_compose_keeps_secrets_in_files_and_dagster_on_loopback() -> None:
    services = a_document("compose.yaml")["services"]
    assert set(services) == {"postgres", "migrate", "code", "daemon", "webserver", "viewer"}
    for name, service in services.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert not [key for key in service["environment"] if "PASSWORD" in key and not key.endswith("_FILE")]
        assert name == "migrate" or "healthcheck" in service


def test_an_address_in_a_file_goes_before_the_address_itself(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://me:secret@db/dayops\n")
    given = {"DAYOPS_WAREHOUSE_URL_FILE": str(tmp_path / "url"), "DAYOPS_WAREHOUSE_URL": "postgresql://other/x"}
    settings = load_settings(environ=given, file=NO_FILE)
    assert settings.warehouse_url is not None
    assert settings.warehouse_url.get_secret_value() == "postgresql+psycopg://me:secret@db/dayops"
    assert "secret" not in repr(settings)


def test_a_file_of_an_address_that_is_not_there_is_told_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"DAYOPS_BROKER_URL_FILE names .*none, which cannot be read"):
        load_settings(environ={"DAYOPS_BROKER_URL_FILE": str(tmp_path / "none")}, file=NO_FILE)


def test_runs_are_kept_for_a_month_at_least() -> None:
    with pytest.raises(SettingsError, match="DAYOPS_KEEP_RUNS_DAYS"):
        load_settings(environ={"DAYOPS_KEEP_RUNS_DAYS": "30"}, file=NO_FILE)


def test_the_executor_is_a_setting_and_tells_no_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert executors.chosen(House()) is dg.in_process_executor
    pytest.importorskip("dagster_celery")
    monkeypatch.setenv("DAYOPS_EXECUTOR", "celery")
    monkeypatch.setenv("DAYOPS_BROKER_URL", "redis://:secret@host/0")
    chosen = executors.chosen(House())
    assert chosen.name == "celery"
    assert "secret" not in repr(vars(chosen))


def test_a_part_of_production_finds_the_code_server_by_a_workspace(tmp_path: Path) -> None:
    settings = load_settings(environ={}, file=NO_FILE, home=tmp_path)
    settings.dagster_home.mkdir(parents=True)
    command = _command("viewer", settings, "127.0.0.1", 3001, "code:4000", "one")
    workspace = yaml.safe_load(Path(command[command.index("--workspace") + 1]).read_text())
    assert workspace["load_from"] == [{"grpc_server": {"host": "code", "port": 4000, "location_name": "dayops"}}]
    assert "--read-only" in command
    assert "--read-only" not in _command("webserver", settings, "127.0.0.1", 3000, "code:4000", "one")
    assert [file.name for file in settings.dagster_home.iterdir()] == ["workspace-code-4000.yaml"]
