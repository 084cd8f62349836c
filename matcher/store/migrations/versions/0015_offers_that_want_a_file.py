"""Offers that want a file to stand first

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("requires_file", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.alter_column("requires_file", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_column("requires_file")
