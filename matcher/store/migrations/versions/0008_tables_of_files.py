"""Tables of hardship files that were uploaded

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('checking', 'checked', 'writing', 'done', 'refused', 'dropped')",
            name=op.f("ck_file_import_state_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_file_import_account_id_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_file_import_unit_id_unit")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_file_import_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_import")),
    )
    for column in ("state", "account_id", "unit_id", "expires_at"):
        op.create_index(op.f(f"ix_file_import_{column}"), "file_import", [column])
    op.create_table(
        "imported_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("given_id", sa.String(length=24), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=90), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_imported_file_unit_id_unit")),
        sa.ForeignKeyConstraint(["file_id"], ["hardship_file.id"], name=op.f("fk_imported_file_file_id_hardship_file")),
        sa.ForeignKeyConstraint(["import_id"], ["file_import.id"], name=op.f("fk_imported_file_import_id_file_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_file")),
        sa.UniqueConstraint("unit_id", "given_id", name=op.f("uq_imported_file_unit_id_given_id")),
    )
    for column in ("file_id", "import_id"):
        op.create_index(op.f(f"ix_imported_file_{column}"), "imported_file", [column])
    op.create_table(
        "import_heading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=80), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("by_account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_heading_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["by_account_id"], ["account.id"], name=op.f("fk_import_heading_by_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_heading")),
        sa.UniqueConstraint("unit_id", "heading", name=op.f("uq_import_heading_unit_id_heading")),
    )


def downgrade() -> None:
    op.drop_table("import_heading")
    op.drop_table("imported_file")
    op.drop_table("file_import")
