"""JSON for answers, bodies and the database, by orjson, at a fraction of the standard library's cost.

Values that orjson refuses to write (numbers beyond 64 bits, halves of surrogate pairs, NaN) go to the standard library,
as Flask and SQLAlchemy would do. Whole numbers beyond 64 bits are read as floats.
"""

import json
from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider


def dumps(value: Any) -> str:
    """A value as JSON text for the database."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError for any other text, RecursionError when it is nested too deeply."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


class Provider(DefaultJSONProvider):
    """How Flask reads and writes JSON: compact and with sorted members, so that equal answers are equal texts."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        try:
            return orjson.dumps(obj, self.default, orjson.OPT_SORT_KEYS).decode()
        except TypeError:
            return super().dumps(obj, **kwargs)

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(self.dumps(self._prepare_response_obj(args, kwargs)), mimetype=self.mimetype)
