"""The application without its page cache, to measure the cost of rendering a page."""

from exhibition.core.web import cache
from exhibition.factory import create_app

app = create_app()
app.config[cache.SETTING] = 0
