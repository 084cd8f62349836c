"""Words of the table of permissions: (Chinese, English)."""

from matcher.domain.access import Action
from matcher.domain.access_matrix import Scope

Pair = tuple[str, str]

ACTION_WORDS: dict[Action, Pair] = {
    Action.SEE_PROPOSALS: ("看对接建议", "See proposals"),
    Action.DECIDE_PROPOSAL: ("确认、调整、不采纳、暂缓、转办", "Confirm, adjust, decline, hold, hand over"),
    Action.APPROVE_MONEY: ("批准钱款", "Approve money"),
    Action.SEE_NEEDS: ("看需求和家庭（姓名已隐去）", "See needs and families, names masked"),
    Action.EDIT_NEEDS: ("登记、修改、撤回需求", "Register, edit, withdraw needs"),
    Action.SEE_OWN_NEEDS: ("看自己的申请", "See one's own requests"),
    Action.REVEAL_PERSON: ("查看姓名和电话（留痕）", "Look at names and phones, recorded"),
    Action.SEE_OFFERS: ("看资源", "See offers"),
    Action.EDIT_OFFERS: ("登记、修改资源", "Register and edit offers"),
    Action.VET_OFFERS: ("审核资源和爱心单位", "Review offers and donors"),
    Action.SEE_IMPACT: ("看捐赠成效", "See what giving did"),
    Action.SEE_DELIVERIES: ("看发放", "See deliveries"),
    Action.RECORD_DELIVERY: ("记发放", "Record deliveries"),
    Action.SEE_RUNS: ("看对接批次", "See match runs"),
    Action.START_RUN: ("开始、停下对接", "Start and stop match runs"),
    Action.SEE_MODEL: ("看匹配模型", "See the matching model"),
    Action.CHANGE_MODEL: ("换匹配模型", "Change the matching model in use"),
    Action.SEE_AUDIT: ("看操作留痕、核对", "See and check the trail"),
    Action.SEE_ACCOUNTS: ("管理账号", "Manage accounts"),
    Action.SEE_NETWORK: ("看工会组织", "See the union network"),
    Action.EDIT_NETWORK: ("设立、更名、改隶、合并、撤销", "Open, rename, move, merge, close units"),
    Action.SEE_REFERRALS: ("看转办", "See referrals"),
    Action.ANSWER_REFERRALS: ("转出、接收、退回", "Refer, accept, give back"),
    Action.SEE_PLANS: ("看联系人和一户一策", "See contact persons and plans"),
    Action.EDIT_PLANS: ("写一户一策", "Write plans"),
    Action.ASSIGN_CONTACTS: ("指定和交接联系人", "Assign and hand over contact persons"),
    Action.SEE_FILES: ("看困难职工档案（姓名已隐去）", "See hardship files, names masked"),
    Action.EDIT_FILES: ("建档、填写、提交、移交", "Open, fill in, submit, move files"),
    Action.TAKE_OVER_FILES: ("用表格接收别的系统已批准的档案", "Take over files that another system approved"),
    Action.VISIT_FAMILIES: ("入户调查、签认", "Visit families at home, sign visits"),
    Action.REVIEW_FILES: ("按本级初审、核对、审批", "Review files at one's own level"),
    Action.DECIDE_DUPLICATES: ("认定是否同一户", "Decide whether two files are one family"),
    Action.ASK_RIGHTS: (
        "代家庭提出申请（说明理由、复核、更正、撤回同意）",
        "Ask on behalf of a family: reasons, a second look, corrections, end of consent",
    ),
    Action.ANSWER_RIGHTS: ("答复家庭的申请", "Answer what families ask"),
    Action.SEE_VISITS: ("看名册、走访企业、驿站人次", "See rosters, visits to enterprises, counts of stations"),
    Action.EDIT_VISITS: ("记名册、走访企业、驿站人次", "Keep rosters, visits to enterprises, counts of stations"),
    Action.SEE_ERASURES: ("看待销毁的信息", "See what is to be erased"),
    Action.HOLD_ERASURES: ("暂缓销毁", "Hold an erasure"),
    Action.SEE_SETTINGS: ("看设置", "See the settings"),
    Action.SEE_MATRIX: ("看权限表", "See who may what"),
}
SCOPE_WORDS: dict[Scope, Pair] = {
    Scope.NONE: ("不能", "not at all"),
    Scope.SUBTREE: ("本单位及下级", "own unit and below"),
    Scope.CASELOAD: ("自己联系的家庭", "families one looks after"),
    Scope.DONOR: ("自己这家爱心单位", "own donor"),
    Scope.HOUSEHOLD: ("自己这户", "own family"),
}
