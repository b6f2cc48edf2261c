"""The lock of the rules: what each version of a rule asks, as a fingerprint, so that no rule changes under its version.

`docs/contract/rules.lock` is made by `dayops documents`, which refuses to lock a rule that asks something else than
before under the same version. How a finding is worded is no part of what is asked.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from expectations.comparisons import query as comparison_query
from expectations.contract import Compared, Contract, Joined, Rule, plain
from expectations.joins import VIEWS
from expectations.joins import query as join_query
from expectations.rule_pages import sayings_of, severity_of

_HEAD = """\
# Made by `dayops documents`: each rule, its version, and a fingerprint of what that version asks. Not to be changed by
# hand, but for a rule that was never in force: take its line out, and it is locked anew.
"""


def rule_lock(contract: Contract) -> str:
    """Return the lock: a line for each rule with its version and its fingerprint."""
    return _HEAD + "".join(f"{rule.id} {rule.version} {fingerprint(contract, rule)}\n" for rule in contract.rules)


def too_old(contract: Contract, lock: str) -> list[str]:
    """Return what must be done about each rule that asks something else than `lock` says its version asks."""
    locked = {rule: (int(version), mark) for rule, version, mark in _lines(lock)}
    return [
        f"raise the version of {rule.id} in expectations/rules.py above {version}: it asks something else than it did"
        for rule in contract.rules
        for version, mark in (locked.get(rule.id, (0, "")),)
        if rule.version < version or (rule.version == version and fingerprint(contract, rule) != mark)
    ]


def _lines(lock: str) -> Iterator[tuple[str, str, str]]:
    for line in lock.splitlines():
        if line and not line.startswith("#"):
            rule, version, mark = line.split()
            yield rule, version, mark


def fingerprint(contract: Contract, rule: Rule) -> str:
    """Return a mark of all that the rule asks: its checks, the queries they stand for, and how severe each is."""
    checks = [check for check in contract.checks if check.rule == rule.id]
    asked = [plain(check) for check in checks]
    asked += [_asked_by(join_query, check.query, VIEWS) for check in checks if isinstance(check, Joined)]
    asked += [
        _asked_by(comparison_query, check.query, ("measured",)) for check in checks if isinstance(check, Compared)
    ]
    asked += [f"{says} {severity_of(contract, rule.id, says)}" for says in sayings_of(contract, rule.id)]
    return hashlib.sha256("\n".join([rule.scope, *sorted(asked)]).encode()).hexdigest()[:16]


def _asked_by(query: Callable[[str], str], name: str, views: Sequence[str]) -> str:
    """Return a query without its remarks and its layout; the views that it looks things up in belong to it."""
    lines = [line for line in query(name).splitlines() if not line.strip().startswith("--")]
    words = " ".join(" ".join(lines).split())
    used = [view for view in views if view != name and f" {view}" in words]
    return " ".join([words, *(_asked_by(query, view, views) for view in used)])
