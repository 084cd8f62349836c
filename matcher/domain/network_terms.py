"""Codes of the network: what happens to units, referrals and their clocks, contact persons, plans, passwords."""

from enum import StrEnum


class UnitAct(StrEnum):
    """What happened to a union organisation (组织沿革)."""

    OPEN = "open"  # 新设
    RENAME = "rename"  # 更名
    MOVE = "move"  # 改隶
    MERGE = "merge"  # 并入
    CLOSE = "close"  # 撤销


class ReferralWay(StrEnum):
    """Which way a case is referred along the tree (R46)."""

    UP = "up"  # 上报
    DOWN = "down"  # 交办
    SIDEWAYS = "sideways"  # 转介


class ReferralStatus(StrEnum):
    """Where a referral stands; the clock that runs is that of the next stage."""

    SENT = "sent"  # 待接收
    ACCEPTED = "accepted"  # 已接收，待联系
    CONTACTED = "contacted"  # 已联系，待提出办法
    PROPOSED = "proposed"  # 已提出，待落实
    DELIVERED = "delivered"  # 已落实
    RETURNED = "returned"  # 已退回
    WITHDRAWN = "withdrawn"  # 已撤回


class ReferralAct(StrEnum):
    SEND = "send"
    ACCEPT = "accept"
    CONTACT = "contact"
    PROPOSE = "propose"
    DELIVER = "deliver"
    RETURN = "return"
    WITHDRAW = "withdraw"
    ESCALATE = "escalate"


class ReferralReason(StrEnum):
    """Why a case is referred, or given back."""

    BEYOND_MEANS = "beyond_means"  # 本级没有资源
    CLOSER = "closer"  # 那边离得近、更了解
    LIVES_THERE = "lives_there"  # 人在那边住
    WORKS_THERE = "works_there"  # 人在那边上班
    COMPETENT = "competent"  # 归那一级办
    NOT_OURS = "not_ours"  # 不归我们管
    UNREACHABLE = "unreachable"  # 联系不上
    UNCLEAR = "unclear"  # 情况没写清楚
    OTHER = "other"


class ResponseLane(StrEnum):
    ORDINARY = "ordinary"  # 一般
    EMERGENCY = "emergency"  # 急难


class ContactEnd(StrEnum):
    """Why a contact person no longer looks after a family."""

    HANDED_ON = "handed_on"  # 交接
    LEFT = "left"  # 离岗
    LOAD = "load"  # 调整户数
    ASKED = "asked"  # 家庭要求
    CLOSED = "closed"  # 不再在档


class MeasureStatus(StrEnum):
    """Where a measure of the family's plan (一户一策) stands."""

    PLANNED = "planned"  # 计划
    DOING = "doing"  # 正在办
    DONE = "done"  # 已办成
    DROPPED = "dropped"  # 不再办


class Entitlement(StrEnum):
    """What the state gives (R20); the union's help comes on top of it."""

    SUBSISTENCE = "subsistence"  # 低保
    DESTITUTE = "destitute"  # 特困供养
    TEMPORARY = "temporary"  # 临时救助
    MEDICAL = "medical"  # 医疗救助
    EDUCATION = "education"  # 教育资助
    DISABILITY = "disability"  # 残疾人两项补贴
    UNEMPLOYMENT = "unemployment"  # 失业保险金
    INJURY = "injury"  # 工伤保险待遇
    BEREAVED = "bereaved"  # 遗属抚恤
    HOUSING = "housing"  # 住房保障
    LEGAL = "legal"  # 法律援助


class EntitlementState(StrEnum):
    """What is known of one of them; nothing is known before somebody has looked."""

    RECEIVING = "receiving"  # 正在享受
    APPLIED = "applied"  # 已申请，在等
    DUE = "due"  # 该享受，还没申请
    NOT_DUE = "not_due"  # 不符合
    REFUSED = "refused"  # 申请过，没批


class FamilyEvent(StrEnum):
    """What a family's timeline tells (R8)."""

    FILED = "filed"  # 建档
    CONTACT = "contact"  # 定联系人
    NEED = "need"  # 提出需求
    SPOKE = "spoke"  # 联系
    PROMISED = "promised"  # 确认帮扶
    DELIVERED = "delivered"  # 发放
    REFERRED = "referred"  # 转办
    PLANNED = "planned"  # 写进计划
    DONE = "done"  # 计划办成
    CHECKED = "checked"  # 核对政策


class SecondFactor(StrEnum):
    """Who must have a second step at signing in; everybody may."""

    OPTIONAL = "optional"  # 自愿
    ADMINISTRATORS = "administrators"  # 三员必须
    REQUIRED = "required"  # 人人必须


class PasswordProfile(StrEnum):
    ASVS = "asvs"  # 长而不强制更换
    DENGBAO = "dengbao"  # 复杂度加定期更换
