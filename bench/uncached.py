"""The application with no page kept between requests, to measure what making one costs."""

from exhibition.core.web import cache
from exhibition.factory import create_app

app = create_app()
app.config[cache.SETTING] = 0
