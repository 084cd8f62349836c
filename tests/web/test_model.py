"""The page of the matching model: what it tells, who may change it, and the way back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from matcher.domain.terms import ModelSwitch, ModelVerdict, Role
from matcher.engine.fusion import HAND, SIGNALS
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Job, ModelUse, ModelVersion
from tests import factories as make
from tests.factories import NOW
from web import model_words

FIGURES: dict[str, Any] = {
    "needs": 86,
    "ndcg@10": {"old": 0.71, "new": 0.752},
    "recall@5": {"old": 0.812, "new": 0.86},
    "gain": {"mean": 0.042, "low": 0.011, "high": 0.073},
    "districts": [
        {"district": "410823", "needs": 50, "old": 0.8, "new": 0.9},
        {"district": "410825", "needs": 36, "old": 0.83, "new": 0.82},
    ],
    "drift": [
        {"signal": "meaning", "before": 0.61, "after": 0.6, "shift": -0.03},
        {"signal": "wording", "before": 0.3, "after": 0.12, "shift": -0.71},
    ],
}


def a_model(session: Any, verdict: ModelVerdict = ModelVerdict.PROMOTED, **fields: Any) -> ModelVersion:
    values: dict[str, Any] = {
        "weights": {**HAND.values, "meaning": 12.0, "item": 6.0},
        "bias": -5.0,
        "has_memory": True,
        "known_until": NOW,
        "trained": 1240,
        "tested": 310,
        "newest_step_id": 1550,
        "compared_with": "hand",
        "figures": FIGURES,
        "verdict": verdict,
        "lexicon_version": "x",
        "created_at": NOW,
    }
    row = ModelVersion(**(values | fields))
    session.add(row)
    session.flush()
    if verdict is ModelVerdict.PROMOTED:
        session.add(ModelUse(model_id=row.id, why=ModelSwitch.PROMOTED, at=NOW))
        session.flush()
    return row


@pytest.fixture
def in_use(app: Any, sqlite_database: Database) -> int:
    with sqlite_database.write() as session:
        row = a_model(session)
        session.commit()
        return row.id or 0


def use_id(database: Database) -> int:
    with database.read() as session:
        return max(session.exec(select(ModelUse.id)))


def test_every_signal_is_said_in_words():
    assert set(model_words.SIGNALS) == set(SIGNALS)


def test_the_city_reads_what_counts_how_it_did_and_where(visitor_as: Callable[..., Any], in_use: int):
    page = visitor_as(Role.CITY).get("/model").text
    assert f"匹配模型：现在用学习\u00a0{in_use}\u00a0号" in page and "从 1,240 条决定中学到" in page
    assert "两边说的是同一件事" in page and "更看重" in page and "看轻了" in page
    assert "86 个需求" in page and "81.2\u00a0%" in page and "+4.2" in page and "+1.1" in page
    assert "武陟县" in page and "变好" in page and "略差" in page
    assert "变化大" in page and "平稳" in page
    assert "回退到手工权重" in page


def test_it_reads_in_english(visitor_as: Callable[..., Any], in_use: int):
    visitor = visitor_as(Role.CITY)
    visitor.send("/language", locale="en")
    page = visitor.get("/model").text
    assert f"Matching model: now learned\u00a0model\u00a0{in_use}" in page and "Roll back to hand weights" in page
    assert "Same matter" in page and "Weighs more" in page


def test_one_press_goes_back_and_one_takes_that_back(visitor_as, sqlite_database: Database, in_use: int):
    visitor = visitor_as(Role.CITY)
    assert visitor.send("/model/roll-back", seen=use_id(sqlite_database)).status_code == 303
    page = visitor.get("/model").text
    assert "已回退：从下一次对接起用手工权重" in page and "撤销回退" in page and "现在没有启用" in page
    assert visitor.send("/model/take-back", seen=use_id(sqlite_database)).status_code == 303
    assert f"现在用学习\u00a0{in_use}\u00a0号" in visitor.get("/model").text
    with sqlite_database.read() as session:
        acts = session.exec(select(AuditEvent.action).where(AuditEvent.object_type == "model_use")).all()
    assert acts == ["model:roll_back", "model:take_back"]
    trail = visitor_as(Role.AUDITOR).get("/audit").text
    assert "匹配模型回退" in trail or "回退匹配模型" in trail
    assert "手工权重" in trail


def test_who_saw_an_older_state_changes_nothing(visitor_as, sqlite_database: Database, in_use: int):
    visitor = visitor_as(Role.CITY)
    seen = use_id(sqlite_database)
    visitor.send("/model/roll-back", seen=seen)
    assert visitor.send("/model/roll-back", seen=seen).status_code == 409
    assert visitor.send("/model/roll-back").status_code == 409


def test_a_form_without_its_token_changes_nothing(visitor_as, sqlite_database: Database, in_use: int):
    answer = visitor_as(Role.CITY).post("/model/roll-back", data={"seen": use_id(sqlite_database)})
    assert answer.status_code == 400
    with sqlite_database.read() as session:
        assert len(session.exec(select(ModelUse)).all()) == 1


def test_the_auditor_looks_and_does_not_act(visitor_as, sqlite_database: Database, in_use: int):
    visitor = visitor_as(Role.AUDITOR)
    page = visitor.get("/model").text
    assert "看重什么" in page and "回退到" not in page and "现在学习一次" not in page
    assert visitor.send("/model/roll-back", seen=use_id(sqlite_database)).status_code == 403
    assert visitor.send("/model/learn").status_code == 403


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.REVIEWER, Role.SYSADMIN])
def test_others_do_not_see_it(visitor_as, in_use: int, role: Role):
    assert visitor_as(role).get("/model").status_code == 403


def test_what_was_not_taken_says_why(visitor_as, sqlite_database: Database, app: Any):
    with sqlite_database.write() as session:
        a_model(session, ModelVerdict.DISTRICT_LOSES)
        session.commit()
    page = visitor_as(Role.CITY).get("/model").text
    assert "现在用手工权重" in page and "还没有启用：整体更好，但有县（市）区" in page
    assert "回退到" not in page


def test_before_anything_was_learned_it_says_when_it_will_be(visitor_as, sqlite_database: Database, app: Any):
    page = visitor_as(Role.CITY).get("/model").text
    assert "还没有学过" in page and "决定满 200 条" in page and "手工" in page
    assert visitor_as(Role.AUDITOR).get("/model").status_code == 200


def test_the_city_asks_for_learning_now(visitor_as, sqlite_database: Database, app: Any):
    with sqlite_database.write() as session:
        make.the_city(session)
        session.commit()
    visitor = visitor_as(Role.CITY)
    assert visitor.send("/model/learn").status_code == 303
    assert "正在从决定中学习" in visitor.get("/model").text
    with sqlite_database.read() as session:
        assert session.exec(select(Job.kind)).one() == "learn"


def test_a_run_tells_which_model_judged(visitor_as, sqlite_database: Database, app: Any):
    report = {"counts": {"pairs_compared": 1, "pairs_permitted": 1}, "model": {"name": "learned-12"}}
    with sqlite_database.write() as session:
        make.a_run(session, report=report)
        session.commit()
    assert "学习\u00a012\u00a0号" in visitor_as(Role.CITY).get("/runs").text
