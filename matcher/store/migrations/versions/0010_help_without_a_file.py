"""Help without a file: rosters, visits to enterprises, counts of stations

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "roster_entry",
        *_versioned(),
        sa.Column("visit_group", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("employer", sa.String(length=60), nullable=False),
        sa.Column("is_hardship", sa.Boolean(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("given", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "visit_group IN ('model', 'craftsman', 'lead', 'seconded', 'at_post', 'frontline', 'migrant', 'outdoor')",
            name=op.f("ck_roster_entry_visit_group_known"),
        ),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_roster_entry_amount_not_negative")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roster_entry_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
    )
    for column in ("unit_id", "visit_group", "year"):
        op.create_index(op.f(f"ix_roster_entry_{column}"), "roster_entry", [column])
    op.create_table(
        "enterprise_visit",
        *_versioned(),
        sa.Column("enterprise", sa.String(length=80), nullable=False),
        sa.Column("difficulty", sa.String(length=32), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("operation", sa.String(length=1000), nullable=False),
        sa.Column("causes", sa.String(length=1000), nullable=False),
        sa.Column("resettlement", sa.String(length=1000), nullable=False),
        sa.Column("policies", sa.String(length=1000), nullable=False),
        sa.Column("affected_workers", sa.Integer(), nullable=False),
        sa.Column("given", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("by_account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "difficulty IN ('supply_side', 'capacity', 'closing', 'private', 'project', 'other')",
            name=op.f("ck_enterprise_visit_difficulty_known"),
        ),
        sa.CheckConstraint("affected_workers >= 0", name=op.f("ck_enterprise_visit_workers_not_negative")),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_enterprise_visit_amount_not_negative")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_enterprise_visit_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["by_account_id"], ["account.id"], name=op.f("fk_enterprise_visit_by_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_visit")),
    )
    for column in ("unit_id", "visited_on"):
        op.create_index(op.f(f"ix_enterprise_visit_{column}"), "enterprise_visit", [column])
    op.create_table(
        "station_count",
        *_versioned(),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "service IN ('rest', 'water', 'meal', 'charge', 'medicine', 'culture', 'other')",
            name=op.f("ck_station_count_service_known"),
        ),
        sa.CheckConstraint("people >= 0", name=op.f("ck_station_count_people_not_negative")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_station_count_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_count")),
        sa.UniqueConstraint("unit_id", "on", "service", name=op.f("uq_station_count_unit_id_on_service")),
    )
    op.create_index(op.f("ix_station_count_on"), "station_count", ["on"])


def downgrade() -> None:
    for table in ("station_count", "enterprise_visit", "roster_entry"):
        op.drop_table(table)
