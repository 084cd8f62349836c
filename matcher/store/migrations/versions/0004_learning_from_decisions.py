"""Learning from decisions: what people had before them, what was learned, what is in use

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

VERDICTS = "'promoted', 'too_few', 'nothing_learned', 'nothing_to_compare', 'not_better', 'district_loses'"


def upgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_job_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_job_kind_known"), "kind IN ('match', 'import', 'learn')")

    op.create_table(
        "model_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("bias", sa.Float(), nullable=False),
        sa.Column("has_memory", sa.Boolean(), nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained", sa.Integer(), nullable=False),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.Column("newest_step_id", sa.Integer(), nullable=False),
        sa.Column("aside", sa.JSON(), nullable=False),
        sa.Column("compared_with", sa.String(length=32), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("lexicon_version", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"verdict IN ({VERDICTS}, 'rolled_back_lately')", name=op.f("ck_model_version_verdict_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_model_version_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
    )
    op.create_table(
        "model_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('promoted', 'rolled_back', 'taken_back')", name=op.f("ck_model_use_why_known")),
        sa.ForeignKeyConstraint(["before_id"], ["model_version.id"], name=op.f("fk_model_use_before_id_model_version")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_model_use_by_account_id_account")),
        sa.ForeignKeyConstraint(["model_id"], ["model_version.id"], name=op.f("fk_model_use_model_id_model_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_use")),
    )
    with op.batch_alter_table("model_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_use_model_id"), ["model_id"], unique=False)

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signals", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("model", sa.String(length=32), nullable=False, server_default="hand"))

    with op.batch_alter_table("proposal_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("run_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rank_shown", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("signals", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("model", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("policy_version", sa.String(length=60), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_proposal_step_run_id_match_run"), "match_run", ["run_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("proposal_step", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_proposal_step_run_id_match_run"), type_="foreignkey")
        for name in ("policy_version", "model", "signals", "rank_shown", "run_id"):
            batch_op.drop_column(name)

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_column("model")
        batch_op.drop_column("signals")

    with op.batch_alter_table("model_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_use_model_id"))

    op.drop_table("model_use")
    op.drop_table("model_version")
    op.execute("UPDATE match_run SET job_id = NULL WHERE job_id IN (SELECT id FROM job WHERE kind = 'learn')")
    op.execute("DELETE FROM job WHERE kind = 'learn'")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_job_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_job_kind_known"), "kind IN ('match', 'import')")
