"""Codes of help without a file (R13, R14, R17, R40): groups that are visited, enterprises in difficulty, stations."""

from enum import StrEnum


class VisitGroup(StrEnum):
    """Who is visited by roster (慰问对象)."""

    MODEL = "model"  # 劳模
    CRAFTSMAN = "craftsman"  # 工匠、先进模范
    LEAD = "lead"  # 重点学科、项目带头人
    SECONDED = "seconded"  # 派驻挂职干部
    AT_POST = "at_post"  # 坚守岗位一线
    FRONTLINE = "frontline"  # 重点工程、生产一线
    MIGRANT = "migrant"  # 农民工
    OUTDOOR = "outdoor"  # 户外劳动者


class EnterpriseDifficulty(StrEnum):
    """Why an enterprise is visited (R13, R17)."""

    SUPPLY_SIDE = "supply_side"  # 供给侧结构性改革中的困难企业
    CAPACITY = "capacity"  # 去产能任务重
    CLOSING = "closing"  # 关停并转
    PRIVATE = "private"  # 困难民营企业
    PROJECT = "project"  # 重点工程、一线单位
    OTHER = "other"


class StationService(StrEnum):
    """What a station gives to whoever comes (R40); nobody is asked for a name."""

    REST = "rest"  # 歇脚
    WATER = "water"  # 饮水
    MEAL = "meal"  # 热饭
    CHARGE = "charge"  # 充电
    MEDICINE = "medicine"  # 药箱
    CULTURE = "culture"  # 看书上网
    OTHER = "other"
