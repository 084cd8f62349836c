"""The hardship file: sections, steps, papers, visits, objections, shared numbers

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIXED = {
    "file_section": ("id", "file_id", "section", "revision", "by_account_id", "at"),
    "file_step": (
        "id", "file_id", "act", "from_state", "to_state", "level", "by_account_id", "unit_id", "at", "reason",
    ),
}  # fmt: skip
"""What is never changed once it is written; the sealed text beside it may get another key."""


def upgrade() -> None:
    op.add_column("household", sa.Column("surname_key", sa.String(length=8), nullable=False, server_default=""))
    op.create_index("ix_household_surname_key", "household", ["surname_key", "case_code"])
    op.create_table(
        "hardship_file",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("scheme", sa.String(length=32), nullable=True),
        sa.Column("computed_class", sa.String(length=32), nullable=True),
        sa.Column("chosen_class", sa.String(length=32), nullable=True),
        sa.Column("calculation", sa.LargeBinary(), nullable=True),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.Column("notice_token", sa.String(length=32), nullable=True),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("watch_until", sa.Date(), nullable=True),
        sa.Column("national_number", sa.String(length=40), nullable=True),
        sa.Column("national_on", sa.Date(), nullable=True),
        sa.Column("transfer_to_unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "chosen_class IN ('subsistence', 'marginal', 'accident', 'deep', 'relative', 'none')",
            name=op.f("ck_hardship_file_chosen_class_known"),
        ),
        sa.CheckConstraint(
            "computed_class IN ('subsistence', 'marginal', 'accident', 'deep', 'relative', 'none')",
            name=op.f("ck_hardship_file_computed_class_known"),
        ),
        sa.CheckConstraint("scheme IN ('RS-2016', 'RS-2020')", name=op.f("ck_hardship_file_scheme_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'returned', 'first_review', 'visit', 'check', 'notice', 'city_review', 'active', 'out', 'eased', 'withdrawn')",
            name=op.f("ck_hardship_file_state_known"),
        ),
        sa.CheckConstraint(
            "national_number IS NULL OR national_on IS NOT NULL", name=op.f("ck_hardship_file_national_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_hardship_file_household_id_household")
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_hardship_file_opened_by_account")),
        sa.ForeignKeyConstraint(
            ["transfer_to_unit_id"], ["unit.id"], name=op.f("fk_hardship_file_transfer_to_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hardship_file_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hardship_file")),
        sa.UniqueConstraint("household_id", name=op.f("uq_hardship_file_household_id")),
        sa.UniqueConstraint("notice_token", name=op.f("uq_hardship_file_notice_token")),
    )
    with op.batch_alter_table("hardship_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hardship_file_notice_until"), ["notice_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_hardship_file_review_due_on"), ["review_due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_hardship_file_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_hardship_file_transfer_to_unit_id"), ["transfer_to_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hardship_file_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hardship_file_watch_until"), ["watch_until"], unique=False)

    op.create_table(
        "duplicate_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("other_household_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("before_state", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "before_state IN ('draft', 'returned', 'first_review', 'visit', 'check', 'notice', 'city_review', 'active', 'out', 'eased', 'withdrawn')",
            name=op.f("ck_duplicate_case_before_state_known"),
        ),
        sa.CheckConstraint("kind IN ('id', 'card', 'phone')", name=op.f("ck_duplicate_case_kind_known")),
        sa.CheckConstraint("state IN ('open', 'same', 'different')", name=op.f("ck_duplicate_case_state_known")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_duplicate_case_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["hardship_file.id"], name=op.f("fk_duplicate_case_file_id_hardship_file")
        ),
        sa.ForeignKeyConstraint(
            ["other_household_id"], ["household.id"], name=op.f("fk_duplicate_case_other_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_case")),
        sa.UniqueConstraint(
            "file_id", "other_household_id", "kind", name=op.f("uq_duplicate_case_file_id_other_household_id_kind")
        ),
    )
    with op.batch_alter_table("duplicate_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_case_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_case_other_household_id"), ["other_household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_case_state"), ["state"], unique=False)

    op.create_table(
        "file_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('application', 'income', 'identity', 'diagnosis', 'bills', 'enrolment', 'notice', 'visit', 'authorisation', 'other')",
            name=op.f("ck_file_evidence_kind_known"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_file_evidence_size_positive")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_file_evidence_by_account_id_account")),
        sa.ForeignKeyConstraint(["file_id"], ["hardship_file.id"], name=op.f("fk_file_evidence_file_id_hardship_file")),
        sa.ForeignKeyConstraint(["removed_by"], ["account.id"], name=op.f("fk_file_evidence_removed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_evidence")),
    )
    with op.batch_alter_table("file_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_evidence_file_id"), ["file_id"], unique=False)

    op.create_table(
        "file_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'upheld')", name=op.f("ck_file_objection_state_known")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_file_objection_answered_by_account")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["hardship_file.id"], name=op.f("fk_file_objection_file_id_hardship_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_objection")),
    )
    with op.batch_alter_table("file_objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_objection_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_objection_state"), ["state"], unique=False)

    op.create_table(
        "file_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "section IN ('person', 'work', 'health', 'members', 'money', 'cause', 'bank')",
            name=op.f("ck_file_section_section_known"),
        ),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_file_section_by_account_id_account")),
        sa.ForeignKeyConstraint(["file_id"], ["hardship_file.id"], name=op.f("fk_file_section_file_id_hardship_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_section")),
        sa.UniqueConstraint("file_id", "section", "revision", name=op.f("uq_file_section_file_id_section_revision")),
    )
    with op.batch_alter_table("file_section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_section_file_id"), ["file_id"], unique=False)

    op.create_table(
        "file_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=True),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "act IN ('open', 'submit', 'return', 'pass_first', 'visit', 'sign_visit', 'check', 'object', 'answer', 'uphold', 'pass_county', 'pass_city', 'certify', 'renew', 'leave_out', 'leave_eased', 'withdraw', 'watch', 'relapse', 'ask_transfer', 'take_transfer', 'refuse_transfer', 'undo_merge')",
            name=op.f("ck_file_step_act_known"),
        ),
        sa.CheckConstraint(
            "from_state IN ('draft', 'returned', 'first_review', 'visit', 'check', 'notice', 'city_review', 'active', 'out', 'eased', 'withdrawn')",
            name=op.f("ck_file_step_from_state_known"),
        ),
        sa.CheckConstraint("level IN ('first', 'county', 'city')", name=op.f("ck_file_step_level_known")),
        sa.CheckConstraint(
            "to_state IN ('draft', 'returned', 'first_review', 'visit', 'check', 'notice', 'city_review', 'active', 'out', 'eased', 'withdrawn')",
            name=op.f("ck_file_step_to_state_known"),
        ),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_file_step_by_account_id_account")),
        sa.ForeignKeyConstraint(["file_id"], ["hardship_file.id"], name=op.f("fk_file_step_file_id_hardship_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_step")),
    )
    with op.batch_alter_table("file_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_step_by_account_id"), ["by_account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_step_file_id"), ["file_id"], unique=False)

    op.create_table(
        "file_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("findings", sa.LargeBinary(), nullable=False),
        sa.Column("first_account_id", sa.Integer(), nullable=False),
        sa.Column("second_account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["hardship_file.id"], name=op.f("fk_file_visit_file_id_hardship_file")),
        sa.ForeignKeyConstraint(
            ["first_account_id"], ["account.id"], name=op.f("fk_file_visit_first_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["second_account_id"], ["account.id"], name=op.f("fk_file_visit_second_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_visit")),
    )
    with op.batch_alter_table("file_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_visit_file_id"), ["file_id"], unique=False)

    op.create_table(
        "person_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(length=90), nullable=False),
        sa.CheckConstraint("kind IN ('id', 'card', 'phone')", name=op.f("ck_person_key_kind_known")),
        sa.ForeignKeyConstraint(["file_id"], ["hardship_file.id"], name=op.f("fk_person_key_file_id_hardship_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_key")),
    )
    with op.batch_alter_table("person_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_key_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_key_number_index"), ["number_index"], unique=False)

    for table, columns in FIXED.items():
        if _is_sqlite():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: history is only added'); END"
            op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OF {', '.join(columns)} ON {table} {refuse}")
            op.execute(f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {refuse}")
    if not _is_sqlite():
        op.execute(
            """CREATE FUNCTION file_history_refused() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION '%: history is only added', TG_TABLE_NAME; END $$"""
        )
        for table, columns in FIXED.items():
            each = "FOR EACH ROW EXECUTE FUNCTION file_history_refused()"
            op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OF {', '.join(columns)} ON {table} {each}")
            op.execute(f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {each}")


def downgrade() -> None:
    for table in FIXED:
        for name in ("kept", "stays"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}" + ("" if _is_sqlite() else f" ON {table}"))
    if not _is_sqlite():
        op.execute("DROP FUNCTION file_history_refused()")
    with op.batch_alter_table("person_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_key_number_index"))
        batch_op.drop_index(batch_op.f("ix_person_key_file_id"))

    op.drop_table("person_key")
    with op.batch_alter_table("file_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_visit_file_id"))

    op.drop_table("file_visit")
    with op.batch_alter_table("file_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_step_file_id"))
        batch_op.drop_index(batch_op.f("ix_file_step_by_account_id"))

    op.drop_table("file_step")
    with op.batch_alter_table("file_section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_section_file_id"))

    op.drop_table("file_section")
    with op.batch_alter_table("file_objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_objection_state"))
        batch_op.drop_index(batch_op.f("ix_file_objection_file_id"))

    op.drop_table("file_objection")
    with op.batch_alter_table("file_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_evidence_file_id"))

    op.drop_table("file_evidence")
    with op.batch_alter_table("duplicate_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_case_state"))
        batch_op.drop_index(batch_op.f("ix_duplicate_case_other_household_id"))
        batch_op.drop_index(batch_op.f("ix_duplicate_case_file_id"))

    op.drop_table("duplicate_case")
    with op.batch_alter_table("hardship_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hardship_file_watch_until"))
        batch_op.drop_index(batch_op.f("ix_hardship_file_unit_id"))
        batch_op.drop_index(batch_op.f("ix_hardship_file_transfer_to_unit_id"))
        batch_op.drop_index(batch_op.f("ix_hardship_file_state"))
        batch_op.drop_index(batch_op.f("ix_hardship_file_review_due_on"))
        batch_op.drop_index(batch_op.f("ix_hardship_file_notice_until"))

    op.drop_table("hardship_file")
    op.drop_index("ix_household_surname_key", table_name="household")
    op.drop_column("household", "surname_key")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
