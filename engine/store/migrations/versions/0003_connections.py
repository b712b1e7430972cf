"""Real connections: held sending, what providers report, and how far a mailbox was read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.String(26)
WORD = sa.String(24)  # one of a closed list
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _index_deliveries()
    _holds()
    _provider_events()
    _marks()


def _index_deliveries() -> None:
    unknown = sa.text("state = 'unknown'")
    op.create_index(
        "ix_deliveries_unknown", "deliveries", ["due_at"], sqlite_where=unknown, postgresql_where=unknown
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("channel", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_holds"),
    )


def _provider_events() -> None:
    op.create_table(
        "provider_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(200), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("code", sa.Integer()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_provider_events_delivery_id"),
        sa.PrimaryKeyConstraint("id", name="pk_provider_events"),
        sa.UniqueConstraint("key", name="uq_provider_events_key"),
    )
    op.create_index("ix_provider_events_delivery_id", "provider_events", ["delivery_id"])


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("value", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
