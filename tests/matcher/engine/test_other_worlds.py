"""Texts that have nothing to do with this field are ranked by their wording, not by what the lexicon makes of them."""

import inspect

import numpy as np
import pytest

from matcher.engine.evaluate import ndcg, paired_gain
from matcher.engine.text import normalise
from matcher.engine.vectorize import TextSpace
from matcher.engine.wording import bm25_vectors, tfidf_vectors
from seeds.reference import language
from tests.matcher.engine.people import TODAY

SHOP = (
    ("怎么修改收货地址", "在我的订单里打开这一单，点开地址一栏就能改，发货以后不能再改"),
    ("退款多久到账", "银行处理需要一到三个工作日，钱会原路退回"),
    ("忘记登录密码了", "在登录框下面点找回密码，用绑定的邮箱重设"),
    ("屏幕碎了能修吗", "可以寄回售后网点更换屏幕，费用以检测为准"),
    ("支持双卡双待吗", "两个卡槽都支持高速网络，可以同时待机"),
    ("发票抬头开错了", "联系客服作废原发票，三天内重新开具"),
    ("充电器发热正常吗", "快充时外壳微热属于正常，烫手请停止使用"),
    ("怎么关闭自动续费", "在会员中心的续费管理里取消即可"),
)
"""Questions to a shop and its answers, invented."""


def documented() -> list[tuple[str, str]]:
    """First lines of numpy's documentation, and the paragraph below each."""
    pairs = {}
    for name in dir(np):
        parts = [p.strip().replace("\n", " ") for p in (inspect.getdoc(getattr(np, name)) or "").split("\n\n")]
        body = next((p for p in parts[1:] if len(p) > 80 and "----" not in p), None)
        if body and 20 < len(parts[0]) < 120:
            pairs.setdefault(parts[0], body[:300])
    return sorted(pairs.items())[:120]


@pytest.mark.parametrize("pairs", [documented(), list(SHOP)], ids=["documentation", "questions"])
def test_wording_decides_where_the_lexicon_is_not_at_home(pairs):
    asked, told = [a for a, _ in pairs], [b for _, b in pairs]
    rows, truth = np.arange(len(pairs)), 3 * np.eye(len(pairs), dtype=np.int64)
    mine = ndcg(TextSpace(language(), as_of=TODAY).fit(asked, told).closeness(rows, rows), truth)
    texts = [normalise(t) for t in asked], [normalise(t) for t in told]
    plain = [ndcg((a @ b.T).toarray(), truth) for a, b in (tfidf_vectors(*texts), bm25_vectors(*texts))]
    _, _, high = paired_gain(mine, max(plain, key=np.mean))
    assert high >= 0, "significantly below the better of TF-IDF and BM25"


def test_lexicon_is_at_home_among_offers_of_its_field():
    offers = ["大病医疗救助：住院自付部分予以补助", "捐赠轮椅20台", "农民工返乡大巴", "户外劳动者驿站"]
    trust = language().recogniser.offered([normalise(text) for text in offers]).trust
    assert trust.min() > 0.9
    assert language().recogniser.offered([normalise(answer) for _, answer in SHOP]).trust.mean() < 0.25
