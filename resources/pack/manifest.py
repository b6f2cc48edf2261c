"""The manifest: which release the files are, and the sum of each, so that anybody can tell that they are whole.

Neither the manifest nor the sums are in what is summed.
"""

from collections.abc import Mapping
from datetime import datetime

from expectations.calendar import WALES
from expectations.releases import Content
from resources.pack.plain import json_bytes, sha256

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


def with_manifest(content: Content, files: Mapping[str, bytes], told: Mapping[str, object]) -> dict[str, bytes]:
    """Return the files of a release with `manifest.json` over them and `SHA256SUMS`, as `sha256sum -c` reads it.

    The manifest tells `told` of the release besides.
    """
    sums = {name: sha256(files[name]) for name in sorted(files)}
    manifest = {
        "release_id": content.release_id,
        "period": f"{content.period:%Y-%m}",
        "number": content.number,
        "draft": content.publish_at is None,
        "publish_at": moment(content.publish_at),
        "reason": content.reason,
        "population_vintage": content.population_vintage,
        "policy": dict(content.policy),
        "figures": len(content.figures),
        "revisions": len(content.revisions),
        **told,
        "files": sums,
    }
    whole = {**files, MANIFEST: json_bytes(manifest, is_sorted=True)}
    lines = "".join(f"{sha256(whole[name])}  {name}\n" for name in sorted(whole))
    return {**whole, SUMS: lines.encode()}


def moment(at: datetime | None) -> str | None:
    """Return a moment as it is written, in the time of Wales wherever it was kept; None for none."""
    return at.astimezone(WALES).isoformat(timespec="minutes") if at else None
