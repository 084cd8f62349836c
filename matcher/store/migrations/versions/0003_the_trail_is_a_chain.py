"""The trail is a chain of sealed entries that are only added

Revision: 0003, after 0002
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER audit_event_added BEFORE INSERT ON audit_event
       WHEN NEW.seal IS NULL OR EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'audit_event: entries are added sealed, each once'); END""",
    """CREATE TRIGGER audit_event_kept BEFORE UPDATE ON audit_event WHEN OLD.seal IS NOT NULL
       BEGIN SELECT RAISE(ABORT, 'audit_event: entries are never changed'); END""",
    """CREATE TRIGGER audit_event_stays BEFORE DELETE ON audit_event
       BEGIN SELECT RAISE(ABORT, 'audit_event: entries are never deleted'); END""",
    """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
       WHEN NEW.chain <> OLD.chain OR NEW.last_id < OLD.last_id
       BEGIN SELECT RAISE(ABORT, 'audit_head: only goes forward'); END""",
    """CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
       BEGIN SELECT RAISE(ABORT, 'audit_head: stays'); END""",
)
POSTGRES = (
    """CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION '%: entries are added sealed, never changed, never deleted', TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER audit_event_added BEFORE INSERT ON audit_event
       FOR EACH ROW WHEN (NEW.seal IS NULL) EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_event_kept BEFORE UPDATE ON audit_event
       FOR EACH ROW WHEN (OLD.seal IS NOT NULL) EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_event_stays BEFORE DELETE ON audit_event
       FOR EACH ROW EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_event_whole BEFORE TRUNCATE ON audit_event
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head FOR EACH ROW
       WHEN (NEW.chain <> OLD.chain OR NEW.last_id < OLD.last_id) EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
       FOR EACH ROW EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_head_whole BEFORE TRUNCATE ON audit_head
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()""",
)
NAMES = {
    "audit_event": ("audit_event_added", "audit_event_kept", "audit_event_stays", "audit_event_whole"),
    "audit_head": ("audit_head_forward", "audit_head_stays", "audit_head_whole"),
}


def upgrade() -> None:
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "chain": secrets.token_hex(16), "last_id": 0, "last_seal": ""}])
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("follows", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("seal", sa.String(length=64), nullable=True))
    for statement in SQLITE if _is_sqlite() else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    for table, names in NAMES.items():
        for name in names:
            op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if _is_sqlite() else f" ON {table}"))
    if not _is_sqlite():
        op.execute("DROP FUNCTION audit_refused()")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_column("seal")
        batch_op.drop_column("follows")
        batch_op.drop_column("key_id")
    op.drop_table("audit_head")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
