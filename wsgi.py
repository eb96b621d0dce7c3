"""What a WSGI server imports: `gunicorn wsgi:app`. `phonein web` does it with the right options."""

import config
from phonein import create_app

app = create_app(config.from_environment())
