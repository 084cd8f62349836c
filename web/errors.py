"""Errors become pages: what happened, whether anything was lost, what to do now."""

import secrets
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from matcher.errors import (
    Conflict,
    InvalidFields,
    NotEligible,
    NotFound,
    NotPermitted,
    NuanliuError,
    OfferExhausted,
    RefusedInput,
    StaleVersion,
    WrongState,
)
from web import auth
from web.error_words import Words, words_for_problem
from web.file_problem_words import REFUSALS
from web.labels import pick

log = structlog.get_logger("web")

STATUS: list[tuple[type[NuanliuError], int]] = [
    (InvalidFields, 422),
    (NotEligible, 422),
    (RefusedInput, 400),
    (NotFound, 404),
    (NotPermitted, 403),
    (Conflict, 409),
]


def init_app(app: Flask) -> None:
    app.register_error_handler(NuanliuError, known)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(InterfaceError, busy)
    app.register_error_handler(PoolTimeout, busy)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unforeseen)


def known(error: NuanliuError) -> Response:
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    if status == 404:
        return answer(404, "not_found", not_found_words())
    return answer(status, error.code, sentences(error))


def sentences(error: NuanliuError) -> Words:
    if error.code in REFUSALS:
        title, text = REFUSALS[error.code]
        return Words(pick(title), pick(text))
    if isinstance(error, OfferExhausted):
        return Words(
            _("这份资源刚被用掉了"),
            _("别人先确认了一步，剩下的不够这一次用。您的确认没有生效，没有重复扣减。请刷新后看看备选。"),
        )
    if isinstance(error, StaleVersion):
        return Words(
            _("这一项刚被别人改过"),
            _("您看到的内容已经不是最新的，刚才这一步没有生效，什么也没有丢。请看过最新内容再办一次。"),
        )
    if isinstance(error, WrongState | Conflict):
        return Words(
            _("这一项刚被别人办了"),
            _("它现在的状态不能再走这一步。您刚才的操作没有生效，资源没有重复扣减。"),
        )
    if isinstance(error, NotPermitted):
        return Words(_("这一步不归您办"), _("您可以看，但您的岗位不办这一步。需要的话，请找本单位管理员。"))
    if isinstance(error, NotEligible):
        from web.labels import reason_text

        reasons = [reason_text(result.reason) for result in error.verdict.blocking if result.reason]
        return Words(_("按规定这一步办不了"), _("有规则没有通过，什么也没有改动。"), tuple(reasons))
    if isinstance(error, InvalidFields):
        from web.labels import problem_text

        return Words(
            _("还有 %(count)s 处要改", count=len(error.problems)),
            _("请回到上一页，改好了再交一次；什么也没有写入。"),
            tuple(problem_text(problem) for problem in error.problems),
        )
    return words_for_problem(error)


def not_found_words() -> Words:
    return Words(_("没有找到这一页"), _("可能地址不全，或者它不归您的单位管。您没有做错什么。"))


def forged(error: CSRFError) -> Response:
    return answer(
        400,
        "form_expired",
        Words(
            _("这张表单放得太久了"),
            _("为了安全，表单过一阵会失效，刚才这一步没有生效。请回到上一页，刷新以后再交一次。"),
        ),
    )


def busy(error: Exception) -> Response:
    log.warning("database_unavailable", kind=type(error).__name__)
    response = answer(
        503,
        "busy",
        Words(_("现在有点忙"), _("数据库暂时没有应答，刚才这一步没有生效，什么也没有丢。请过几秒再试一次。")),
    )
    response.headers["Retry-After"] = "5"
    return response


def http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None:
        return make_response(error.response)
    words = {
        401: Words(_("请先登录"), _("登录以后就能接着办。")),
        404: not_found_words(),
        405: Words(_("这个地址不能这样打开"), _("请从页面上的按钮或链接进来。")),
        413: Words(_("文件太大了"), _("一次最多 64 MB。请分成几份再传。")),
        429: Words(_("太快了"), _("请过一会儿再试。")),
    }.get(status)
    if words is None and status < 500:
        words = Words(_("这个请求没有看懂"), _("什么也没有改动。请回到上一页再试一次。"))
    response = answer(status, error.name.lower().replace(" ", "_"), words or broken_words())
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def unforeseen(error: Exception) -> Response:
    number = report_number()
    places = traceback.format_tb(error.__traceback__)  # without the message: it may repeat what people wrote
    log.error("unforeseen", kind=type(error).__name__, endpoint=request.endpoint, number=number, where="".join(places))
    return answer(500, "unforeseen", broken_words())


def broken_words() -> Words:
    return Words(
        _("系统出了问题"), _("不是您的原因，刚才这一步没有生效。请过一会儿再试；还是不行，请把下面的编号告诉管理员。")
    )


def report_number() -> str:
    """A short number to give to an administrator; the log carries the same."""
    if "report_number" not in g:
        letters = "ACDEFGHJKLMNPQRTUVWXY34679"
        g.report_number = "R-" + "".join(secrets.choice(letters) for _i in range(5))
    return str(g.report_number)


def answer(status: int, code: str, words: Words) -> Response:
    number = report_number()
    if auth.wants_json():
        body: dict[str, Any] = {"error": code, "title": words.title, "detail": words.text, "number": number}
        if words.points:
            body["points"] = list(words.points)
        return make_response(jsonify(body), status)
    if status >= 400 and request.endpoint != "health.metrics":
        log.info("refused", status=status, code=code, endpoint=request.endpoint, number=number)
    if "actor" not in g:
        g.actor = None
    return make_response(render_template("error.html", status=status, words=words, number=number), status)
