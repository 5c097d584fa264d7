"""Several phones that tell the takings of one booth at the same moment, with real connections on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select

from exhibition.core.db import db
from exhibition.takings import service
from exhibition.takings.models import Takings, TakingsEntry
from exhibition.takings.rules.telling import Amounts, TakingsSource
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair
from tests.takings.begun import SELLER, sellers, since_yesterday

PHONES = 8


def test_phones_that_send_at_once_leave_one_row_and_each_entry_once(app: Flask, exhibition: Exhibition) -> None:
    day, who = since_yesterday(exhibition), sellers(exhibition)[0].exhibitor_id
    db.session.remove()
    barrier = threading.Barrier(PHONES)

    def tell(phone: int) -> bool:
        with app.app_context():
            fair, amounts = the_fair(), Amounts(cash=1000 * (phone // 2))
            service.told(fair, who)
            barrier.wait()
            try:
                key = f"phone-{phone // 2:04}"  # two phones of each pair send the same entry
                return service.tell(SELLER, fair, who, day, amounts, key=key, source=TakingsSource.EXHIBITOR)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(PHONES) as pool:
        assert all(pool.map(tell, range(PHONES)))
    (row,) = db.session.scalars(select(Takings)).all()
    keys = db.session.scalars(select(TakingsEntry.key)).all()
    assert sorted(keys) == [f"phone-{pair:04}" for pair in range(PHONES // 2)]
    assert row.cash in {1000 * pair for pair in range(PHONES // 2)}
