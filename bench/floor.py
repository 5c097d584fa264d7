"""The floors: the cost of the bare stack on this machine, Flask on a server with nothing around it.

``/page`` is a Flask route that returns a string; ``/update`` is one UPDATE and a commit through SQLAlchemy Core
on the same database with the same durability.
"""

from flask import Flask
from sqlalchemy import create_engine, text

from exhibition.core import config, db

settings = config.flask_config(config.read())
url = settings["SQLALCHEMY_DATABASE_URI"]
options = db.engine_options(url)
engine = create_engine(url, **options)
app = Flask(__name__)
UPDATE = text("UPDATE bench_floor SET number = number + 1 WHERE id = :id")


@app.get("/page")
def page() -> str:
    return "ok"


@app.post("/update/<int:row>")
def update(row: int) -> dict[str, int]:
    with engine.begin() as connection:
        connection.execute(UPDATE, {"id": row})
    return {"row": row}
