"""Needs and offers from files: what is taken, what is refused, and how each refusal is named."""

from datetime import date

import pytest

from matcher.domain.terms import Category, DonorType, FileLevel, FundSource, Group, HardshipClass, PayoutChannel
from matcher.errors import RefusedInput
from matcher.files.needs import read_needs
from matcher.files.offers import read_offers
from tests.places import places

TODAY = date(2020, 2, 20)


def needs(text, **options):
    return read_needs(text.encode(), places=places(), as_of=TODAY, **options)


def offers(text):
    return read_offers(text.encode(), places=places(), as_of=TODAY)


def one_need(column, value):
    return needs(f"need_id\ttext\t{column}\nN1\t棉被\t{value}\nN2\t大米\t\n")


def one_offer(column, value):
    return offers(f"offer_id\ttext\t{column}\nO1\t棉被\t{value}\nO2\t大米\t\n")


def named(result):
    return [(p.row, p.row_id, p.column, p.code) for p in result.problems]


def test_the_two_required_columns_are_enough():
    found = needs("need_id,text\nN2,大米\nN1,棉被\n").columns
    assert found.need_id == ["N1", "N2"]  # ordered by id
    assert found.household_id == ["need:N1", "need:N2"] and found.consent == [frozenset(DonorType)] * 2
    blank = found.row(0)
    assert (blank.category, blank.quantity, blank.on_file, blank.stopped, blank.groups) == (None,) * 4 + (frozenset(),)


def test_blank_offer_facts_mean_what_the_contract_says():
    found = offers("offer_id,text,regions\nO1,棉被,*\nO2,大米,\n").columns
    assert found.regions == [(), ()] and found.vetted == [True, True] and found.quantity == [None, None]


def test_chinese_headers_and_words_are_understood():
    result = needs(
        "需求编号（必填）*,需求内容,类别,所在地区,数量,单位,紧急程度,是否建档,档案级别,困难类别,对象群体,发放方式,需要日期\n"
        "X1,孩子上学没钱,子女助学,武陟县,0.3,万元,紧急,是,全国级,低保户,学生；农民工,银行卡,2020年3月5日\n"
    )
    need = result.columns.row(0)
    assert result.problems == [] and need.category is Category.EDU and need.region == "410823"
    assert (need.quantity, need.unit, need.urgency, need.on_file) == (3000, "元", 5, True)
    assert (need.file_level, need.hardship_class) == (FileLevel.NATIONAL, HardshipClass.SUBSISTENCE)
    assert need.groups == {Group.STUDENT, Group.MIGRANT} and need.payout is PayoutChannel.BANK_CARD
    assert need.deadline == date(2020, 3, 5)


def test_fund_sources_by_code_and_by_name():
    found = offers("offer_id,text,fund_source\nO1,a,SOCIAL_DONATION\nO2,b,F1\nO3,c,工会经费\n").columns
    assert found.fund_source == [FundSource.DONATION, FundSource.CENTRAL, FundSource.UNION]


@pytest.mark.parametrize(
    "written", ["2020-02-19", "2020/2/19", "2020年2月19日", "20200219", "2020-02-19 08:00:00", "43880"]
)
def test_dates_as_people_and_spreadsheets_write_them(written):
    assert one_need("created_on", written).columns.created_on[0] == date(2020, 2, 19)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("quantity", "-5", "negative"),
        ("quantity", "NaN", "not_a_number"),
        ("quantity", "inf", "not_a_number"),
        ("quantity", "很多", "not_a_number"),
        ("quantity", "9999999999", "too_large"),
        ("quantity", "1e400", "too_large"),
        ("quantity", "1.5", "not_whole"),
        ("quantity", "1,5", "not_a_number"),
        ("quantity", "12,00", "not_a_number"),
        ("quantity", "0", "out_of_range"),
        ("category", "XYZ", "unknown_category"),
        ("region", "999999", "region_unknown"),
        ("region", "不存在的地方", "region_unknown"),
        ("region", "鼓楼区", "region_ambiguous"),
        ("region", "湖北省/宜昌市/武汉市", "region_contradictory"),
        ("deadline", "2020-02-30", "impossible_date"),
        ("deadline", "0020-02-03", "impossible_date"),
        ("deadline", "下周", "not_a_date"),
        ("urgency", "9", "out_of_range"),
        ("on_file", "也许", "not_yes_or_no"),
        ("file_level", "县级", "unknown_file_level"),
        ("hardship_class", "很困难", "unknown_hardship_class"),
        ("payout", "支票", "unknown_payout"),
        ("consent", "邻居", "unknown_donor_type"),
        ("school_stage", "博士后", "unknown_school_stage"),
        ("age", "200", "out_of_range"),
        ("household_id", "x" * 70, "text_too_long"),
        ("household_id", "H\x071", "control_character"),
        ("union_unit", "药" * 3_500_000, "cell_too_long"),
    ],
)
def test_a_bad_cell_refuses_its_row_by_name_and_good_rows_go_on(column, value, code):
    result = one_need(column, value)
    assert named(result) == [(2, "N1", column, code)]
    assert result.columns.need_id == ["N2"] and (result.rows_read, result.rows_refused) == (2, 1)
    assert len(result.problems[0].value) <= 41


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("regions", "湖北省/武汉市；火星", "region_unknown"),
        ("fund_source", "F12", "unknown_fund_source"),
        ("donor_type", "个体", "unknown_donor_type"),
        ("vetted", "待定", "not_yes_or_no"),
        ("per_case_min", "0", "out_of_range"),
        ("school_stages", "小学;火箭", "unknown_school_stage"),
        ("valid_to", "2019-13-01", "impossible_date"),
        ("shelf_life_until", "快过期", "not_a_date"),
    ],
)
def test_a_bad_offer_cell_refuses_its_row(column, value, code):
    result = one_offer(column, value)
    assert named(result) == [(2, "O1", column, code)] and result.columns.offer_id == ["O2"]


def test_an_offer_that_ends_before_it_begins_is_refused():
    header = "offer_id,text,valid_from,valid_to,per_case_min,per_case_max,age_min,age_max"
    result = offers(f"{header}\nO1,a,2020-03-02,2020-03-01,5,2,60,18\n")
    assert {p.code for p in result.problems} == {"window_reversed", "case_reversed", "age_reversed"}


def test_rows_that_share_an_id_are_all_refused_whatever_their_order():
    result = needs("need_id,text\nA,棉被\nB,大米\nA,被子\n")
    assert named(result) == [(2, "A", "need_id", "duplicate_id"), (4, "A", "need_id", "duplicate_id")]
    assert result.columns.need_id == ["B"]


def test_a_blank_id_or_text_is_named():
    assert named(needs("need_id,text\n,棉被\nB,\n")) == [
        (2, "", "need_id", "required_blank"),
        (3, "B", "text", "required_blank"),
    ]


def test_an_unknown_group_word_is_reported_and_refuses_nothing():
    result = needs("need_id,text,target_groups\nA,棉被,退役军人;学生\n")
    assert result.problems == [] and result.columns.groups == [frozenset({Group.STUDENT})]
    assert [(w.code, w.params["word"]) for w in result.warnings] == [("unknown_group", "退役军人")]


def test_an_unknown_last_part_of_a_region_falls_back_with_a_warning():
    result = one_need("region", "湖北省/武汉市/高新区")
    assert result.columns.region[0] == "420100"
    assert [(w.code, w.params["place"]) for w in result.warnings] == [("region_parent", "湖北省武汉市")]


def test_missing_and_repeated_columns_refuse_the_file():
    with pytest.raises(RefusedInput) as missing:
        needs("need_id,quantity\nA,1\n")
    with pytest.raises(RefusedInput) as twice:
        needs("need_id,text,需求内容\nA,棉被,被子\n")
    assert missing.value.code == "columns_missing" and missing.value.params["columns"] == ["text"]
    assert twice.value.code == "column_twice"


def test_extra_columns_are_no_error_even_when_their_numbers_are_broken():
    result = needs("need_id,text,身份证号\nA,棉被,4.10823E+17\n")
    assert result.problems == [] and result.columns.need_id == ["A"]


def test_personal_numbers_are_masked_in_texts_and_in_problems():
    result = needs("need_id,text,quantity\nA,我叫李秀兰，电话19900001234,1\nB,大米,19900001234\n")
    assert result.columns.text == ["我叫〔姓名〕，电话〔电话〕"]
    assert result.problems[0].value == "〔电话〕" and result.problems[0].code == "too_large"


def test_money_and_weight_are_kept_in_one_unit():
    found = needs("need_id,text,quantity,unit\nA,钱,2,万元\nB,米,10,公斤\nC,米,300,克\nD,钱,500元,\n").columns
    assert list(zip(found.quantity, found.unit, strict=True)) == [(20000, "元"), (20, "斤"), (300, "克"), (500, "元")]


@pytest.mark.parametrize(("written", "number"), [("1,000", 1000), ("12,345,678", 12345678), ("10,0000", 100000)])
def test_commas_that_group_digits_are_read(written, number):
    assert one_need("quantity", written).columns.quantity == [number, None]


def test_cells_of_our_own_exports_come_back_as_they_were():
    assert needs("need_id,text\n'=1,'-五斤大米\n").columns.need_id == ["=1"]


def test_the_notes_count_good_rows_only():
    result = needs("need_id,text,region\nA,棉被,火星\nB,大米,\n")
    assert result.notes == {"category_not_given": 1, "amount_unknown": 1, "unit_blank": 1, "region_unknown": 1}
