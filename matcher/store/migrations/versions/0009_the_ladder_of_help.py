"""The ladder of help: tiers of what was promised, moves of needs, families that should have a file

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIERS = "('T1', 'T2', 'T3', 'T4', 'T5')"


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tier", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("duty", sa.String(length=32), nullable=True))
    for column in ("tier", "duty"):
        op.execute(f"UPDATE delivery SET {column} = (SELECT {column} FROM need WHERE need.id = delivery.need_id)")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.alter_column("tier", existing_type=sa.String(length=32), nullable=False)
        batch_op.alter_column("duty", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_check_constraint(op.f("ck_delivery_tier_known"), f"tier IN {TIERS}")
        batch_op.create_check_constraint(op.f("ck_delivery_duty_known"), "duty IN ('rights', 'service')")
    op.create_table(
        "tier_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("from_tier", sa.String(length=32), nullable=False),
        sa.Column("to_tier", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"from_tier IN {TIERS}", name=op.f("ck_tier_step_from_tier_known")),
        sa.CheckConstraint(f"to_tier IN {TIERS}", name=op.f("ck_tier_step_to_tier_known")),
        sa.CheckConstraint(
            "reason IN ('on_file', 'off_file', 'emergency', 'mutual_aid', 'roster', 'everybody', 'wrong')",
            name=op.f("ck_tier_step_reason_known"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_tier_step_need_id_need")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_tier_step_by_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_step")),
    )
    op.create_index(op.f("ix_tier_step_need_id"), "tier_step", ["need_id"])
    op.create_table(
        "filing_task",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason IN ('early_help', 'lasting')", name=op.f("ck_filing_task_reason_known")),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_filing_task_state_known")),
        sa.CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name=op.f("ck_filing_task_closed_has_time")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_filing_task_household_id_household")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_filing_task_proposal_id_proposal")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_filing_task_by_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_task")),
    )
    for column in ("household_id", "proposal_id", "state", "due_on"):
        op.create_index(op.f(f"ix_filing_task_{column}"), "filing_task", [column])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_filing_task_household_open", "filing_task", ["household_id"], unique=True,
        sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("filing_task")
    op.drop_table("tier_step")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_duty_known"), type_="check")
        batch_op.drop_constraint(op.f("ck_delivery_tier_known"), type_="check")
        batch_op.drop_column("duty")
        batch_op.drop_column("tier")
