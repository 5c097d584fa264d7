"""Many people give out the badges of one booth at once."""

import threading

from flask import Flask

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.badges import service
from exhibition.core.errors import Refused
from exhibition.demo import service as demo
from tests.badges.places import confirmed
from tests.fairs import the_fair

PEOPLE = 12


def test_a_booth_gets_exactly_as_many_badges_as_it_may_have(bare_app: Flask) -> None:
    with bare_app.app_context():
        exhibitor_id = confirmed(demo.load(open_now=True)).exhibitor_id
    start = threading.Barrier(PEOPLE)
    answers: list[str] = []

    def give_out(number: int) -> None:
        with bare_app.app_context():
            exhibition = the_fair()
            start.wait()
            try:
                service.issue(COMMAND_LINE, exhibition, exhibitor_id, f"Staf {number}")
                answers.append("issued")
            except Refused as refused:
                answers.append(refused.code)

    threads = [threading.Thread(target=give_out, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["badges_full"] * (PEOPLE - 4) + ["issued"] * 4
    with bare_app.app_context():
        assert [badge.number for badge in service.holders(the_fair())] == [1, 2, 3, 4]
