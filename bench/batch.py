"""``python -m bench.batch``: how fast one process records 5,000 offline scans, on SQLite and on PostgreSQL.

Requests go through the whole application (JSON, signatures, one transaction for a batch) by Flask's test client, so no
web server's speed is measured. usage: python -m bench.batch [SCANS [BATCH]]
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from bench import served
from exhibition.core import clock
from exhibition.core.config import PROJECT
from exhibition.factory import create_app


def measure(seed: dict[str, list[str]], size: int) -> float:
    """The rate in scans per second."""
    client = create_app().test_client()
    at = clock.now().isoformat()
    scans = [
        {
            "nonce": secrets.token_hex(8),
            "token": token,
            "direction": "entry",
            "people": 1,
            "scanned_at": at,
            "offline": True,
            "verdict": "accepted",
            "code": "accepted",
        }
        for token in seed["tokens"]
    ]
    bodies = [json.dumps({"scans": scans[start : start + size]}) for start in range(0, len(scans), size)]
    headers = {"Authorization": f"Bearer {seed['devices'][0]}", "Content-Type": "application/json"}
    started = time.perf_counter()
    for body in bodies:
        answer = client.post("/api/v1/gate/scans/batch", data=body, headers=headers)
        if answer.status_code != 200 or any(result["conflict"] for result in answer.get_json()["results"]):
            raise RuntimeError(answer.text[:300])
    return len(scans) / (time.perf_counter() - started)


def main() -> None:
    count, size = (int(text) for text in (*sys.argv[1:], *("5000", "500")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # when run as root, PostgreSQL runs as a system user that must be able to enter
        with served.postgres(folder) as server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute("CREATE DATABASE bench TEMPLATE template0")
            urls = {"SQLite": "", "PostgreSQL": server.replace("/postgres?", "/bench?")}
            for database, url in urls.items():
                os.environ |= {
                    "EXHIBITION_INSTANCE_PATH": str(folder / database),
                    "EXHIBITION_DATABASE_URL": url,
                    "EXHIBITION_RATELIMIT_ENABLED": "false",
                }
                seed = folder / f"{database}.json"
                subprocess.run(
                    [sys.executable, "-m", "bench.seed", str(count), "1", str(seed)], check=True, cwd=PROJECT
                )
                print(f"{database}: {measure(json.loads(seed.read_text()), size):.0f} offline scans a second")


if __name__ == "__main__":
    main()
