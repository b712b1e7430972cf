"""The community, its organizers, its members and their addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.String(26)
HASH = sa.String(64)
WORD = sa.String(24)  # one of a closed list
MOMENT = sa.DateTime(timezone=True)
SEALED = sa.LargeBinary()


def upgrade() -> None:
    _community()
    _organizers()
    _sign_ins()
    _members()
    _member_tags()
    _member_words()
    _addresses()
    _address_members()
    _suppressions()
    _consents()
    _tokens()
    _audit()
    _heartbeats()


def _community() -> None:
    op.create_table(
        "community",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("zone", HASH, nullable=False),
        sa.Column("opens", sa.String(5), nullable=False),
        sa.Column("closes", sa.String(5), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("sign_up_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_community"),
        sa.CheckConstraint("id = 1", name=op.f("ck_community_one_row")),
    )


def _organizers() -> None:
    op.create_table(
        "organizers",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", SEALED, nullable=False),
        sa.Column("email_hash", HASH, nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("role", WORD, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("zone", HASH, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("on_shift", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizers"),
        sa.UniqueConstraint("email_hash", name="uq_organizers_email_hash"),
    )


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "organizer_id",
            ID,
            sa.ForeignKey("organizers.id", name="fk_sign_ins_organizer_id"),
            nullable=False,
        ),
        sa.Column("secret_hash", HASH, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.UniqueConstraint("secret_hash", name="uq_sign_ins_secret_hash"),
    )
    op.create_index("ix_sign_ins_organizer_id", "sign_ins", ["organizer_id"])


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", ID, nullable=False),
        sa.Column("first_name", SEALED, nullable=False),
        sa.Column("last_name", SEALED, nullable=False),
        sa.Column("neighborhood", SEALED, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("zone", HASH, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("organizer_id", ID, sa.ForeignKey("organizers.id", name="fk_members_organizer_id")),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )
    op.create_index("ix_members_joined_at_id", "members", ["joined_at", "id"])
    op.create_index("ix_members_organizer_id", "members", ["organizer_id"])


def _member_tags() -> None:
    op.create_table(
        "member_tags",
        sa.Column(
            "member_id", ID, sa.ForeignKey("members.id", name="fk_member_tags_member_id"), nullable=False
        ),
        sa.Column("tag", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "tag", name="pk_member_tags"),
    )
    op.create_index("ix_member_tags_tag", "member_tags", ["tag"])


def _member_words() -> None:
    op.create_table(
        "member_words",
        sa.Column("word_hash", HASH, nullable=False),
        sa.Column(
            "member_id", ID, sa.ForeignKey("members.id", name="fk_member_words_member_id"), nullable=False
        ),
        sa.PrimaryKeyConstraint("word_hash", "member_id", name="pk_member_words"),
    )
    op.create_index("ix_member_words_member_id", "member_words", ["member_id"])


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("value", SEALED, nullable=False),
        sa.Column("value_hash", HASH, nullable=False),
        sa.Column("verified_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.UniqueConstraint("channel", "value_hash", name="uq_addresses_channel_value_hash"),
    )


def _address_members() -> None:
    op.create_table(
        "address_members",
        sa.Column(
            "address_id",
            ID,
            sa.ForeignKey("addresses.id", name="fk_address_members_address_id"),
            nullable=False,
        ),
        sa.Column(
            "member_id", ID, sa.ForeignKey("members.id", name="fk_address_members_member_id"), nullable=False
        ),
        sa.PrimaryKeyConstraint("address_id", "member_id", name="pk_address_members"),
    )
    op.create_index("ix_address_members_member_id", "address_members", ["member_id"])


def _suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "address_id", ID, sa.ForeignKey("addresses.id", name="fk_suppressions_address_id"), nullable=False
        ),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
    )
    op.create_index(
        "uq_suppressions_standing",
        "suppressions",
        ["address_id", "reason"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id", name="fk_consents_member_id"), nullable=False),
        sa.Column(
            "address_id", ID, sa.ForeignKey("addresses.id", name="fk_consents_address_id"), nullable=False
        ),
        sa.Column("state", WORD, nullable=False),
        sa.Column("how", sa.String(40), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_member_id", "consents", ["member_id"])
    op.create_index(
        "uq_consents_standing",
        "consents",
        ["address_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("secret_hash", HASH, nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("organizer_id", ID, sa.ForeignKey("organizers.id", name="fk_tokens_organizer_id")),
        sa.Column("member_id", ID, sa.ForeignKey("members.id", name="fk_tokens_member_id")),
        sa.Column("address_id", ID, sa.ForeignKey("addresses.id", name="fk_tokens_address_id")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_tokens_secret_hash"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject_at", "audit", ["subject", "at"])


def _heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )
