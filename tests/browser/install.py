"""Make sure that the browser tests have a Chromium: Debian's where we are root, Playwright's own elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """The path of an installed Chromium, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def main() -> None:
    if find():
        return
    sys.stderr.write("Installing Chromium for the browser tests (once) …\n")
    if os.geteuid() == 0 and Path("/etc/debian_version").exists():
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True)
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    main()
