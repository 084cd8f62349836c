"""Words about the union network, referrals, contact persons, plans and accounts: (Chinese, English)."""

from enum import StrEnum

from matcher.domain import network_terms as t

Pair = tuple[str, str]

NETWORK_WORDS: dict[type[StrEnum], dict[str, Pair]] = {
    t.UnitAct: {
        "open": ("新设", "Opened"),
        "rename": ("更名", "Renamed"),
        "move": ("改隶", "Moved"),
        "merge": ("并入", "Merged"),
        "close": ("撤销", "Closed"),
    },
    t.ReferralWay: {
        "up": ("上报", "Upwards"),
        "down": ("交办", "Downwards"),
        "sideways": ("转介", "Sideways"),
    },
    t.ReferralStatus: {
        "sent": ("待接收", "To be accepted"),
        "accepted": ("已接收，待联系", "Accepted, contact due"),
        "contacted": ("已联系，待提出办法", "Contacted, proposal due"),
        "proposed": ("已提出办法，待落实", "Proposed, delivery due"),
        "delivered": ("已落实", "Delivered"),
        "returned": ("已退回", "Given back"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    t.ReferralAct: {
        "send": ("转出", "Sent"),
        "accept": ("接收", "Accept"),
        "contact": ("已联系上", "Contacted"),
        "propose": ("已提出办法", "Proposed"),
        "deliver": ("已落实", "Delivered"),
        "return": ("退回", "Give back"),
        "withdraw": ("撤回", "Withdraw"),
        "escalate": ("超时，报上一级", "Late, told the unit above"),
    },
    t.ReferralReason: {
        "beyond_means": ("本级没有资源", "Nothing to give at this level"),
        "closer": ("那边离得近、更了解", "They are closer and know more"),
        "lives_there": ("人在那边住", "The family lives there"),
        "works_there": ("人在那边上班", "They work there"),
        "competent": ("归那一级办", "That level is competent"),
        "not_ours": ("不归我们管", "Not ours"),
        "unreachable": ("联系不上", "Cannot be reached"),
        "unclear": ("情况没写清楚", "Not clear enough"),
        "other": ("其他", "Other"),
    },
    t.ResponseLane: {"ordinary": ("一般", "Ordinary"), "emergency": ("急难", "Emergency")},
    t.ContactEnd: {
        "handed_on": ("交接", "Handed on"),
        "left": ("离岗", "Left the post"),
        "load": ("调整户数", "Evening out the load"),
        "asked": ("家庭要求", "The family asked"),
        "closed": ("不再在档", "No longer on file"),
    },
    t.MeasureStatus: {
        "planned": ("计划", "Planned"),
        "doing": ("正在办", "Under way"),
        "done": ("已办成", "Done"),
        "dropped": ("不再办", "Dropped"),
    },
    t.Entitlement: {
        "subsistence": ("最低生活保障（低保）", "Subsistence allowance"),
        "destitute": ("特困人员供养", "Support for the destitute"),
        "temporary": ("临时救助", "Temporary relief"),
        "medical": ("医疗救助", "Medical aid"),
        "education": ("教育资助", "Education aid"),
        "disability": ("残疾人两项补贴", "Disability allowances"),
        "unemployment": ("失业保险金", "Unemployment benefit"),
        "injury": ("工伤保险待遇", "Work injury benefit"),
        "bereaved": ("遗属抚恤", "Survivors' benefit"),
        "housing": ("住房保障", "Housing support"),
        "legal": ("法律援助", "Legal aid"),
    },
    t.EntitlementState: {
        "receiving": ("正在享受", "Receiving"),
        "applied": ("已申请，在等", "Applied, waiting"),
        "due": ("该享受，还没申请", "Due, not applied for"),
        "not_due": ("不符合", "Not eligible"),
        "refused": ("申请过，没批", "Applied, refused"),
    },
    t.FamilyEvent: {
        "filed": ("建档", "File approved"),
        "contact": ("定联系人", "Contact person"),
        "need": ("提出需求", "Need told"),
        "spoke": ("联系", "Spoken with"),
        "promised": ("确认帮扶", "Help confirmed"),
        "delivered": ("已发放", "Handed over"),
        "referred": ("转办", "Referral"),
        "planned": ("写进一户一策", "Planned"),
        "done": ("计划办成", "Measure done"),
        "checked": ("核对政策", "Entitlement checked"),
    },
    t.SecondFactor: {
        "optional": ("自愿", "Whoever wants to"),
        "administrators": ("三员必须", "Administrators must"),
        "required": ("人人必须", "Everybody must"),
    },
    t.PasswordProfile: {
        "asvs": ("长而不强制更换", "Long, no forced change"),
        "dengbao": ("复杂度加定期更换", "Complexity and regular change"),
    },
}

NETWORK_ACTIONS: dict[str, Pair] = {
    "account:recovery_codes": ("换备用码", "Recovery codes made"),
    "account:recovery_code_used": ("用备用码登录", "Signed in with a recovery code"),
    "account:invite": ("邀请开通账号", "Invitation to an account"),
    "account:cancel_invitation": ("收回邀请", "Invitation taken back"),
    "unit:open": ("新设组织", "Unit opened"),
    "unit:rename": ("组织更名", "Unit renamed"),
    "unit:move": ("组织改隶", "Unit moved"),
    "unit:merge": ("组织并入", "Unit merged"),
    "unit:close": ("组织撤销", "Unit closed"),
    "referral:send": ("转出案件", "Case referred"),
    "referral:accept": ("接收案件", "Referral accepted"),
    "referral:contact": ("联系上转来的家庭", "Referred family contacted"),
    "referral:propose": ("为转来的案件提出办法", "Help proposed for a referral"),
    "referral:deliver": ("转来的案件已落实", "Referral delivered"),
    "referral:return": ("退回案件", "Referral given back"),
    "referral:withdraw": ("撤回转出的案件", "Referral withdrawn"),
    "referral:escalate": ("转办超时，报上一级", "Late referral told to the unit above"),
    "household:contact": ("定联系人", "Contact person assigned"),
    "household:share_out": ("分配联系人", "Contact persons shared out"),
    "plan:entitlement": ("核对政策待遇", "Entitlement checked"),
    "plan:add": ("写一户一策", "Measure planned"),
    "plan:change": ("记一户一策的进展", "Measure updated"),
}
NETWORK_OBJECTS: dict[str, Pair] = {
    "referral": ("转办", "referral"),
    "plan_measure": ("一户一策", "plan"),
    "entitlement_check": ("政策待遇", "entitlement"),
    "contact_assignment": ("帮扶联系人", "contact person"),
    "invitation": ("邀请", "invitation"),
}

NETWORK_PROBLEMS: dict[str, Pair] = {
    "unit_code_form": (
        "组织代码用大写字母、数字和短横，3 到 24 位，例如 JZ-410823-21",
        "A unit code has capital letters, digits and hyphens, 3 to 24 of them, such as JZ-410823-21",
    ),
    "unit_code_taken": (
        "这个组织代码已经用过；撤销的单位也保留代码，请换一个",
        "This code is in use, or was by a closed unit; choose another",
    ),
    "level_not_under": (
        "这一级不能设在它下面，请换上级单位",
        "This level cannot stand under that unit; choose another one above",
    ),
    "unit_is_closed": ("这个单位已经撤销，请换一个", "That unit is closed; choose another"),
    "unit_under_itself": ("不能放到自己或自己的下级下面", "A unit cannot stand under itself or a unit below it"),
    "top_stays": ("最上级的单位不能移动或撤销", "The topmost unit can neither move nor close"),
    "path_too_long": ("层级太深，请放到更上面", "Too many levels; put it higher up"),
    "successor_within": (
        "接收单位不能是它自己或它的下级",
        "The successor cannot be the unit itself or one below it",
    ),
    "station_has_no_cases": (
        "站点不建档，请选工会作接收单位",
        "A station keeps no files; choose a union as successor",
    ),
    "children_do_not_fit": (
        "它的下级不能设在接收单位下面：请先移走下级，或换接收单位",
        "The units below it cannot stand under the successor: move them first, or choose another",
    ),
    "choose_reason": ("请选一个理由", "Choose a reason"),
    "choose_contact": (
        "请选一位能看到这户的联系人或经办人",
        "Choose a contact person or caseworker who can see this family",
    ),
    "choose_contacts": (
        "请至少选一位在用的联系人或经办人",
        "Choose at least one contact person or caseworker whose account is in use",
    ),
    "contact_elsewhere": (
        "这位看不到其中的家庭：请选本单位或上级的人",
        "That person cannot see one of these families: choose somebody of this unit or one above",
    ),
    "same_contact": ("已经是这一位了", "It is this person already"),
    "not_on_file": ("这户不在档，不用定联系人", "This family is not on file and needs no contact person"),
    "unknown_place_code": (
        "没有找到这个编号：捐赠方写编号，职工本人写户编号",
        "This code was not found: a donor's code, or a family's case code for a worker",
    ),
    "no_such_invitation": (
        "这个邀请链接不能用了：用过、收回或过期了。请向邀请您的人再要一个",
        "This invitation no longer works: used, taken back or over. Ask for another one",
    ),
    "roles_incompatible": (
        "这个人已有“{role}”的账号，按规定不能兼任：先停用那个账号，或换一个人",
        "This person has an account as {role}; the two do not go together: stop that one, or choose somebody else",
    ),
    "own_family": ("这是您自己家的事，请交给同事办", "This is your own family: let a colleague decide"),
    "two_levels": (
        "您用另一个账号已经办过这件事；同一件事不能在两级都办，请交给同事",
        "You have acted on this from another account; nobody acts at two levels of one case: let a colleague go on",
    ),
    "password_simple": (
        "太简单：小写字母、大写字母、数字、符号，至少要有 {kinds} 样",
        "Too simple: use at least {kinds} of small letters, capital letters, digits and other characters",
    ),
    "password_used": (
        "最近 {last} 次用过这个密码，请换一个没用过的",
        "This is one of your last {last} passwords; choose one you have not used",
    ),
    "own_unit_stays": (
        "这个单位里有您自己的账号：请由上级来撤销",
        "Your own account is at this unit: let the unit above close it",
    ),
}
