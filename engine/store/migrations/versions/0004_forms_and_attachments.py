"""Words that a mail service says in one post only; files that came with messages."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

HASH = sa.String(64)
ID = sa.String(26)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _post_tokens()
    _blobs()
    _attachments()


def _post_tokens() -> None:
    op.create_table(
        "post_tokens",
        sa.Column("id", HASH, nullable=False),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post_tokens"),
    )
    op.create_index("ix_post_tokens_at", "post_tokens", ["at"])


def _blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", HASH, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blobs"),
    )


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("blob_id", HASH),
        sa.Column("remade", sa.Boolean(), nullable=False),
        sa.Column("source", sa.LargeBinary()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id"),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name="fk_attachments_blob_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.UniqueConstraint("message_id", "place", name="uq_attachments_message_id_place"),
    )
    op.create_index("ix_attachments_blob_id", "attachments", ["blob_id"])
    op.create_index("ix_attachments_due_at", "attachments", ["due_at"])
