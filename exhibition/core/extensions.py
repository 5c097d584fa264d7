"""Flask extensions, not yet bound to an application; the factory does that."""

from flask import Response, current_app
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_wtf import CSRFProtect


class Compressing(Compress):
    """Compresses long answers only. Short ones, nearly all of them JSON, pass unchanged and need no ``Vary``."""

    def after_request(self, response: Response | None) -> Response:
        length = response.content_length if response is not None else None
        if response is not None and length is not None and length < current_app.config["COMPRESS_MIN_SIZE"]:
            return response
        return super().after_request(response)


csrf = CSRFProtect()
compress = Compressing()
migrate = Migrate()
limiter = Limiter(get_remote_address)
