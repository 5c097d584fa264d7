"""Compare the catalogues with the texts in code and templates; English is written in the code itself.

``--update`` writes new texts into the catalogues first. Ends with 1 when a text is missing, fuzzy, or loses
a placeholder in a translation.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

FOLDER = Path(__file__).parent
LOCALES = ("id",)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def extract(target: Path) -> polib.POFile:
    """Every text that code and templates mark for translation."""
    marks = ["-k", "_l", "-k", "because:2"]  # the second: reasons of a proposal
    command = ["pybabel", "-q", "extract", "-F", str(FOLDER / "babel.cfg"), *marks, "--no-wrap", "-o", str(target)]
    subprocess.run([*command, "."], check=True, cwd=FOLDER.parent)  # noqa: S603 our own command
    return polib.pofile(str(target))


def update(catalogue: polib.POFile, texts: polib.POFile) -> None:
    """Add new texts, drop those no longer used, keep the rest as it is."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    del catalogue[:]
    for text in sorted(texts, key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        kept = known.get((text.msgctxt, text.msgid))
        entry = polib.POEntry(msgid=text.msgid, msgid_plural=text.msgid_plural, msgctxt=text.msgctxt, flags=text.flags)
        if kept is not None:
            entry.msgstr, entry.msgstr_plural = kept.msgstr, kept.msgstr_plural
            entry.flags = sorted({*text.flags, *(kept.flags if kept.fuzzy else [])})
        elif text.msgid_plural:
            entry.msgstr_plural = {0: ""}
        catalogue.append(entry)
    catalogue.save()


def faults(catalogue: polib.POFile, texts: polib.POFile) -> list[str]:
    """One line for each text that readers of this language would miss."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    lines = []
    for text in texts:
        entry = known.get((text.msgctxt, text.msgid))
        if entry is None or not entry.translated():
            lines.append(f"not translated: {text.msgid!r}")
            continue
        source = set(PLACEHOLDER.findall(text.msgid_plural or text.msgid))
        for translation in entry.msgstr_plural.values() or [entry.msgstr]:
            lines += [f"other placeholders: {text.msgid!r}"] * (set(PLACEHOLDER.findall(translation)) != source)
    return lines


def main() -> int:
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        texts = extract(Path(folder) / "texts.pot")
        for locale in LOCALES:
            catalogue = polib.pofile(str(FOLDER / locale / "LC_MESSAGES" / "messages.po"), wrapwidth=78)
            if "--update" in sys.argv[1:]:
                update(catalogue, texts)
            for line in faults(catalogue, texts):
                print(f"{locale}: {line}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
