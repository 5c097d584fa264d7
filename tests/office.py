"""LibreOffice, which shows an exported workbook as people see it: the installed one, else Debian's packages unpacked
into a cache folder, once for each machine. Nobody needs to be root for that, and nothing of the system is changed.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "libreoffice-calc-nogui"
LIBRARIES = f"usr/lib/{platform.machine()}-linux-gnu"
PROGRAMS = "usr/lib/libreoffice/program"
SETTINGS = "etc/libreoffice/registry"
DELIVERED = "usr/lib/libreoffice/share/.registry"
"""From here Debian's installer copies the settings."""
LONGEST_S = 120


@dataclass(frozen=True)
class Office:
    """A LibreOffice that can be started."""

    program: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def as_pdf(self, workbooks: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
        """The workbooks by name, each printed."""
        files = [folder / f"{name}.xlsx" for name in workbooks]
        for file, content in zip(files, workbooks.values(), strict=True):
            file.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        asked = [self.program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, files)]
        environment = os.environ | self.environment
        subprocess.run(asked, check=True, env=environment, timeout=LONGEST_S, capture_output=True)
        return {file.stem: file.with_suffix(".pdf").read_bytes() for file in files}


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache") / "exhibition-tests"


def _unpacked(root: Path) -> Office:
    folders = [root / PROGRAMS, root / LIBRARIES, root / LIBRARIES / "blas", root / LIBRARIES / "lapack"]
    return Office(str(root / PROGRAMS / "soffice"), {"LD_LIBRARY_PATH": ":".join(map(str, folders))})


def find() -> Office | None:
    """The LibreOffice of this machine, or None."""
    if installed := shutil.which("soffice"):
        return Office(installed)
    root = _cache() / "libreoffice"
    return _unpacked(root) if root.exists() else None


def install() -> Office:
    """Download what is missing of Debian's packages and unpack it; takes ten seconds, on a busy machine thirty."""
    cache = _cache()
    root, fresh = cache / "libreoffice", cache / f"unpacking-{os.getpid()}"
    for name in ("lists/partial", "archives/partial"):
        (cache / name).mkdir(parents=True, exist_ok=True)
    # Folders of our own, and no locks: so that it works beside another apt, and for those who are not root.
    options = {"Dir::State::Lists": cache / "lists", "Dir::Cache": cache, "Debug::NoLocking": "1"}
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "--download-only", "--no-install-recommends", "-y", "install", PACKAGE], check=True)
    archives = sorted((cache / "archives").glob("*.deb"))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda archive: subprocess.run(["dpkg-deb", "-x", archive, fresh], check=True), archives))
    _settle(fresh, root)
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)
    shutil.rmtree(cache / "archives")
    shutil.rmtree(cache / "lists")
    return _unpacked(root)


def _settle(fresh: Path, root: Path) -> None:
    """What Debian's installer would do: copy the settings, and let the program find its files where they will be."""
    shutil.copytree(fresh / DELIVERED, fresh / SETTINGS, dirs_exist_ok=True)
    for name in ("fundamentalrc", "sofficerc"):
        file = fresh / PROGRAMS / name
        text = file.read_text()
        for folder in ("usr/lib/libreoffice", "etc/libreoffice"):
            text = text.replace(f"file:///{folder}", f"file://{root}/{folder}")
        file.write_text(text)
    for link in (fresh / "usr/lib/libreoffice").rglob("*"):
        if link.is_symlink() and str(link.readlink()).startswith("/etc/libreoffice"):
            target = root / str(link.readlink()).lstrip("/")
            link.unlink()
            link.symlink_to(target)


def main() -> None:
    if find() is None:
        sys.stderr.write("Unpacking LibreOffice for the test of exported workbooks (once) …\n")
        install()


if __name__ == "__main__":
    main()
