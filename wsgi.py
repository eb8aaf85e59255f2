"""What the web server serves: `gunicorn wsgi:app`."""

from portal.waste import spare_what_is_loaded, unsearched

with unsearched():
    from portal.application import create_app

    app = create_app()
spare_what_is_loaded()
