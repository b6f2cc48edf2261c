"""Who may write: one run a month and one that makes figures, whoever started them, and no lock outlives its process."""

import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.exc import DBAPIError

from assets.turns import is_cut_off
from warehouse import locks
from warehouse.connection import connect

AUGUST, SEPTEMBER = locks.of_month("2026-08"), locks.of_month("2026-09")

HOLDER = """
import sys, time
from warehouse import locks
from warehouse.connection import connect
with locks.writing(connect(sys.argv[1]), locks.of_month("2026-08"), 1):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_month_that_is_written_elsewhere_is_waited_for_and_then_given_up_in_words(database: str) -> None:
    engine = connect(database)
    with locks.writing(engine, AUGUST, 1):
        with pytest.raises(locks.LockError, match="2026-08 is in the hands of another run"), _writing(database, AUGUST):
            pass
        with _writing(database, SEPTEMBER), _writing(database, locks.FIGURES):
            pass
    with _writing(database, AUGUST):
        pass


def test_who_changes_everything_waits_for_every_stage_and_every_stage_for_them(database: str) -> None:
    engine = connect(database)
    with _writing(database, AUGUST), pytest.raises(locks.LockError, match="as a whole"), locks.alone(engine, 1):
        pass
    with locks.alone(engine, 1), pytest.raises(locks.LockError), _writing(database, AUGUST):
        pass


def test_a_lock_does_not_outlive_the_process_that_held_it(database: str) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, database], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(locks.LockError), _writing(database, AUGUST):
            pass
        holder.kill()
        holder.wait()
        with locks.writing(connect(database), AUGUST, 10):
            pass


def test_many_that_write_the_same_months_all_come_to_their_turn_one_at_a_time(database: str) -> None:
    inside, most, ended = [0], [0], []

    def write(number: int) -> None:
        with locks.writing(connect(database), AUGUST, 20):
            pass
        with locks.writing(connect(database), locks.FIGURES, 20):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.05)
            inside[0] -= 1
        ended.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (sorted(ended), most) == (list(range(6)), [1])


def test_a_lost_connection_is_worth_another_try_and_a_wrong_value_is_not(database: str) -> None:
    for statement, is_worth_it in (("select pg_terminate_backend(pg_backend_pid())", True), ("select 1 / 0", False)):
        with pytest.raises(DBAPIError) as raised, connect(database).connect() as connection:
            connection.exec_driver_sql(statement)
        assert is_cut_off(raised.value) is is_worth_it


def _writing(url: str, lock: locks.Lock) -> AbstractContextManager[None]:
    return locks.writing(connect(url), lock, 1)
