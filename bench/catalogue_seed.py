"""Fill a fresh database with the demo and LISTINGS more listings among its exhibitors.

usage: python -m bench.catalogue_seed LISTINGS
"""

import random
import sys

from flask_migrate import upgrade
from sqlalchemy import select

from exhibition.core.db import db, transaction
from exhibition.demo import service as demo
from exhibition.exhibitors.models import Exhibitor
from exhibition.factory import create_app
from exhibition.storefront.models import Listing
from exhibition.storefront.rules.states import Availability

SEED = 1106
THINGS = """
    keripik rempeyek emping abon kopi teh jamu madu batik tenun kain kemeja syal tas dompet sandal sepatu vas gerabah
    boneka kaos topi sabun sirup gula tempe tahu bakso dodol wajik getuk kerupuk sambal kecap beras jagung kacang
"""
KINDS = """
    singkong pisang talas melinjo tempe ikan ayam sapi robusta arabika liberika kelengkeng hutan randu jati bambu
    rotan lurik tulis cap sutra katun kulit kayu perca aren semut merah putih hitam pedas manis gurih asin balado
"""
SIZES = ("100 g", "200 g", "250 g", "500 g", "1 kg", "350 ml", "isi 10", "isi 5", "2 m", "ukuran L", "25 cm")
SYLLABLES = [consonant + vowel for consonant in "bdgklmnprst" for vowel in "aeiou"]


def invented(rng: random.Random) -> str:
    """An invented word that sounds like a brand or a village."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


@transaction
def fill(count: int) -> None:
    rng = random.Random(SEED)
    things, kinds = THINGS.split(), KINDS.split()
    names = [invented(rng) for _ in range(4000)]
    sellers = list(db.session.scalars(select(Exhibitor.id).order_by(Exhibitor.id)))
    for number in range(count):
        thing, kind, brand = rng.choice(things), rng.choice(kinds), rng.choice(names)
        text = " ".join(rng.choices([*things, *kinds, *names], k=25))
        db.session.add(
            Listing(
                exhibitor_id=sellers[number % len(sellers)],
                title=f"{thing} {kind} {brand} {rng.choice(SIZES)}".capitalize(),
                description=f"{thing.capitalize()} {kind} buatan {rng.choice(names)}. {text}.",
                price=rng.randint(5, 500) * 1000 if rng.random() > 0.05 else None,
                availability=Availability.IN_STOCK,
                position=100 + number // len(sellers),
            )
        )
        if number % 1000 == 0:
            db.session.flush()


def main() -> None:
    with create_app().app_context():
        upgrade()
        demo.load(open_now=True)
        fill(int(sys.argv[1]))


if __name__ == "__main__":
    main()
