"""Sequences and walks, conversations and messages, and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.String(26)
HASH = sa.String(64)
WORD = sa.String(24)  # one of a closed list
MOMENT = sa.DateTime(timezone=True)
SEALED = sa.LargeBinary()


def upgrade() -> None:
    _sequences()
    _revisions()
    _revision_texts()
    _enrollments()
    _conversations()
    _index_conversations()
    _assignments()
    _notes()
    _raw()
    _messages()
    _index_messages()
    _deliveries()
    _index_deliveries()
    _skeletons()
    _timers()


def _sequences() -> None:
    op.create_table(
        "sequences",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("revision_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sequences"),
        sa.UniqueConstraint("name", name="uq_sequences_name"),
    )


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "sequence_id", ID, sa.ForeignKey("sequences.id", name="fk_revisions_sequence_id"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", ID, sa.ForeignKey("organizers.id", name="fk_revisions_published_by")),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.UniqueConstraint("sequence_id", "number", name="uq_revisions_sequence_id_number"),
    )


def _revision_texts() -> None:
    op.create_table(
        "revision_texts",
        sa.Column(
            "revision_id",
            ID,
            sa.ForeignKey("revisions.id", name="fk_revision_texts_revision_id"),
            nullable=False,
        ),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision_id", "language", name="pk_revision_texts"),
    )


def _enrollments() -> None:
    op.create_table(
        "enrollments",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "member_id", ID, sa.ForeignKey("members.id", name="fk_enrollments_member_id"), nullable=False
        ),
        sa.Column(
            "sequence_id",
            ID,
            sa.ForeignKey("sequences.id", name="fk_enrollments_sequence_id"),
            nullable=False,
        ),
        sa.Column(
            "revision_id",
            ID,
            sa.ForeignKey("revisions.id", name="fk_enrollments_revision_id"),
            nullable=False,
        ),
        sa.Column("state", WORD, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("last_step", sa.String(60)),
        sa.Column("last_step_at", MOMENT),
        sa.Column("branch", sa.String(60)),
        sa.Column("branch_at", MOMENT),
        sa.Column("replied_at", MOMENT),
        sa.Column("due_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ending", WORD),
        sa.PrimaryKeyConstraint("id", name="pk_enrollments"),
        sa.UniqueConstraint("member_id", "sequence_id", name="uq_enrollments_member_id_sequence_id"),
    )
    op.create_index(
        "ix_enrollments_due",
        "enrollments",
        ["due_at", "id"],
        sqlite_where=sa.text("state = 'walking'"),
        postgresql_where=sa.text("state = 'walking'"),
    )
    op.create_index("ix_enrollments_sequence_id", "enrollments", ["sequence_id"])


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id", name="fk_conversations_member_id")),
        sa.Column("sender_hash", HASH),
        sa.Column("candidate_id", ID, sa.ForeignKey("members.id", name="fk_conversations_candidate_id")),
        sa.Column("state", WORD, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("assignee_id", ID, sa.ForeignKey("organizers.id", name="fk_conversations_assignee_id")),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("waiting_since", MOMENT),
        sa.Column("last_activity_at", MOMENT, nullable=False),
        sa.Column("last_channel", WORD, nullable=False),
        sa.Column("last_preview", SEALED, nullable=False),
        sa.Column("step", sa.String(200)),
        sa.Column("snoozed_until", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("outcome", WORD),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )


def _index_conversations() -> None:
    op.create_index(
        "ix_conversations_assignee", "conversations", ["assignee_id", "state", "waiting_since", "id"]
    )
    op.create_index("ix_conversations_queue", "conversations", ["state", "waiting_since", "id"])
    op.create_index("ix_conversations_recent", "conversations", ["state", "last_activity_at", "id"])
    op.create_index(
        "uq_conversations_one_open",
        "conversations",
        ["member_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "uq_conversations_one_stranger",
        "conversations",
        ["sender_hash"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed' AND member_id IS NULL"),
        postgresql_where=sa.text("state <> 'closed' AND member_id IS NULL"),
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "conversation_id",
            ID,
            sa.ForeignKey("conversations.id", name="fk_assignments_conversation_id"),
            nullable=False,
        ),
        sa.Column("organizer_id", ID, sa.ForeignKey("organizers.id", name="fk_assignments_organizer_id")),
        sa.Column("by_id", ID, sa.ForeignKey("organizers.id", name="fk_assignments_by_id")),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_conversation_id", "assignments", ["conversation_id"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "conversation_id",
            ID,
            sa.ForeignKey("conversations.id", name="fk_notes_conversation_id"),
            nullable=False,
        ),
        sa.Column(
            "organizer_id", ID, sa.ForeignKey("organizers.id", name="fk_notes_organizer_id"), nullable=False
        ),
        sa.Column("body", SEALED, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_conversation_id", "notes", ["conversation_id"])


def _raw() -> None:
    op.create_table(
        "raw",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("content", SEALED, nullable=False),
        sa.Column("envelope", SEALED),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("outcome", sa.String(40)),
        sa.Column("read_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_raw"),
        sa.UniqueConstraint("key", name="uq_raw_key"),
    )
    op.create_index("ix_raw_state_id", "raw", ["state", "id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "conversation_id", ID, sa.ForeignKey("conversations.id", name="fk_messages_conversation_id")
        ),
        sa.Column("direction", WORD, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("author", WORD, nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id", name="fk_messages_member_id")),
        sa.Column("organizer_id", ID, sa.ForeignKey("organizers.id", name="fk_messages_organizer_id")),
        sa.Column("address_id", ID, sa.ForeignKey("addresses.id", name="fk_messages_address_id")),
        sa.Column("sender", SEALED),
        sa.Column("subject", SEALED, nullable=False),
        sa.Column("body", SEALED, nullable=False),
        sa.Column("body_full", SEALED),
        sa.Column("body_html", SEALED),
        sa.Column("rfc_message_id", sa.String(998)),
        sa.Column("rfc_hash", HASH),
        sa.Column("in_reply_to", sa.String(998)),
        sa.Column("raw_id", ID, sa.ForeignKey("raw.id", name="fk_messages_raw_id")),
        sa.Column("kind", WORD),
        sa.Column("trust", WORD),
        sa.Column("answers", ID),
        sa.Column("intents", sa.String(200), nullable=False),
        sa.Column("files", SEALED),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("raw_id", name="uq_messages_raw_id"),
    )


def _index_messages() -> None:
    op.create_index("ix_messages_conversation_id_at_id", "messages", ["conversation_id", "at", "id"])
    op.create_index("ix_messages_member_id_at_id", "messages", ["member_id", "at", "id"])
    op.create_index("ix_messages_rfc_hash", "messages", ["rfc_hash"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("cause", sa.String(160), nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id", name="fk_deliveries_member_id")),
        sa.Column("address_id", ID, sa.ForeignKey("addresses.id", name="fk_deliveries_address_id")),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("enrollment_id", ID, sa.ForeignKey("enrollments.id", name="fk_deliveries_enrollment_id")),
        sa.Column("revision_id", ID, sa.ForeignKey("revisions.id", name="fk_deliveries_revision_id")),
        sa.Column("step", sa.String(60)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("message_id", ID, sa.ForeignKey("messages.id", name="fk_deliveries_message_id")),
        sa.Column("skeleton_hash", HASH),
        sa.Column("slots", SEALED),
        sa.Column("composed_at", MOMENT),
        sa.Column("rfc_message_id", sa.String(200)),
        sa.Column("provider_id", sa.String(200)),
        sa.Column("problem", sa.Text()),
        sa.Column("auto", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("cause", name="uq_deliveries_cause"),
        sa.UniqueConstraint("provider_id", name="uq_deliveries_provider_id"),
        sa.UniqueConstraint("rfc_message_id", name="uq_deliveries_rfc_message_id"),
    )


def _index_deliveries() -> None:
    op.create_index("ix_deliveries_address_id_state", "deliveries", ["address_id", "state"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at", "id"],
        sqlite_where=sa.text("state IN ('ready', 'deferred')"),
        postgresql_where=sa.text("state IN ('ready', 'deferred')"),
    )
    op.create_index("ix_deliveries_enrollment_id", "deliveries", ["enrollment_id"])
    op.create_index(
        "ix_deliveries_leases",
        "deliveries",
        ["lease_until"],
        sqlite_where=sa.text("state IN ('claimed', 'in_flight')"),
        postgresql_where=sa.text("state IN ('claimed', 'in_flight')"),
    )
    op.create_index("ix_deliveries_member_id_id", "deliveries", ["member_id", "id"])
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])


def _skeletons() -> None:
    op.create_table(
        "skeletons",
        sa.Column("hash", HASH, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_skeletons"),
    )


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("scope", ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
        sa.UniqueConstraint("kind", "scope", name="uq_timers_kind_scope"),
    )
    op.create_index("ix_timers_due_at_id", "timers", ["due_at", "id"])
