"""Mail that was cut wrong, kept as examples."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.String(26)


def upgrade() -> None:
    op.create_table(
        "examples",
        sa.Column("raw_id", ID, nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("organizer_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["raw_id"], ["raw.id"], name="fk_examples_raw_id"),
        sa.ForeignKeyConstraint(["organizer_id"], ["organizers.id"], name="fk_examples_organizer_id"),
        sa.PrimaryKeyConstraint("raw_id", name="pk_examples"),
    )
