"""A key for each household, and what is kept for how long

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


KINDS = ("explain", "review", "correct", "withdraw")
CAUSES = ("left", "unfiled", "asked")
STATES = ("announced", "held", "done", "dropped")


def upgrade() -> None:
    op.add_column("household", sa.Column("record_name", sa.String(length=16), nullable=True))
    op.add_column("household", sa.Column("record_key", sa.LargeBinary(), nullable=True))
    op.add_column("household", sa.Column("erased_at", sa.DateTime(), nullable=True))
    op.create_index(op.f("ix_household_record_name"), "household", ["record_name"], unique=True)
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rights_request_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_rights_request_kind_known"), _in("kind", (*KINDS, "erase")))
    op.create_table(
        "erasure",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(_in("cause", CAUSES), name=op.f("ck_erasure_cause_known")),
        sa.CheckConstraint(_in("state", STATES), name=op.f("ck_erasure_state_known")),
        sa.CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name=op.f("ck_erasure_done_has_time")),
        sa.CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name=op.f("ck_erasure_held_has_end")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_erasure_by_account_id_account")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_erasure_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    for name in ("household_id", "state", "erase_on"):
        op.create_index(op.f(f"ix_erasure_{name}"), "erasure", [name])
    still_open = sa.text("state IN ('announced', 'held')")
    op.create_index(
        "uq_erasure_household_open", "erasure", ["household_id"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def downgrade() -> None:
    """Refused once households have keys: without them nothing that was sealed could be read again."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM household WHERE record_name IS NOT NULL LIMIT 1")).first():
        raise RuntimeError("households have keys of their own: restore a backup from before 0013 instead")
    op.drop_table("erasure")
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rights_request_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_rights_request_kind_known"), _in("kind", KINDS))
    op.drop_index(op.f("ix_household_record_name"), table_name="household")
    for name in ("erased_at", "record_key", "record_name"):
        op.drop_column("household", name)


def _in(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"
