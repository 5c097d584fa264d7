"""JSON documents that commands read and write. Every field is checked before use; an error names the field."""

import json
import math
import os
import reprlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

LARGEST = 1_000_000.0


class Malformed(ValueError):
    """The document cannot be used. The text is one sentence that names the field."""


class Fields:
    """One JSON object of a document, read field by field. ``null`` and a missing field are the same.

    Every method raises ``Malformed`` with the field's path, such as ``applications[3].needs.power_va``.
    """

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise Malformed(f"{path or 'The document'} must be an object, not {shown(value)}.")
        self._values: dict[str, object] = value
        self._names_read: set[str] = set()
        self._parts: list[Fields] = []
        self.path = path

    def at(self, name: str) -> str:
        """The full path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def _get(self, name: str) -> object:
        self._names_read.add(name)
        return self._values.get(name)

    def unknown(self) -> list[str]:
        """The paths of fields here and below that were never read, with unusual characters escaped."""
        here = [self.at(name) for name in self._values if name not in self._names_read]
        paths = here + [path for part in self._parts for path in part.unknown()]
        return [path.encode("ascii", "backslashreplace").decode() for path in paths]

    def value(self, name: str) -> object:
        """A field as it stands there, for readers with a shape of their own; missing is ``None``."""
        return self._get(name)

    def name(self, name: str) -> str:
        """A required code or id: a text, or a whole number, which is read as its digits."""
        value = self.optional_name(name)
        if value is None:
            raise Malformed(f"{self.at(name)} is missing or empty.")
        return value

    def optional_name(self, name: str) -> str | None:
        """Like ``name``; missing, ``null`` and empty are ``None``."""
        value = self._get(name)
        return None if value is None or value == "" else _as_name(value, self.at(name))

    def names(self, name: str) -> tuple[str, ...]:
        """A list of codes or ids in order, each once; missing is empty."""
        value = self._get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise Malformed(f"{self.at(name)} must be a list, not {shown(value)}.")
        return tuple(dict.fromkeys(_as_name(item, f"{self.at(name)}[{i}]") for i, item in enumerate(value)))

    def flag(self, name: str) -> bool:
        """True or false; missing is false, because what is not stated must not be assumed."""
        value = self._get(name)
        if not isinstance(value, bool | None):
            raise Malformed(f"{self.at(name)} must be true or false, not {shown(value)}.")
        return bool(value)

    def number(
        self, name: str, default: float | None = None, *, minimum: float = 0.0, maximum: float = LARGEST
    ) -> float:
        """A finite number between ``minimum`` and ``maximum``; required if there is no default."""
        value, path = self._get(name), self.at(name)
        if value is None:
            if default is None:
                raise Malformed(f"{path} is missing.")
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Malformed(f"{path} must be a number, not {shown(value)}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise Malformed(f"{path} must be a finite number, not {value}.")
        if value < minimum:
            raise Malformed(f"{path} must be at least {minimum:g}, not {shown(value)}.")
        if value > maximum:
            raise Malformed(f"{path} must be at most {maximum:g}, not {shown(value)}.")
        return float(value)

    def whole(self, name: str, default: int | None = None, *, minimum: int = 0, maximum: int = 2**31 - 1) -> int:
        """A whole number between ``minimum`` and ``maximum``; required if there is no default."""
        value = self.number(name, default, minimum=minimum, maximum=maximum)
        if value != int(value):
            raise Malformed(f"{self.at(name)} must be a whole number, not {value:g}.")
        return int(value)

    def part(self, name: str) -> "Fields":
        """A nested object; missing is empty."""
        value = self._get(name)
        return self._part({} if value is None else value, self.at(name))

    def optional_part(self, name: str) -> "Fields | None":
        """A nested object, or ``None`` where there is none."""
        value = self._get(name)
        return None if value is None else self._part(value, self.at(name))

    def field_names(self) -> list[str]:
        return list(self._values)

    def parts(self, name: str, *, most: int) -> list["Fields"]:
        """A list of at most ``most`` objects; missing is empty."""
        value = self._get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Malformed(f"{self.at(name)} must be a list, not {shown(value)}.")
        if len(value) > most:
            raise Malformed(f"{self.at(name)} may hold at most {most} entries, not {len(value)}.")
        return [self._part(item, f"{self.at(name)}[{i}]") for i, item in enumerate(value)]

    def _part(self, value: object, path: str) -> "Fields":
        part = Fields(value, path)
        self._parts.append(part)
        return part


def shown(value: object) -> str:
    """A value as it appears in a sentence: one line, never long."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int) and abs(value) > LARGEST * LARGEST:
        return "a number that large"
    return ascii(value) if isinstance(value, int | float) else reprlib.repr(value).encode("ascii", "replace").decode()


def _as_name(value: object, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Malformed(f"{path} must be a text, not {shown(value)}.")
    if isinstance(value, int) and abs(value) > LARGEST * LARGEST:
        raise Malformed(f"{path} must be a text, not {shown(value)}.")
    if value == "":
        raise Malformed(f"{path} must not be empty.")
    return str(value)


def read(path: Path) -> Fields:
    """The document in a file. Raises ``Malformed`` if the file cannot be read or is not a JSON object."""
    try:
        return Fields(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise Malformed(f"The input file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Malformed(f"The input file is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"The input file is not JSON: {error.msg} in line {error.lineno}.") from error
    except RecursionError as error:
        raise Malformed("The input file is nested too deeply.") from error
    except Malformed:
        raise
    except ValueError as error:
        raise Malformed("The input file holds a number with too many digits.") from error


def write(path: Path, document: dict[str, Any]) -> None:
    """Write a document completely or not at all. Raises ``Malformed`` if ``path`` cannot be written."""
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Malformed(f"The output file cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, allow_nan=False)
            file.write("\n")
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
    except OSError as error:
        Path(draft).unlink(missing_ok=True)
        raise Malformed(f"The output file cannot be written: {error.strerror}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def spoken() -> Iterator[None]:
    """For commands: a ``Malformed`` becomes its one sentence on stderr and exit code 2."""
    try:
        yield
    except Malformed as malformed:
        click.echo(str(malformed), err=True)
        raise SystemExit(2) from malformed


def note_unknown(document: Fields) -> None:
    """For commands: list on stderr the fields that had no effect, so that a misspelt one does not go unnoticed."""
    for path in document.unknown():
        click.echo(f"{path} is not a known field and has no effect.", err=True)
