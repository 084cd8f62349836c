"""Shards of large match runs

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _kinds("'match', 'import', 'learn', 'shard'")
    op.create_table(
        "shard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_shard_job_id_job")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_shard_run_id_match_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shard")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_shard_run_id_number")),
    )


def downgrade() -> None:
    op.drop_table("shard")
    op.execute("DELETE FROM job WHERE kind = 'shard'")
    _kinds("'match', 'import', 'learn'")


def _kinds(codes: str) -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_job_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_job_kind_known"), f"kind IN ({codes})")
