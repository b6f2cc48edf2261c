"""What became of a submission, and what its provider has to do next.

What was found in it is told elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from expectations.contract import Severity
from expectations.findings import Finding
from expectations.replies.subject import Earlier, Subject
from expectations.wording import Language, phrase


def verdict(subject: Subject, findings: Sequence[Finding]) -> str:
    """Return what became of the submission: accepted, accepted_in_part, queried or refused."""
    return _became(subject.state, subject.rows_quarantined, by_severity(findings))


def earlier_verdict(earlier: Earlier) -> str:
    """Return what became of the submission before."""
    return _became(earlier.state, earlier.rows_quarantined, earlier.count_by_severity)


def _became(state: str, rows_quarantined: int, counts: Mapping[str, int]) -> str:
    if state == "refused":
        return "refused"
    if rows_quarantined or counts.get(Severity.ERROR, 0):
        return "accepted_in_part"
    return "queried" if counts.get(Severity.QUERY, 0) else "accepted"


def by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity, the worst first."""
    counts = Counter(finding.severity for finding in findings)
    return {severity.value: counts[severity] for severity in Severity}


def what_next(subject: Subject, findings: Sequence[Finding], language: Language) -> str:
    """Return what happens next, and what the provider has to do."""
    became, kind = verdict(subject, findings), "trial_next" if subject.is_trial else "next"
    told = phrase(f"{kind}.{became}", language)
    if became == "accepted_in_part" and by_severity(findings)[Severity.QUERY]:
        return f"{told} {phrase(f'{kind}.queries_too', language)}"
    return told


def verdict_phrase(subject: Subject, findings: Sequence[Finding], language: Language) -> str:
    """Return the verdict in words."""
    return phrase(f"{'trial_state' if subject.is_trial else 'state'}.{verdict(subject, findings)}", language)
