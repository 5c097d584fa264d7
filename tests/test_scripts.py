"""The rules that have a twin in JavaScript, and the scripts' own arithmetic, run by node: each ``*.test.mjs``."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parent
NODE = PROJECT / ".venv" / "bin" / "node"


@pytest.mark.parametrize("script", sorted(HERE.rglob("*.test.mjs")), ids=lambda path: str(path.relative_to(HERE)))
def test_script_passes_under_node(script: Path) -> None:
    command = [str(NODE), "--test-reporter=spec", "--test", str(script)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ℹ fail 0" in done.stdout
    assert "ℹ tests 0" not in done.stdout
