"""Copy what the pages ship from node_modules into ``static/vendor/NAME-VERSION/``, licences included.

Run by ``make vendor`` after ``npm ci``; the versions are those of package.json.
"""

import json
import shutil
from pathlib import Path

VENDOR = Path(__file__).parent
PROJECT = VENDOR.parents[1]
MODULES = PROJECT / "node_modules"
FILES = {
    "@noble/ed25519": ["index.js", "LICENSE"],
    "@panzoom/panzoom": ["dist/panzoom.es.js", "MIT-License.txt"],
    "htmx.org": ["dist/htmx.min.js", "LICENSE"],
    "uplot": ["dist/uPlot.esm.js", "dist/uPlot.min.css", "LICENSE"],
    "zxing-wasm": ["dist/es/reader/index.js", "dist/es/share.js", "dist/reader/zxing_reader.wasm", "LICENSE"],
}


def main() -> None:
    versions = json.loads((PROJECT / "package.json").read_text())["dependencies"]
    for folder in VENDOR.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    for name, files in FILES.items():
        target = VENDOR / f"{name.rsplit('/', 1)[-1]}-{versions[name]}"
        for file in files:
            kept = target / file.removeprefix("dist/")
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(MODULES / name / file, kept)


if __name__ == "__main__":
    main()
