"""Fetch the browser assets that vendor.json lists, and check or renew their hashes.

`python tools/vendor.py` writes every listed file anew; a file that differs from its
hash is refused, and nothing is written. `python tools/vendor.py htmx.org@2.0.12` takes
another version of that package and its hashes with it. The registry is npm's own
setting; no address is kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIST = ROOT / "vendor.json"


def packed(name: str, version: str, folder: Path) -> Path:
    """Return the archive of one version of a package, which npm fetched and checked."""
    done = subprocess.run(
        ["npm", "pack", "--loglevel=error", f"{name}@{version}"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )
    made = sorted(folder.glob("*.tgz"))
    if done.returncode or len(made) != 1:
        sys.exit(f"npm did not fetch {name} {version}:\n{done.stderr.strip()}")
    return made[0]


def members(archive: Path, package: dict[str, Any]) -> dict[str, bytes]:
    """Return the listed files of a package: where each belongs, and its bytes."""
    found = {}
    with tarfile.open(archive) as tar:
        told = tar.extractfile("package/package.json")
        assert told is not None
        licence = json.load(told).get("license")
        if licence != package["licence"]:
            sys.exit(
                f"{package['name']} is now under {licence!r}, not "
                f"{package['licence']!r}: read it, then correct vendor.json"
            )
        for item in package["files"]:
            try:
                stream = tar.extractfile(f"package/{item['from']}")
            except KeyError:
                stream = None
            if stream is None:
                sys.exit(f"{package['name']} has no file {item['from']}")
            found[item["path"]] = stream.read()
    return found


def fetch(package: dict[str, Any]) -> dict[str, bytes]:
    """Return the listed files of a package as the registry has them now."""
    with tempfile.TemporaryDirectory() as folder:
        archive = packed(package["name"], package["version"], Path(folder))
        return members(archive, package)


def main(words: list[str]) -> None:
    """Write the listed files; for each name@version in `words`, take that version."""
    if shutil.which("npm") is None:
        sys.exit("npm is needed to fetch browser assets: sudo apt-get install -y npm")
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    packages = {package["name"]: package for package in listed["packages"]}
    renewed = set()
    for word in words:
        name, at, version = word.rpartition("@")
        if not at or not version or name not in packages:
            sys.exit(f"{word!r} is not name@version of one of {', '.join(packages)}")
        packages[name]["version"] = version
        renewed.add(name)
    contents = {}
    for name, package in packages.items():
        files = fetch(package)
        for item in package["files"]:
            sha256 = hashlib.sha256(files[item["path"]]).hexdigest()
            if name not in renewed and sha256 != item["sha256"]:
                sys.exit(
                    f"{item['path']} of {name} {package['version']} has another hash "
                    f"than vendor.json says:\n  {sha256}\nNothing was written."
                )
            item["sha256"] = sha256
        contents.update(files)
    for path, content in contents.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    text = json.dumps(listed, indent=2, ensure_ascii=False)
    LIST.write_text(text + "\n", encoding="utf-8")
    for name, package in packages.items():
        print(f"{name} {package['version']}: {len(package['files'])} files")


if __name__ == "__main__":
    main(sys.argv[1:])
