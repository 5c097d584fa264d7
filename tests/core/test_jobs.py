"""Jobs can be queued by name, and the application does not start with a name that no job has."""

import pytest
from flask import Flask

from exhibition.core import jobs


def test_a_job_is_put_into_the_queue_by_its_name(app: Flask) -> None:
    jobs.huey.flush()
    jobs.by_name("allocation.work_out")(0)
    waiting = jobs.huey.dequeue()
    assert waiting is not None
    assert waiting.name == "work_out"
    assert waiting.args == (0,)


def test_the_application_does_not_start_when_a_wanted_job_is_declared_nowhere(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_wanted", set(jobs._wanted))
    jobs.by_name("venue.paint_it_red")
    with pytest.raises(LookupError, match=r"venue\.paint_it_red"):
        jobs.init_app(app)


def test_no_two_jobs_have_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def work_out() -> None:
        """Named like the job of another module of the package."""

    monkeypatch.setattr(work_out, "__module__", "exhibition.allocation.other")
    with pytest.raises(ValueError, match=r"two jobs allocation\.work_out"):
        jobs.job()(work_out)
