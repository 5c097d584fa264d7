"""Flask extensions, not yet bound to an application; the factory does that."""

from flask import Response, current_app, request
from flask_compress import Compress
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from exhibition.core.serving.addresses import group_of


class Compressing(Compress):
    """Compresses long answers only. Short ones, nearly all of them JSON, pass unchanged and need no ``Vary``."""

    def after_request(self, response: Response | None) -> Response:
        length = response.content_length if response is not None else None
        if response is not None and length is not None and length < current_app.config["COMPRESS_MIN_SIZE"]:
            return response
        return super().after_request(response)


def asking_group() -> str:
    """Whom the tries of this request are counted for: the address it came from, of IPv6 its whole /64."""
    return group_of(request.remote_addr or "")


csrf = CSRFProtect()
compress = Compressing()
migrate = Migrate()
limiter = Limiter(asking_group)
