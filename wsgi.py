"""What the web server serves: `gunicorn wsgi:app`."""

from portal.application import create_app

app = create_app()
