"""The manifest: which release the files are, and the sum of each, so that anybody can tell that they are whole.

Neither the manifest nor the sums are in what is summed for the content.
"""

from collections.abc import Mapping
from datetime import UTC

from expectations.releases import Content
from resources.pack.plain import json_bytes, sha256


def manifest_files(content: Content, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `manifest.json` of the files, and `SHA256SUMS` of them and the manifest, as `sha256sum -c` reads it."""
    sums = {name: sha256(files[name]) for name in sorted(files)}
    manifest = json_bytes(
        {
            "release_id": content.release_id,
            "period": f"{content.period:%Y-%m}",
            "number": content.number,
            "publish_at": moment(content),
            "reason": content.reason,
            "population_vintage": content.population_vintage,
            "policy": dict(content.policy),
            "figures": len(content.figures),
            "revisions": len(content.revisions),
            "content_sha256": content_sha256(sums),
            "files": sums,
        },
        is_sorted=True,
    )
    sums = dict(sorted({**sums, "manifest.json": sha256(manifest)}.items()))
    lines = "".join(f"{digits}  {name}\n" for name, digits in sums.items())
    return {"manifest.json": manifest, "SHA256SUMS": lines.encode()}


def moment(content: Content) -> str | None:
    """Return when the release becomes public, in universal time wherever it was kept; None while it is a draft."""
    return content.publish_at.astimezone(UTC).isoformat() if content.publish_at else None


def content_sha256(sums: Mapping[str, str]) -> str:
    """Return one sum over the names and sums of all files."""
    return sha256("\n".join(f"{name} {digits}" for name, digits in sorted(sums.items())).encode())
