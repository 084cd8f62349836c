"""Words of help without a file: (Chinese, English)."""

from enum import StrEnum

from matcher.domain import visit_terms as v

Pair = tuple[str, str]

VISIT_WORDS: dict[type[StrEnum], dict[str, Pair]] = {
    v.VisitGroup: {
        "model": ("劳模", "Model workers"),
        "craftsman": ("工匠、先进模范", "Craftsmen and exemplary people"),
        "lead": ("重点学科、项目带头人", "Leaders of key projects"),
        "seconded": ("派驻挂职干部", "Seconded cadres"),
        "at_post": ("坚守岗位一线职工", "Workers at their posts"),
        "frontline": ("重点工程、生产一线职工", "Front-line workers"),
        "migrant": ("农民工", "Migrant workers"),
        "outdoor": ("户外劳动者", "Outdoor workers"),
    },
    v.EnterpriseDifficulty: {
        "supply_side": ("供给侧改革困难企业", "In difficulty from supply-side reform"),
        "capacity": ("去产能任务重", "Cutting capacity"),
        "closing": ("关停并转", "Closing, merging or turning over"),
        "private": ("困难民营企业", "Private, in difficulty"),
        "project": ("重点工程、一线单位", "Key project or front line"),
        "other": ("其他", "Other"),
    },
    v.StationService: {
        "rest": ("歇脚", "Rest"),
        "water": ("饮水", "Water"),
        "meal": ("热饭", "Warm meals"),
        "charge": ("充电", "Charging"),
        "medicine": ("药箱", "Medicine box"),
        "culture": ("看书上网", "Reading and network"),
        "other": ("其他服务", "Other services"),
    },
}
VISIT_ACTIONS: dict[str, Pair] = {
    "roster:add": ("往名册上添人", "People put on a roster"),
    "roster:visited": ("记走访", "Visit noted"),
    "roster:remove": ("从名册去掉", "Taken off a roster"),
    "roster:unvisited": ("改回没走访", "Visit taken back"),
    "roster:register": ("从名册登记一户", "Family registered from a roster"),
    "roster:read": ("查看名册全名", "Names of a roster looked at"),
    "enterprise_visit:record": ("记走访企业", "Visit to an enterprise recorded"),
    "enterprise_visit:change": ("修改走访企业", "Visit to an enterprise corrected"),
    "station:count": ("记驿站人次", "Station counted"),
}
VISIT_OBJECTS: dict[str, Pair] = {
    "roster_entry": ("慰问名册", "roster"),
    "enterprise_visit": ("走访企业", "visit to an enterprise"),
    "station_count": ("驿站人次", "count of a station"),
}
VISIT_PROBLEMS: dict[str, Pair] = {
    "roster_empty": ("请写上名字，一行一人", "Write the names, one person a line"),
    "roster_too_long": ("一次最多 {most} 人，请分几次添", "At most {most} people at once; add them in parts"),
    "roster_name": (
        "第 {line} 行开头要写姓名，2 到 20 个字、不带数字；请改好这一行再交",
        "Line {line} must begin with a name of 2 to 20 characters without digits; mend it and send again",
    ),
    "roster_phone": (
        "第 {line} 行的电话不对，手机是 11 位；请核对，或者删掉电话",
        "The phone in line {line} is wrong, mobiles have 11 digits; check it or take it out",
    ),
    "choose_group": ("请选慰问对象", "Choose the group"),
    "choose_people": ("请先勾上走访过的人", "Tick the people who were visited"),
    "choose_difficulty": ("请选属于哪一类", "Choose the kind"),
    "count_somebody": ("至少写一项人次", "Write at least one number"),
    "day_too_long_ago": ("这一天太早了，请核对年份", "That day is too long ago; check the year"),
}
