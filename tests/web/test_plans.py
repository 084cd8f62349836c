"""Pages of contact persons and plans."""

from matcher.domain.terms import Role
from tests import factories as make


def planted(database, count=1):
    with database.write() as session:
        ids = [make.a_household(session).id for _ in range(count)]
        session.commit()
        return ids


def test_a_family_gets_its_contact_person_its_plan_and_its_checklist(visitor_as, sqlite_database):
    [family] = planted(sqlite_database)
    visitor = visitor_as(Role.CASEWORKER)
    assert "还有 1 户没有联系人" in visitor.get("/plans").text.replace("\xa0", " ")
    with sqlite_database.write() as session:
        contact = make.an_account(session, Role.CONTACT)
        session.commit()
    assert visitor.send(f"/plans/{family}/contact", account=str(contact.id)).status_code == 303
    wrong = visitor.send(f"/plans/{family}/measures", title="办残疾证", owner=str(contact.id), due_on="2018-01-01")
    assert wrong.status_code == 422 and "办残疾证" in wrong.text
    right = {"title": "办残疾证", "owner": str(contact.id), "due_on": "2019-02-20"}
    assert visitor.send(f"/plans/{family}/measures", **right).status_code == 303
    assert visitor.send(f"/plans/{family}/entitlements", medical="due").status_code == 303
    page = visitor.get(f"/plans/{family}?apply=medical").text
    assert "帮这户申请：医疗救助" in page and "该享受，还没申请" in page and "办残疾证" in page
    whole = visitor.get(f"/plans/{family}/timeline").text
    assert "核对政策" in whole and "写进一户一策" in whole and "李志远" not in page + whole
    assert contact.username in visitor.get("/plans").text


def test_families_nobody_looks_after_are_shared_out_from_their_list(visitor_as, sqlite_database):
    planted(sqlite_database, 3)
    visitor = visitor_as(Role.CASEWORKER)
    with sqlite_database.write() as session:
        contact = make.an_account(session, Role.CONTACT).id
        session.commit()
    assert visitor.send("/plans/uncovered").status_code == 422
    assert visitor.send("/plans/uncovered", accounts=str(contact)).status_code == 303
    assert "每户都有联系人" in visitor.get("/plans/uncovered").text
    assert "3" in visitor.get(f"/plans/people/{contact}").text


def test_a_contact_person_sees_a_caseload_and_assigns_nobody(visitor_as, sqlite_database):
    [family] = planted(sqlite_database)
    visitor = visitor_as(Role.CONTACT)
    assert "没有联系的家庭" in visitor.get("/plans").text
    with sqlite_database.write() as session:
        make.looks_after(session, visitor.account_id, family)
        session.commit()
    assert visitor.send(f"/plans/{family}/contact", account="1").status_code == 403
    assert visitor.send(f"/plans/{family}/entitlements", medical="due").status_code == 303
    assert visitor.send("/plans/uncovered", accounts="1").status_code == 403
    assert visitor.get("/plans/uncovered").status_code == 404


def test_a_family_elsewhere_does_not_exist(visitor_as, sqlite_database):
    [family] = planted(sqlite_database)
    with sqlite_database.write() as session:
        there = make.a_county(session, "410825", name="温县总工会")
        session.commit()
        session.refresh(there)
    visitor = visitor_as(Role.CASEWORKER, unit=there)
    assert visitor.get(f"/plans/{family}").status_code == 404
    assert visitor.get(f"/plans/{family}/timeline").status_code == 404
    assert visitor.send(f"/plans/{family}/entitlements", medical="due").status_code == 404
