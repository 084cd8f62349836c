"""A worker's own page: what one asked for and how it stands, in kind words."""

from flask import Blueprint, render_template
from flask_babel import gettext as _

from matcher.domain.access import Action
from matcher.domain.terms import NeedStatus
from matcher.store.queries.own import OwnNeed, find_own_file
from web import doors
from web.auth import requires

bp = Blueprint("my", __name__)


@bp.get("/my")
@requires(Action.SEE_OWN_NEEDS)
def show() -> str:
    with doors.db().read() as store:
        file = find_own_file(store, doors.actor(), at=doors.now())
    return render_template("my/show.html", file=file, state=state)


def state(need: OwnNeed) -> tuple[str, str, str]:
    """How a need stands: a word, a sentence, and the kind of chip."""
    if need.met >= need.quantity or need.status is NeedStatus.MET:
        return _("已发放"), _("已经到您手上了。还有什么难处，随时告诉帮扶联系人。"), "ok"
    if need.met:
        return _("发了一部分"), _("已经发放一部分，其余还在找。"), "ok"
    if need.promised:
        return _("已经安排好"), _("帮助已经定下来，帮扶联系人会和您说什么时候、怎么领。"), "tier"
    words = {
        NeedStatus.EXPIRED: (_("过了您要的日子"), _("没能按时找到，很抱歉。还需要的话，请帮扶联系人重新登记。"), ""),
        NeedStatus.WITHDRAWN: (_("已撤回"), _("这一项已经撤回，不再找了。"), ""),
        NeedStatus.NOT_WANTED: (_("不需要了"), _("按您说的，这一项不再找了。"), ""),
    }
    looking = (_("正在找"), _("我们每天夜里都会为您找一次合适的帮助，有了会先打电话问您。"), "soon")
    return words.get(need.status, looking)
