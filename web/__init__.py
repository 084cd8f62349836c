"""The web door: parse, call one use case, show. Nothing of the product's knowledge lives here."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from matcher.settings import Settings
    from matcher.store.session import Database

UPLOAD_LIMIT = 64 * 1024 * 1024


def create_app(settings: "Settings | None" = None, database: "Database | None" = None) -> "Flask":
    """The web application. Raises SetupProblem when secrets are missing or weak, or the database is not ready."""
    from flask import Flask
    from flask_wtf.csrf import CSRFProtect

    from matcher.settings import load_settings
    from matcher.store.session import Database
    from web import auth, errors, figures, formatters, frame, i18n, labels, security
    from web.doors import House
    from web.routes import RowId
    from web.secret_checks import checked, is_demo
    from web.views import blueprints

    settings = checked(settings or load_settings())
    database = database or Database(settings.effective_database_url)
    app = Flask(__name__, root_path=str(Path(__file__).parent))
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="nuanliu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as its sign-in
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT,
        MAX_FORM_MEMORY_SIZE=UPLOAD_LIMIT,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.url_map.converters["int"] = RowId
    app.extensions["nuanliu"] = House(settings, database, is_demo(database))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for room in (i18n, labels, formatters, security, errors, figures, auth, frame):
        room.init_app(app, settings) if room is i18n else room.init_app(app)
    CSRFProtect(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    frame.mark_static(app)
    return app
