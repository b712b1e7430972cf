"""Pauses, alerts and who is on call."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.String(26)
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(24)


def upgrade() -> None:
    _pauses()
    _alerts()
    _on_call()
    _care()
    op.add_column("members", sa.Column("erase_asked_at", MOMENT))


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", ID, nullable=False),
        sa.Column("cause", sa.String(120), nullable=False),
        sa.Column("member_id", ID),
        sa.Column("address_id", ID),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("raw_id", ID),
        sa.Column("would_stop", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("lifted_at", MOMENT),
        sa.Column("lifted_by", ID),
        sa.Column("end", WORD),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_pauses_member_id"),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_pauses_address_id"),
        sa.ForeignKeyConstraint(["raw_id"], ["raw.id"], name="fk_pauses_raw_id"),
        sa.ForeignKeyConstraint(["lifted_by"], ["organizers.id"], name="fk_pauses_lifted_by"),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
        sa.UniqueConstraint("cause", name="uq_pauses_cause"),
    )
    _partial("ix_pauses_standing_member", "pauses", "member_id", "lifted_at IS NULL")
    _partial("ix_pauses_standing_address", "pauses", "address_id", "lifted_at IS NULL")


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("severity", WORD, nullable=False),
        sa.Column("raw_id", ID, nullable=False),
        sa.Column("member_id", ID),
        sa.Column("address_id", ID),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("next_round_at", MOMENT),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT),
        sa.Column("claimed_by", ID),
        sa.Column("followed_up_at", MOMENT),
        sa.Column("resolved_at", MOMENT),
        sa.Column("resolved_by", ID),
        sa.ForeignKeyConstraint(["raw_id"], ["raw.id"], name="fk_alerts_raw_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_alerts_member_id"),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_alerts_address_id"),
        sa.ForeignKeyConstraint(["claimed_by"], ["organizers.id"], name="fk_alerts_claimed_by"),
        sa.ForeignKeyConstraint(["resolved_by"], ["organizers.id"], name="fk_alerts_resolved_by"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("raw_id", name="uq_alerts_raw_id"),
    )
    op.create_index("ix_alerts_member_id", "alerts", ["member_id"])
    _partial("ix_alerts_open", "alerts", "opened_at", "resolved_at IS NULL")


def _on_call() -> None:
    op.create_table(
        "on_call",
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizers.id"], name="fk_on_call_organizer_id"),
        sa.PrimaryKeyConstraint("organizer_id", name="pk_on_call"),
    )


def _care() -> None:
    op.create_table(
        "care",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rotation", WORD, nullable=False),
        sa.Column("holding_on", sa.Boolean(), nullable=False),
        sa.Column("holding_en", sa.Text(), nullable=False),
        sa.Column("holding_es", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_care_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_care"),
    )


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(
        name, table, [column], unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
