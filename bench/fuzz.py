"""The fuzz: thousands of spoilt returns are identified, read and judged as a night does it, and nothing may break.

Each file must end in one state, with a rule where it is not accepted, in time and within memory. Run it with
`make fuzz COUNT=10000 SEED=1`; `--only K` shows what becomes of one of them.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.mutants import Mutant, mutant

if TYPE_CHECKING:
    from expectations.findings import Finding
    from warehouse.ledger import Identity

SOURCES = Path(__file__).parent.parent / "tests" / "data" / "sample"
STATES = ("accepted", "queried", "refused")
MOST_SECONDS, MOST_BYTES = 5.0, 1_000_000_000
_BATCH = 500
_TODAY = date(2026, 11, 24)
_LARGEST_SOURCE = 80_000


@dataclass
class Fate:
    """What became of one mutant."""

    mutant: Mutant
    state: str = ""
    findings: "Sequence[Finding]" = ()
    seconds: float = 0.0
    peak_bytes: int = 0
    troubles: list[str] = field(default_factory=list)
    identity: "Identity | None" = None


def made_up(folder: Path) -> list[Path]:
    """Return what mutants are made of: the tests' sample, and sound returns that are made up for it in `folder`."""
    from click.testing import CliRunner

    from dayops_pipeline.cli.sample import sample

    made = CliRunner().invoke(sample, [str(folder), "--providers", "24", "--months", "2026-08..2026-09", "--seed", "7"])
    if made.exit_code:
        raise SystemExit(made.output)
    return [*readable(SOURCES), *readable(folder)]


def readable(folder: Path) -> list[Path]:
    """Return the returns of a folder that can be taken apart, without the largest."""
    returns = [path for path in sorted(folder.iterdir()) if path.suffix in (".xlsx", ".ods", ".zip")]
    return [path for path in returns if path.stat().st_size <= _LARGEST_SOURCE and _is_readable(path)]


def _is_readable(path: Path) -> bool:
    from bench.books import opened
    from resources.reading import Refused

    try:
        return bool(opened(path).pages)
    except Refused:
        return False


def fates(mutants: Sequence[Mutant], folder: Path, workers: int) -> list[Fate]:
    """Return what becomes of the mutants: identified and read in children with limits, then judged month by month."""
    found = {number: Fate(one) for number, one in enumerate(mutants, 1)}
    files = {number: folder / f"{number}.bin" for number in found}
    for number, path in files.items():
        path.write_bytes(found[number].mutant.data)
    _identify(found, files, workers)
    _read(found, files, folder, workers)
    _judge(found, folder)
    for path in folder.iterdir():
        path.unlink()
    return list(found.values())


def _look(
    function: Callable[[Any], Any], jobs: Iterable[Any], found: Mapping[int, Fate], workers: int
) -> Iterator[Any]:
    """Yield each fate with what the child said of its file, a refusal's flaw where the child is gone."""
    from expectations.headers import Flaw
    from resources.reading import Died, Limits, run_in_children

    for job, outcome in run_in_children(function, jobs, Limits(), workers):
        fate = found[job.submission_id]
        if isinstance(outcome, Died):
            yield fate, job, None, (Flaw(outcome.code, value=outcome.detail),)
            continue
        looked = outcome.value
        fate.seconds += looked.seconds
        fate.peak_bytes = max(fate.peak_bytes, looked.peak_bytes)
        if looked.broke:
            fate.troubles.append(looked.broke)
            continue
        yield fate, job, looked.value, ()


def _identify(found: Mapping[int, Fate], files: Mapping[int, Path], workers: int) -> None:
    from assets.identity import settle
    from assets.periods import MONTHS
    from bench import looking
    from resources.reading import Limits
    from resources.returns import Job, Named

    months = set(MONTHS.get_partition_keys())
    jobs = [Job(number, path, Limits()) for number, path in files.items()]
    for fate, job, named, flaws in _look(looking.identified, jobs, found, workers):
        fate.identity, fate.findings = settle(job.submission_id, named or Named(flaws=flaws), months.__contains__)
        fate.state = "refused" if fate.findings else ""


def _read(found: Mapping[int, Fate], files: Mapping[int, Path], folder: Path, workers: int) -> None:
    from assets.read import refusals
    from bench import looking
    from resources.reading import Limits
    from resources.returns import Job

    jobs = [
        Job(
            number,
            files[number],
            Limits(),
            folder / f"{number}.arrow",
            str(fate.identity.profile),
            str(fate.identity.period),
        )
        for number, fate in found.items()
        if fate.identity and not fate.state and not fate.troubles
    ]
    for fate, job, read, flaws in _look(looking.read, jobs, found, workers):
        refused = refusals({job.submission_id: read or flaws})
        if refused:
            fate.state, fate.findings = "refused", refused[job.submission_id]


def _judge(found: Mapping[int, Fate], folder: Path) -> None:
    waiting = {number: fate for number, fate in found.items() if not fate.state and not fate.troubles}
    for period in sorted({str(fate.identity.period) for fate in waiting.values() if fate.identity}):
        of_month = {
            number: fate for number, fate in waiting.items() if fate.identity and fate.identity.period == period
        }
        try:
            _judge_month(period, of_month, folder)
        except Exception as error:
            _judge_one_by_one(period, of_month, folder, error)


def _judge_one_by_one(period: str, of_month: Mapping[int, Fate], folder: Path, error: Exception) -> None:
    """Find out whose fault it was that a month could not be judged."""
    for number, fate in of_month.items():
        try:
            _judge_month(period, {number: fate}, folder)
        except Exception as own:
            fate.troubles.append(f"judging: {type(own).__name__}: {own}"[:500])
    if not any(fate.troubles for fate in of_month.values()):
        next(iter(of_month.values())).troubles.append(f"judging together: {type(error).__name__}: {error}"[:500])


def _judge_month(period: str, of_month: Mapping[int, Fate], folder: Path) -> None:
    from assets.check import judge
    from expectations.headers import Flaw, flaw_findings
    from expectations.rules import contract_for
    from resources.restricted import read_about, read_sheets

    places = {number: folder / f"{number}.arrow" for number in of_month}
    outside = {
        number: flaw_findings(number, [Flaw(**flaw) for flaw in read_about(place).get("flaws", ())])
        for number, place in places.items()
    }
    submissions = {number: read_sheets(place) for number, place in places.items()}
    judged = judge(contract_for(period), period, submissions, _TODAY, outside)
    for number, fate in of_month.items():
        verdict = judged[number]
        fate.state, fate.findings = verdict.state, verdict.findings
        rows = verdict.rows_accepted + len(verdict.quarantined)
        if rows != verdict.rows_read:
            fate.troubles.append(f"{verdict.rows_read} rows were read, and {rows} are accepted or put aside")


def troubles_of(fate: Fate) -> list[str]:
    """Return what must not be: a file that broke something, without one state, without a reason, or told badly."""
    from expectations.rules import CONTRACT
    from expectations.wording import LANGUAGES, say

    told = list(fate.troubles)
    if fate.state not in STATES and not fate.troubles:
        told.append(f"it ended in no state: {fate.state!r}")
    if fate.state != "accepted" and not fate.troubles and not fate.findings:
        told.append(f"it is {fate.state} for no reason")
    rules = {rule.id for rule in CONTRACT.rules}
    told += [f"no such rule: {finding.rule}" for finding in fate.findings if finding.rule not in rules]
    try:
        for finding in fate.findings[:30]:
            for language in LANGUAGES:
                say(CONTRACT, finding, language)
    except Exception as error:
        told.append(f"it cannot be told: {type(error).__name__}: {error}")
    return told


def run(
    sources: Sequence[Path], seed: int, numbers: Sequence[int], workers: int, tell: Callable[[str], None]
) -> list[Fate]:
    """Return the fates of the mutants with these numbers."""
    all_fates: list[Fate] = []
    with tempfile.TemporaryDirectory(prefix="dayops-fuzz-") as work:
        for start in range(0, len(numbers), _BATCH):
            mutants = [mutant(seed, number, sources) for number in numbers[start : start + _BATCH]]
            batch = fates(mutants, Path(work), workers)
            all_fates += batch
            for fate in batch:
                _tell_troubles(fate, seed, tell)
                fate.mutant = replace(fate.mutant, data=b"")
            tell(f"{len(all_fates)} of {len(numbers)}")
    return all_fates


def _tell_troubles(fate: Fate, seed: int, tell: Callable[[str], None]) -> None:
    for trouble in troubles_of(fate):
        one = fate.mutant
        tell(f"TROUBLE --seed {seed} --only {one.number}: {one.source}: {', '.join(one.done)}\n{trouble}")


def quantile(figures: Sequence[float], share: float) -> float:
    """Return the figure that `share` of all do not exceed."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(found: Sequence[Fate], seed: int, took: float) -> str:
    """Return what the fuzz came to."""
    seconds = [fate.seconds for fate in found]
    states = Counter(fate.state or "none" for fate in found)
    rules = Counter(rule for fate in found for rule in {finding.rule for finding in fate.findings})
    reasons = Counter(says for fate in found for says in {finding.says for finding in fate.findings})
    broken = sum(bool(troubles_of(fate)) for fate in found)
    lines = (
        f"mutants          {len(found)} (seed {seed}, {took:.0f} s)",
        f"troubles         {broken}",
        f"seconds a file   p50 {quantile(seconds, 0.5):.3f}, p99 {quantile(seconds, 0.99):.3f}, max {max(seconds):.3f}",
        f"peak memory      {max(fate.peak_bytes for fate in found) / 1e6:.0f} MB",
        f"states           {_counts(states)}",
        f"files by rule    {_counts(rules)}",
        f"kinds of finding {len(reasons)}; most often {_counts(Counter(dict(reasons.most_common(12))))}",
    )
    return "\n".join(lines)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def is_sound(found: Sequence[Fate]) -> bool:
    """Tell whether all went as it must."""
    is_quick = quantile([fate.seconds for fate in found], 0.99) <= MOST_SECONDS
    is_small = all(fate.peak_bytes <= MOST_BYTES for fate in found)
    return is_quick and is_small and not any(map(troubles_of, found))


def main() -> None:
    """Run the fuzz from the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", type=int, default=None, help="the number of one mutant, to see what becomes of it")
    asked.add_argument("--workers", type=int, default=2)
    given = asked.parse_args()
    print(f"seed {given.seed}")
    began, numbers = time.perf_counter(), range(given.count) if given.only is None else [given.only]
    with tempfile.TemporaryDirectory(prefix="dayops-fuzz-") as folder:
        sources = made_up(Path(folder))
        found = run(sources, given.seed, numbers, given.workers, lambda line: print(line, flush=True))
    print(table(found, given.seed, time.perf_counter() - began))
    if given.only is not None:
        print(found[0].mutant.source, found[0].mutant.done, found[0].findings, sep="\n")
    sys.exit(0 if is_sound(found) else 1)


if __name__ == "__main__":
    main()
