"""JSON of answers, bodies and the database: orjson's, at a fraction of the standard library's cost.

What orjson refuses (writing numbers beyond 64 bits, halves of surrogate pairs, NaN) the standard library decides, as
Flask and SQLAlchemy would have it. Whole numbers beyond 64 bits are read as floats.
"""

import json
from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider


def dumps(value: Any) -> str:
    """The text of a value for the database."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def loads(text: str | bytes) -> Any:
    """The value of a text; raises ValueError for what is no JSON and RecursionError for what is nested too deeply."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


class Provider(DefaultJSONProvider):
    """How Flask reads and writes JSON: compact, members sorted, so that the same answer is the same text."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        try:
            return orjson.dumps(obj, self.default, orjson.OPT_SORT_KEYS).decode()
        except TypeError:
            return super().dumps(obj, **kwargs)

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(self.dumps(self._prepare_response_obj(args, kwargs)), mimetype=self.mimetype)
