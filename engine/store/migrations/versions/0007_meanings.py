"""What was understood of each message, sealed, and who is answered first."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.String(26)
MOMENT = sa.DateTime(timezone=True)
SEALED = sa.LargeBinary()


def upgrade() -> None:
    _meanings()
    _needs()
    op.drop_column("messages", "intents")  # was readable


def _meanings() -> None:
    op.create_table(
        "meanings",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("reading", SEALED, nullable=False),
        sa.Column("corrected", SEALED),
        sa.Column("corrected_by", ID),
        sa.Column("corrected_at", MOMENT),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_meanings_message_id"),
        sa.ForeignKeyConstraint(["corrected_by"], ["organizers.id"], name="fk_meanings_corrected_by"),
        sa.PrimaryKeyConstraint("message_id", name="pk_meanings"),
    )
    op.create_table(
        "reply_examples",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_reply_examples_message_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_reply_examples"),
    )


def _needs() -> None:
    """Whoever stood first stays there: as one in distress."""
    need = sa.Column("need", sa.SmallInteger(), nullable=False, server_default=sa.text("5"))
    op.add_column("conversations", need)
    op.execute(sa.text("UPDATE conversations SET need = 1 WHERE urgent"))
    op.drop_index("ix_conversations_assignee", "conversations")
    op.drop_index("ix_conversations_queue", "conversations")
    op.drop_column("conversations", "urgent")
    op.create_index(
        "ix_conversations_assignee",
        "conversations",
        ["assignee_id", "state", "need", "waiting_since", "id"],
    )
    op.create_index("ix_conversations_queue", "conversations", ["state", "need", "waiting_since", "id"])
