"""Identifiers. All are 26-character sortable texts made by `engine.clock.Ids`."""

from typing import NewType

MemberId = NewType("MemberId", str)
OrganizerId = NewType("OrganizerId", str)
AddressId = NewType("AddressId", str)
SequenceId = NewType("SequenceId", str)
RevisionId = NewType("RevisionId", str)
EnrollmentId = NewType("EnrollmentId", str)
RawId = NewType("RawId", str)
MessageId = NewType("MessageId", str)  # a row of `messages`; the mail header is `rfc_message_id`
DeliveryId = NewType("DeliveryId", str)
ConversationId = NewType("ConversationId", str)
NoteId = NewType("NoteId", str)
AttachmentId = NewType("AttachmentId", str)
TimerId = NewType("TimerId", str)
PauseId = NewType("PauseId", str)
AlertId = NewType("AlertId", str)
