"""The network moves: history of units, referrals with clocks, contact persons, plans, invitations

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ACCOUNT = (
    ("person_index", sa.String(length=90)),
    ("totp_secret", sa.LargeBinary()),
    ("totp_since", sa.DateTime(timezone=True)),
    ("totp_last_step", sa.Integer()),
)

ENTITLEMENTS = (
    "'subsistence', 'destitute', 'temporary', 'medical', 'education', 'disability', 'unemployment', 'injury', "
    "'bereaved', 'housing', 'legal'"
)


def upgrade() -> None:
    op.create_table(
        "contact_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("handed_to_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "end_reason IN ('handed_on', 'left', 'load', 'asked', 'closed')",
            name=op.f("ck_contact_assignment_end_reason_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_assignment_account_id_account")),
        sa.ForeignKeyConstraint(
            ["by_account_id"], ["account.id"], name=op.f("fk_contact_assignment_by_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["handed_to_id"], ["account.id"], name=op.f("fk_contact_assignment_handed_to_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_contact_assignment_household_id_household")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contact_assignment_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_assignment")),
    )
    with op.batch_alter_table("contact_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_assignment_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_assignment_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_assignment_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_contact_assignment_household_open",
            ["household_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "former_password",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_former_password_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_password")),
    )
    with op.batch_alter_table("former_password", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_password_account_id"), ["account_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("display_name", sa.LargeBinary(), nullable=False),
        sa.Column("person_index", sa.String(length=90), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("donor_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('caseworker', 'reviewer', 'contact', 'worker', 'finance', 'auditor', 'city', 'charity', 'enterprise', 'sysadmin', 'secadmin', 'auditadmin')",
            name=op.f("ck_invitation_role_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id_account")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_invitation_by_account_id_account")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_invitation_donor_id_donor")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_invitation_household_id_household")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_donor_id"), ["donor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_person_index"), ["person_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "plan_measure",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "category IN ('LIV', 'EDU', 'MED', 'JOB', 'TRN', 'LAW', 'ARR', 'TRV', 'HOU', 'PSY', 'FOO', 'WIN', 'AID', 'MUT', 'CAR', 'STA', 'CUL', 'WEL', 'HEA', 'POL')",
            name=op.f("ck_plan_measure_category_known"),
        ),
        sa.CheckConstraint("duty IN ('rights', 'service')", name=op.f("ck_plan_measure_duty_known")),
        sa.CheckConstraint(
            "status IN ('planned', 'doing', 'done', 'dropped')", name=op.f("ck_plan_measure_status_known")
        ),
        sa.CheckConstraint("tier IN ('T1', 'T2', 'T3', 'T4', 'T5')", name=op.f("ck_plan_measure_tier_known")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_plan_measure_household_id_household")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_plan_measure_owner_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_measure")),
    )
    with op.batch_alter_table("plan_measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_measure_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_measure_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_measure_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_measure_status"), ["status"], unique=False)

    op.create_table(
        "entitlement_check",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("entitlement", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"entitlement IN ({ENTITLEMENTS})", name=op.f("ck_entitlement_check_entitlement_known")),
        sa.CheckConstraint(
            "state IN ('receiving', 'applied', 'due', 'not_due', 'refused')",
            name=op.f("ck_entitlement_check_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["by_account_id"], ["account.id"], name=op.f("fk_entitlement_check_by_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_entitlement_check_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_check")),
        sa.UniqueConstraint("household_id", "entitlement", name=op.f("uq_entitlement_check_household_id_entitlement")),
    )
    op.create_table(
        "referral",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("lane", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watch_unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("lane IN ('ordinary', 'emergency')", name=op.f("ck_referral_lane_known")),
        sa.CheckConstraint(
            "reason IN ('beyond_means', 'closer', 'lives_there', 'works_there', 'competent', 'not_ours', 'unreachable', 'unclear', 'other')",
            name=op.f("ck_referral_reason_known"),
        ),
        sa.CheckConstraint(
            "status IN ('sent', 'accepted', 'contacted', 'proposed', 'delivered', 'returned', 'withdrawn')",
            name=op.f("ck_referral_status_known"),
        ),
        sa.CheckConstraint("way IN ('up', 'down', 'sideways')", name=op.f("ck_referral_way_known")),
        sa.CheckConstraint("escalations >= 0", name=op.f("ck_referral_escalations_counted")),
        sa.CheckConstraint("from_unit_id <> to_unit_id", name=op.f("ck_referral_two_units")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name=op.f("fk_referral_from_unit_id_unit")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_referral_need_id_need")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name=op.f("fk_referral_to_unit_id_unit")),
        sa.ForeignKeyConstraint(["watch_unit_id"], ["unit.id"], name=op.f("fk_referral_watch_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_escalate_at"), ["escalate_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_from_unit_id"), ["from_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_need_id"), ["need_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_to_unit_id"), ["to_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_watch_unit_id"), ["watch_unit_id"], unique=False)

    op.create_table(
        "unit_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("name_before", sa.String(length=80), nullable=True),
        sa.Column("name_after", sa.String(length=80), nullable=True),
        sa.Column("parent_before_id", sa.Integer(), nullable=True),
        sa.Column("parent_after_id", sa.Integer(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "action IN ('open', 'rename', 'move', 'merge', 'close')", name=op.f("ck_unit_step_action_known")
        ),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_unit_step_by_account_id_account")),
        sa.ForeignKeyConstraint(["parent_after_id"], ["unit.id"], name=op.f("fk_unit_step_parent_after_id_unit")),
        sa.ForeignKeyConstraint(["parent_before_id"], ["unit.id"], name=op.f("fk_unit_step_parent_before_id_unit")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_step_successor_id_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_step_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_step")),
    )
    with op.batch_alter_table("unit_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_step_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "referral_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "action IN ('send', 'accept', 'contact', 'propose', 'deliver', 'return', 'withdraw', 'escalate')",
            name=op.f("ck_referral_step_action_known"),
        ),
        sa.CheckConstraint(
            "reason IN ('beyond_means', 'closer', 'lives_there', 'works_there', 'competent', 'not_ours', 'unreachable', 'unclear', 'other')",
            name=op.f("ck_referral_step_reason_known"),
        ),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_referral_step_by_account_id_account")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id_referral")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_referral_step_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
    )
    with op.batch_alter_table("referral_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_step_referral_id"), ["referral_id"], unique=False)

    for name, kind in ACCOUNT:
        op.add_column("account", sa.Column(name, kind, nullable=True))
    op.add_column("account", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_account_person_index"), "account", ["person_index"], unique=False)
    op.add_column("unit", sa.Column("is_centre", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("unit", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("unit", sa.Column("successor_id", sa.Integer(), nullable=True))
    op.execute(
        """INSERT INTO contact_assignment (household_id, account_id, unit_id, began_at, note)
           SELECT h.id, h.contact_account_id, h.unit_id, h.updated_at, ''
           FROM household h JOIN account a ON a.id = h.contact_account_id"""
    )


def downgrade() -> None:
    for name in ("successor_id", "closed_on", "is_centre"):
        op.drop_column("unit", name)
    op.drop_index(op.f("ix_account_person_index"), table_name="account")
    for name in ("must_change_password", *(name for name, _kind in ACCOUNT)):
        op.drop_column("account", name)

    with op.batch_alter_table("referral_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_step_referral_id"))

    op.drop_table("referral_step")
    with op.batch_alter_table("unit_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_step_unit_id"))

    op.drop_table("unit_step")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_watch_unit_id"))
        batch_op.drop_index(batch_op.f("ix_referral_to_unit_id"))
        batch_op.drop_index(batch_op.f("ix_referral_status"))
        batch_op.drop_index(batch_op.f("ix_referral_need_id"))
        batch_op.drop_index(batch_op.f("ix_referral_from_unit_id"))
        batch_op.drop_index(batch_op.f("ix_referral_escalate_at"))
        batch_op.drop_index(batch_op.f("ix_referral_due_at"))

    op.drop_table("referral")
    op.drop_table("entitlement_check")
    with op.batch_alter_table("plan_measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_measure_status"))
        batch_op.drop_index(batch_op.f("ix_plan_measure_owner_id"))
        batch_op.drop_index(batch_op.f("ix_plan_measure_household_id"))
        batch_op.drop_index(batch_op.f("ix_plan_measure_due_on"))

    op.drop_table("plan_measure")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_unit_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_person_index"))
        batch_op.drop_index(batch_op.f("ix_invitation_household_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_donor_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("former_password", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_password_account_id"))

    op.drop_table("former_password")
    with op.batch_alter_table("contact_assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contact_assignment_household_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_contact_assignment_unit_id"))
        batch_op.drop_index(batch_op.f("ix_contact_assignment_household_id"))
        batch_op.drop_index(batch_op.f("ix_contact_assignment_account_id"))

    op.drop_table("contact_assignment")
