"""Flask extensions without an application; the factory binds them."""

from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
compress = Compress()
migrate = Migrate()
limiter = Limiter(get_remote_address)
