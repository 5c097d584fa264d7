"""The WSGI and ``flask`` entry point."""

from exhibition.factory import create_app

app = create_app()
