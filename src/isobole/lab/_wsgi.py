"""The WSGI application that the server loads."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from isobole.lab._config import lab_config
from isobole.lab._start import start_django

start_django(lab_config())
application = get_wsgi_application()
