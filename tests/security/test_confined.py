"""A child that reads a stranger's file may do anything: the server gets a value or a refusal, and goes on."""

import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core.confined import calls, values
from exhibition.core.confined.calls import confined
from exhibition.core.errors import Refused
from exhibition.core.tables import TableFault, UnreadableTable
from tests.security import readers
from tests.security.readers import Kept

MIB = 1024


def refusal(reader: Callable[..., object], *, memory_mib: int = 256, seconds: int = 20) -> tuple[str, int, str | None]:
    with pytest.raises(Refused) as refused:
        confined(reader, field="list", memory_mib=memory_mib, seconds=seconds)(b"x")
    return refused.value.code, refused.value.status, refused.value.field


@pytest.fixture(autouse=True)
def _the_next_file_is_read() -> object:
    yield
    assert confined(readers.keep, knows=[Kept])(b"next") == Kept("next")


def test_a_value_comes_back_as_it_was() -> None:
    assert confined(readers.keep, knows=[Kept])(b"kopi", times=2) == Kept("kopikopi")


@pytest.mark.parametrize(
    "reader", [readers.spin, readers.sleep, readers.allocate, readers.leave, readers.crash, readers.chatter]
)
def test_a_reader_beyond_its_limits_is_a_clear_refusal(reader: Callable[..., object]) -> None:
    assert refusal(reader, seconds=1, memory_mib=128) == ("file_too_heavy", 422, "list")


def test_memory_of_the_server_stays_flat() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(readers.allocate, memory_mib=300)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * MIB


@pytest.mark.parametrize("reader", [readers.stumble, readers.nest, readers.open_many, readers.write])
def test_a_fault_of_a_reader_is_logged_and_refused(
    reader: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    assert refusal(reader)[0] == "file_unreadable"
    assert "Traceback" in caplog.text


def test_a_refusal_of_the_reader_is_raised_with_its_sentence() -> None:
    with pytest.raises(Refused) as refused:
        confined(readers.refuse)(b"")
    found = refused.value
    assert (found.code, found.status, found.field) == ("plan_invalid", 422, "hall.rows")
    assert found.message._kwargs == {"field": "hall.rows"}  # pyright: ignore[reportAttributeAccessIssue] it is lazy


def test_an_exception_that_the_server_knows_is_raised_as_it_was() -> None:
    with pytest.raises(UnreadableTable) as unreadable:
        confined(readers.find_unreadable, knows=[UnreadableTable, TableFault])(b"")
    assert unreadable.value.reason is TableFault.LOCKED


def test_an_object_that_the_server_does_not_know_is_not_made() -> None:
    assert refusal(readers.foreign)[0] == "file_too_heavy"


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXHIBITION_SECRET_KEY", "secret")
    calls._reader.stop()
    environment, folder, files = confined(readers.surroundings)(b"")
    assert not [name for name in environment if name.startswith("EXHIBITION")]
    assert folder == "/"
    assert files <= 8
    assert confined(readers.modules)(b"") == []


def test_no_child_is_left_behind() -> None:
    refusal(readers.leave)
    refusal(readers.spin, seconds=1)
    assert calls._reader._process
    number = calls._reader._process.pid
    children = Path(f"/proc/{number}/task/{number}/children")
    ends = time.monotonic() + 20
    while children.exists() and children.read_text() and time.monotonic() < ends:
        os.sched_yield()
    assert not children.exists() or not children.read_text()


def test_a_reading_process_that_was_killed_is_started_again() -> None:
    confined(readers.keep, knows=[Kept])(b"x")
    assert calls._reader._process
    number = calls._reader._process.pid
    os.kill(number, signal.SIGKILL)
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    assert confined(readers.keep, knows=[Kept])(b"again") == Kept("again")


def test_a_forked_process_has_a_reading_process_of_its_own() -> None:
    confined(readers.keep, knows=[Kept])(b"x")
    child = os.fork()
    if child == 0:
        read = confined(readers.keep, knows=[Kept])(b"child") == Kept("child")
        calls._reader.stop()
        os._exit(0 if read else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_many_threads_read_at_the_same_time() -> None:
    found: list[Kept] = []
    read = confined(readers.keep, knows=[Kept])
    threads = [threading.Thread(target=lambda number=n: found.append(read(b"%d" % number))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.text for one in found} == {str(number) for number in range(12)}


def test_files_beyond_those_that_may_be_read_at_once_are_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "TURN_WITHIN_S", 0.01)
    monkeypatch.setattr(calls._reader, "turns", threading.BoundedSemaphore(1))
    with calls._reader.turns:
        assert refusal(readers.keep) == ("reading_busy", 503, "list")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


@given(plain)
def test_plain_values_survive_the_way(value: object) -> None:
    found = values.load(values.dump(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"{", b"\xff", b"[" * 100_000, b'{"~":[],"v":1}', b'{"~":"dict"}', b'{"~":"os.system","v":"x"}'),
        *(b'{"~":"Kept","v":{}}', b'{"~":"Kept","v":3}', b'{"~":"TableFault","v":"x"}', b'{"~":"dict","v":[1]}'),
        *(b'{"~":"decimal","v":"x"}', b'{"~":"bytes","v":"*"}', b'{"~":"sentence","v":[]}'),
    ],
)
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with pytest.raises(values.NotPlain):
        values.load(answer, [Kept, TableFault])


def test_numbers_stay_exact() -> None:
    assert values.load(values.dump([Decimal("15000.50")])) == [Decimal("15000.50")]
