"""Bootstrap and htmx out of the installed packages: nothing is copied, nothing comes from another host."""

from importlib.resources import files

from flask import Blueprint, Response, abort, current_app, g, send_from_directory

from web.auth import public

bp = Blueprint("static_files", __name__)

VENDOR = {
    "bootstrap.min.css": ("flask_bootstrap", "static/bootstrap5/css"),
    "bootstrap.min.css.map": ("flask_bootstrap", "static/bootstrap5/css"),
    "htmx.min.js": ("js_lib_htmx", "static/htmx"),
}


@bp.get("/vendor/<name>")
@public
def vendor(name: str) -> Response:
    if name not in VENDOR:
        abort(404)
    package, folder = VENDOR[name]
    g.may_be_cached = True
    response = send_from_directory(str(files(package).joinpath(folder)), name, max_age=86_400)
    response.cache_control.public = True
    return response


@bp.get("/favicon.ico")
@public
def favicon() -> Response:
    g.may_be_cached = True
    return send_from_directory(str(current_app.static_folder), "favicon.svg", max_age=86_400)
