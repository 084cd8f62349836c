"""What is wrong with a file or a row and what to do about it, by code: (Chinese, English).

`{…}` are filled from the problem's params.
"""

from collections.abc import Mapping
from typing import Any

from matcher.files.problems import RowProblem
from web.label_words import Pair

FILE_MESSAGES: dict[str, Pair] = {
    "file_missing": ("找不到文件 {name}，请核对路径", "{name} was not found; check the path"),
    "file_unreadable": (
        "文件 {name} 读不了（{problem}），请检查权限",
        "{name} cannot be read ({problem}); check its permissions",
    ),
    "file_empty": ("文件 {name} 是空的，请填好后再用", "{name} is empty; fill it in first"),
    "file_too_big": ("文件 {name} 超过 {limit_mb} MB，请分成几个", "{name} is larger than {limit_mb} MB; split it"),
    "encoding_unknown": (
        "文件 {name} 的文字编码认不出来；请另存为 UTF-8 或 GB18030 的 CSV，或 XLSX",
        "The text encoding of {name} is not recognised; save it as CSV in UTF-8 or GB18030, or as XLSX",
    ),
    "not_a_table": (
        "文件 {name} 不像表格；请另存为 CSV 或 XLSX，第一行是列名",
        "{name} does not read as a table; save it as CSV or XLSX with column names in the first row",
    ),
    "spreadsheet_broken": (
        "表格 {name} 打不开（不是表格，或已损坏、加密）；请用 Excel 另存为 XLSX",
        "{name} cannot be opened (no spreadsheet, or damaged or encrypted); save it again as XLSX",
    ),
    "quote_open": (
        "文件 {name} 第 {row} 行有一个引号没有配对，后面的内容都被算进了那一格；请补上或删去这个引号",
        "{name}, row {row}: a quotation mark is never closed and swallows what follows; close it or delete it",
    ),
    "no_rows": ("文件 {name} 只有列名，没有数据行", "{name} has column names only and no rows"),
    "columns_missing": (
        "文件 {name} 缺少必填列：{columns}；现有列：{found}",
        "{name} lacks the required columns {columns}; it has {found}",
    ),
    "column_twice": (
        "文件 {name} 里有两列是同一项：{column}；请删去一列",
        "{name} holds the column {column} twice; delete one",
    ),
    "policy_unusable": (
        "规则文件 {name} 不能用：{key}{value}（{problem}）；请对照内置规则修改",
        "The policy {name} cannot be used: {key}{value} ({problem}); compare it with the built-in one",
    ),
    "cannot_write": (
        "写不了 {name}（{problem}）；请换一个位置",
        "{name} cannot be written ({problem}); choose another place",
    ),
    "over_an_input": (
        "{name} 是要读的表，结果不能写在它上面；请换一个文件名",
        "{name} is one of the inputs and is not written over; choose another name",
    ),
    "same_place_twice": (
        "两个结果要写到同一个文件 {name}；请各给一个文件名",
        "Two results would go to the same file {name}; give each a name of its own",
    ),
    "report_with_encoder": (
        "报告 {name} 是用语言模型 {encoder} 算出来的，现在的 NUANLIU_ENCODER 不是它；请设成同一个（连同版本）再复核",
        "{name} was made with the encoder {encoder}, which NUANLIU_ENCODER does not name now; set the same one, of the "
        "same version, to check it",
    ),
    "report_without_encoder": (
        "报告 {name} 算的时候没有用 NUANLIU_ENCODER；请去掉这个设置再复核",
        "{name} was made without an encoder; leave NUANLIU_ENCODER unset to check it",
    ),
    "what_if_unusable": (
        "看不懂 --what-if {name}；请写成 类别@地方=数量，如 WIN@410823=300",
        "--what-if {name} cannot be read; write CATEGORY@PLACE=UNITS, such as WIN@410823=300",
    ),
    "report_unusable": (
        "报告 {name} 不是 match 写出的 JSON；请用 match --report 写出的那一份",
        "{name} is not a report written by match; use the one of match --report",
    ),
}

ROW_MESSAGES: dict[str, Pair] = {
    "required_blank": ("必填，不能空着", "is required; fill it in"),
    "duplicate_id": (
        "编号重复（{times} 行用了同一个），这些行都没有采用；请改成各自的编号",
        "is used by {times} rows, none of which was taken; give each its own id",
    ),
    "not_a_number": ("不是数字；请写 120 这样的数", "is not a number; write one such as 120"),
    "not_whole": ("不是整数；请写整数", "is not a whole number; write one"),
    "negative": ("是负数；请写正数，不清楚就空着", "is negative; write a positive number, or leave it blank"),
    "too_large": ("太大了（超过 {limit}）；请核对", "is too large (over {limit}); check it"),
    "out_of_range": ("超出范围；请写 {low} 到 {high} 之间的数", "is out of range; write a number from {low} to {high}"),
    "not_a_date": ("不是日期；请写 2020-02-19", "is not a date; write 2020-02-19"),
    "impossible_date": ("没有这一天；请核对日期", "is no real date; check it"),
    "not_yes_or_no": ("要写“是”或“否”", "wants yes or no"),
    "unknown_category": (
        "没有这个类别；请用类别代码或名称，不清楚就空着",
        "is no category; use a code or name, or leave it blank",
    ),
    "unknown_donor_type": (
        "没有这种捐赠方类型；请用 charity、enterprise、institution、public、union",
        "is no kind of donor; use charity, enterprise, institution, public or union",
    ),
    "unknown_fund_source": ("没有这个资金来源；请用 F1 到 F9", "is no fund source; use F1 to F9"),
    "unknown_file_level": (
        "没有这个档案级别；请用 全国级、省级、市级",
        "is no file level; use national, province or city",
    ),
    "unknown_hardship_class": (
        "没有这个困难类别；请用 低保户、低保边缘户、意外致困、深度困难、相对困难、未建档",
        "is no hardship class; use subsistence, marginal, accident, deep, relative or none",
    ),
    "unknown_payout": (
        "没有这种发放渠道；请用 银行卡、存折、现金、无",
        "is no payment channel; use bank_card, passbook, cash or none",
    ),
    "unknown_school_stage": (
        "没有这个学段；请用 幼儿园、小学、初中、高中、中职、大学",
        "is no school stage; use kindergarten, primary, junior, senior, vocational or college",
    ),
    "unknown_entitlement": (
        "没有这项国家待遇；请用 低保、特困供养、临时救助、医疗救助、教育资助、残疾人两项补贴、失业保险金、"
        "工伤保险待遇、遗属抚恤、住房保障、法律援助",
        "is no state entitlement; use subsistence, destitute, temporary, medical, education, disability, unemployment, "
        "injury, bereaved, housing or legal",
    ),
    "unknown_need": ("需求表里没有这个编号；请核对", "is no need of the needs file; check the id"),
    "unknown_offer": ("资源表里没有这个编号；请核对", "is no offer of the offers file; check the id"),
    "unknown_decision": ("要写 accept（采纳）或 reject（不采纳）", "wants accept or reject"),
    "pair_twice": (
        "这一对出现了 {times} 次，都没有采用；请只留一行",
        "stands in {times} rows with the same need, none of which was taken; keep one",
    ),
    "region_unknown": (
        "不认识这个地区；请用六位区划代码或“省/市/县”",
        "is no known place; use a six-digit code or province/city/county",
    ),
    "region_ambiguous": (
        "有几个同名的地区；请写全“省/市/县”",
        "names several places; write province/city/county in full",
    ),
    "region_contradictory": ("上下级对不上；请核对省、市、县", "contradicts itself; check province, city and county"),
    "number_lost_digits": (
        "表格软件把长号码存成了数字，末几位已丢失；请把该列设为文本后重填",
        "was stored as a number and lost its last digits; format the column as text and enter it again",
    ),
    "cell_too_long": (
        "内容太长（{length} 字，上限 {limit}）；请检查前面有没有漏掉的引号",
        "is too long ({length} characters, at most {limit}); look for a missing quotation mark",
    ),
    "text_too_long": (
        "太长（{length} 字，上限 {limit}）；请缩短",
        "is too long ({length} characters, at most {limit}); shorten it",
    ),
    "control_character": ("含有看不见的控制字符；请重新输入", "holds invisible control characters; type it again"),
    "window_reversed": ("结束早于开始；请核对起止日期", "lies before the start; check both dates"),
    "case_reversed": ("每户上限小于每户起点；请核对", "is below the least per family; check both"),
    "age_reversed": ("最大年龄小于最小年龄；请核对", "is below the least age; check both"),
    # hardship files
    "id_in_several_rows": (
        "在这个表格里不止一行，这些行都没有采用；请只留一行",
        "stands in several rows, none of which was taken; keep one",
    ),
    "code_is_personal": (
        "编号看上去是证件号、卡号或电话；编号会显示在清单里，请换成别的编号",
        "looks like an identity, card or phone number; codes are shown in lists, so use another one",
    ),
    "only_draft_or_on_record": (
        "只能写 草稿 或 在档；中间的步骤由人来审",
        "may be draft or active only; what lies between is decided by people",
    ),
    "only_city_takes_over": (
        "已批准的档案只能由市级工会导入；请改成 草稿，或请市级工会导入",
        "means an approved file, which only the city union imports; write draft, or ask the city",
    ),
    "class_of_file_on_record": (
        "在档的要写困难类别，或写全收入支出让系统算；算出来不够条件的不能在档",
        "is needed for a file on record, or income and spending to compute it from; a household that meets no class "
        "cannot be on record",
    ),
    "not_at_city": (
        "市级工会自己不建档；请写县级、产业或基层工会的名称",
        "cannot be the city itself; write the name of a county, industry or grassroots union",
    ),
    "finer_than_fen": ("金额最多写到分（两位小数）", "is finer than a cent; write two decimals at most"),
    "unknown_word": ("不认识这个词；请写：{words}", "is no word for this; write one of: {words}"),
    # warnings
    "file_differs": (
        "这户已经有档案，表格写的和上次不一样，没有改动；要改请到档案页",
        "has a file already and says something else than before; nothing was changed, edit it on its page",
    ),
    "head_known_elsewhere": (
        "别的单位也登记了这个身份证号；照样建草稿，由上级认定是不是同一户",
        "is registered with another unit too; the draft is begun, and the union above decides whether it is one family",
    ),
    "draft_has_no_approval": ("草稿用不上这一列，没有采用", "is not used for a draft"),
    "class_differs_from_computed": (
        "和按收入支出算出来的不一样，照表格写的在档，请年度复核时核对",
        "differs from what income and spending give; the file's own class is kept, check it at the yearly review",
    ),
    "region_parent": ("最后一级不认识，按{place}处理", "has an unknown last part; {place} is used"),
    "unknown_group": (
        "不认识群体“{word}”，只作参考，不作限制",
        "holds the unknown group “{word}”, which is left aside",
    ),
    "deadline_before_created": ("早于登记日期，请核对", "lies before the day it was registered; check it"),
    "created_in_future": ("晚于计算日期，请核对", "lies after the day of the run; check it"),
}


PROBLEM_WORDS: dict[str, Pair] = {
    "no_folder": ("没有这个目录", "no such directory"),
    "is_folder": ("这是一个目录", "it is a directory"),
    "no_right": ("没有写的权限", "no right to write"),
    "Is a directory": ("这是一个目录", "it is a directory"),
    "Permission denied": ("没有权限", "no permission"),
    "No space left on device": ("磁盘满了", "the disk is full"),
    "Read-only file system": ("这里只能读", "read-only file system"),
    "Not a directory": ("上一级不是目录", "its parent is no directory"),
    "missing": ("没有写", "missing"),
    "not_in_force": ("没有一条在这一天、这个地区生效", "no entry is in force on this day in this place"),
    "must_sum_to_1000": ("各项之和要是 1000", "the parts must sum to 1000"),
    "not_a_whole_number": ("要写 0 以上的整数", "wants a whole number of 0 or more"),
    "not_a_share": ("要写 0 到 1 之间的数", "wants a number from 0 to 1"),
    "not_a_list": ('要写成列表，例如 ["LIV"]', 'wants a list such as ["LIV"]'),
    "not_true_or_false": ("要写 true 或 false", "wants true or false"),
    "not_a_date": ("要写日期，例如 2019-01-01，不加引号", "wants a date such as 2019-01-01, without quotes"),
    "not_a_table": ("要写成 [[…]] 的一条", "wants an entry under [[…]]"),
    "unknown_code": ("没有这个代码", "no such code"),
    "fingerprint_differs": ("内容和指纹对不上", "the content does not have this fingerprint"),
}
"""Why a file or a policy cannot be used, as the system or `matcher/domain/policy.py` says it."""


def file_message(code: str, params: Mapping[str, Any], lang: str = "zh") -> str:
    """One sentence about a file; empty if the code is not about files."""
    if code not in FILE_MESSAGES:
        return ""
    return _filled(FILE_MESSAGES[code], params, lang)


def row_remedy(problem: RowProblem, lang: str = "zh") -> str:
    """What is wrong with a cell and what to do, where row, column and value stand beside it; empty if unknown."""
    return _filled(ROW_MESSAGES[problem.code], problem.params, lang) if problem.code in ROW_MESSAGES else ""


def row_message(problem: RowProblem, lang: str = "zh") -> str:
    """One line that names row, column and value, and says what to do."""
    return row_line(problem, _filled(ROW_MESSAGES[problem.code], problem.params, lang), lang)


def row_line(problem: RowProblem, said: str, lang: str = "zh") -> str:
    """Row, column and value, and what is said of them."""
    if lang == "en":
        named = f" ({problem.row_id})" if problem.row_id else ""
        return f"row {problem.row}{named}, column {problem.column}, value “{problem.value}”: {said}"
    named = f"（{problem.row_id}）" if problem.row_id else ""
    return f"第 {problem.row} 行{named}，“{problem.column}”列，“{problem.value}”：{said}"


def _filled(pair: Pair, params: Mapping[str, Any], lang: str) -> str:
    joiner = ", " if lang == "en" else "、"
    side = 1 if lang == "en" else 0
    words = {
        name: joiner.join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in params.items()
    }
    words = {name: f"{value:,}" if type(value) is int and name != "row" else value for name, value in words.items()}
    if words.get("problem") in PROBLEM_WORDS:
        words["problem"] = PROBLEM_WORDS[words["problem"]][side]
    return pair[side].format(**{"name": "", "problem": "", "value": "", **words})
