"""What the web server serves: `gunicorn wsgi:app`."""

from portal.application import create_app
from portal.waste import spare_what_is_loaded

app = create_app()
spare_what_is_loaded()
