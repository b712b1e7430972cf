"""Mail that Mailgun, Postmark and SendGrid post to us: one class, the same promises for each."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from engine.settings import SettingsError, read_settings
from engine.store.post_tokens import PostToken
from engine.store.raw import KeptRaw, Raw, kept_of
from inbound.parse import read_email
from inbound.receive import receive_kept
from inbound.sources.forms.rebuilding import MARK, Pieces, rebuilt
from tests.connections.conftest import MakePorch
from tests.connections.mail_services import (
    RECIPIENT,
    SENDER,
    WORD,
    Letter,
    Mailgun,
    MailService,
    Post,
    Postmark,
    SendGrid,
    basic,
)
from tests.connections.porch import PUBLIC, Porch

WRITTEN = (
    f"From: Ana <{SENDER}>\r\nTo: {RECIPIENT}\r\nSubject: Hi\r\nMessage-ID: <a@riverbend.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße & more = 100%.\r\n"
).encode()


def kept(porch: Porch) -> list[KeptRaw]:
    with porch.rt.reading() as session:
        return [kept_of(row) for row in session.execute(select(Raw).order_by(Raw.id)).scalars()]


@pytest.fixture(params=[Mailgun, Postmark, SendGrid], ids=["mailgun", "postmark", "sendgrid"])
def service(request: pytest.FixtureRequest) -> MailService:
    made: MailService = request.param()
    return made


@pytest.fixture
def porch(make_porch: MakePorch, service: MailService) -> Porch:
    return make_porch(**service.settings)


def send(porch: Porch, post: Post) -> TestResponse:
    return porch.app.test_client().post(post.path, base_url=PUBLIC, data=post.body, headers=post.headers)


def now(porch: Porch) -> float:
    return porch.clock.now().timestamp()


class TestInboundForms:
    """What every service may rely on, and what nobody else gets past."""

    def test_the_whole_mail_is_kept_byte_for_byte_with_its_envelope(
        self, porch: Porch, service: MailService
    ) -> None:
        assert send(porch, service.raw(WRITTEN, now(porch))).status_code == 200
        (mail,) = kept(porch)
        assert mail.content == WRITTEN
        assert (mail.source, mail.envelope_recipients) == (service.name, (RECIPIENT,))
        assert mail.envelope_sender == (None if service.name == "postmark" else SENDER)

    def test_a_mail_that_was_taken_apart_is_rebuilt_and_says_so(
        self, porch: Porch, service: MailService
    ) -> None:
        letter = Letter()
        assert send(porch, service.parsed(letter, now(porch))).status_code == 200
        (mail,) = kept(porch)
        assert mail.content.startswith(f"{MARK}: {service.name}\r\n".encode())
        read = read_email(mail.content, mail.envelope_sender, mail.envelope_recipients)
        assert [each.address for each in read.senders] == [SENDER]
        assert (read.subject, read.text.strip(), read.html.strip()) == (
            "Der Zaun, ¿sí?", letter.text, letter.html,
        )  # fmt: skip
        assert read.rfc_message_id == "<one@riverbend.example>"
        assert read.references == ("<letter@porch.example>",)
        assert [(each.filename, each.size) for each in read.parts] == [("fence '1'.txt", 8)]
        assert b"never read" not in mail.content

    def test_trust_F23_what_is_posted_again_is_the_same_mail(
        self, porch: Porch, service: MailService
    ) -> None:
        first = service.raw(WRITTEN, now(porch))
        assert [send(porch, first).status_code for _ in range(2)] == [200, 200]
        porch.clock.advance(timedelta(hours=7))
        assert send(porch, service.raw(WRITTEN, now(porch))).status_code == 200
        assert len(kept(porch)) == 1

    def test_a_rebuilt_mail_posted_again_is_the_same_mail(self, porch: Porch, service: MailService) -> None:
        for _ in range(2):
            assert send(porch, service.parsed(Letter(), now(porch))).status_code == 200
        assert len(kept(porch)) == 1

    def test_trust_T11_forged_stale_or_unsigned_is_refused_and_nothing_is_kept(
        self, porch: Porch, service: MailService
    ) -> None:
        answers = [send(porch, post).status_code for post in service.forged(WRITTEN, now(porch))]
        assert answers == [403] * len(answers)
        assert len(answers) >= 9
        assert kept(porch) == []
        assert send(porch, service.raw(WRITTEN, now(porch))).status_code == 200

    def test_trust_T11_unset_the_door_is_closed_even_to_what_is_signed(
        self, make_porch: MakePorch, service: MailService
    ) -> None:
        porch = make_porch()
        assert send(porch, service.raw(WRITTEN, now(porch))).status_code == 403

    def test_trust_F10_what_could_not_be_kept_is_asked_for_again(
        self, porch: Porch, service: MailService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> bool:
            raise OperationalError("INSERT", {}, OSError("the disk is full"))

        post = service.raw(WRITTEN, now(porch))
        monkeypatch.setattr("inbound.sources.keeping.raw.keep", fail)
        assert send(porch, post).status_code == 503
        assert kept(porch) == []
        monkeypatch.undo()
        assert send(porch, post).status_code == 200
        assert len(kept(porch)) == 1

    def test_too_large_is_told_in_a_sentence(
        self, porch: Porch, service: MailService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("webapp.views.hooks.MOST_BYTES", 2_000)
        said = send(porch, service.raw(WRITTEN + b"x" * 2_000, now(porch)))
        assert said.status_code == 413
        assert said.text.strip().endswith("Nothing of it was kept.")
        monkeypatch.setattr(f"inbound.sources.forms.{service.name}.MOST_BYTES", 1_000)
        said = send(porch, service.raw(WRITTEN + b"x" * 1_000, now(porch)))
        assert said.status_code == 413
        assert kept(porch) == []

    def test_a_mail_larger_than_any_page_may_send_comes_through(
        self, porch: Porch, service: MailService
    ) -> None:
        large = WRITTEN + b"words of a file\r\n" * 1_700_000  # 28 MB; the form around it is larger
        assert send(porch, service.raw(large, now(porch))).status_code == 200
        assert [mail.content for mail in kept(porch)] == [large]

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"null", b"[]", b"{}", b"[[[[", b"[" * 100_000, b"\x00\xff\xfe", b'{"RawEmail": 5}',
            b"[1, [2]]",
            b'{"From": ["x"], "Headers": {"a": 1}, "Attachments": [1, {"Content": 5}]}', b"1" * 5_000,
            b'{"TextBody": "\\ud800", "OriginalRecipient": "\\ud800\\u0000", "Headers": [{"Name": "\\ud8"}]}',
            b'{"Attachments": [{"Name": "\\ud800", "Content": "=!", "ContentType": "a\\r\\nb"}]}',
        ],
    )  # fmt: skip
    def test_garbage_is_kept_or_refused_and_never_an_error_of_ours(
        self, porch: Porch, service: MailService, content: bytes
    ) -> None:
        said = send(porch, service.garbage(content, now(porch)))
        assert said.status_code in (200, 400)
        assert len(kept(porch)) == (1 if said.status_code == 200 else 0)

    def test_any_bytes_at_all_are_answered(self, porch: Porch, service: MailService) -> None:
        @settings(max_examples=60, suppress_health_check=list(HealthCheck))
        @given(st.binary(max_size=400))
        def answered(content: bytes) -> None:
            post = service.garbage(content, now(porch))
            assert send(porch, post).status_code in (200, 400)
            cut = Post(post.path, post.body[: len(content)], post.headers)
            assert send(porch, cut).status_code in (200, 400, 403)

        answered()

    def test_a_reply_is_read_like_any_other(self, porch: Porch, service: MailService) -> None:
        """The form is only another door: what comes through walks the same table."""
        assert send(porch, service.parsed(Letter(), now(porch))).status_code == 200
        assert receive_kept(porch.rt) == 1
        with porch.rt.reading() as session:
            assert session.execute(select(Raw.outcome)).scalars().all() == ["needs matching"]


# --- what only one of them has -----------------------------------------------------------------


def test_trust_T11_a_signature_of_mailgun_that_was_overheard_brings_no_other_mail_in(
    make_porch: MakePorch,
) -> None:
    service = Mailgun()
    porch = make_porch(**service.settings)
    real = service.raw(WRITTEN, now(porch))
    assert send(porch, real).status_code == 200
    forged = Post(real.path, real.body.replace(b"more", b"less"), real.headers)
    assert send(porch, forged).status_code == 403
    porch.clock.advance(timedelta(hours=11))
    assert send(porch, forged).status_code == 403
    assert [mail.content for mail in kept(porch)] == [WRITTEN]


def test_words_of_posts_are_forgotten_once_they_count_no_more(make_porch: MakePorch) -> None:
    service = Mailgun()
    porch = make_porch(**service.settings)
    for number in range(3):
        send(porch, service.raw(WRITTEN + b"%d" % number, now(porch)))
        porch.clock.advance(timedelta(hours=25))
    with porch.rt.reading() as session:
        assert len(session.execute(select(PostToken)).all()) == 1


def test_trust_T11_sendgrid_with_key_and_password_wants_both(make_porch: MakePorch) -> None:
    service = SendGrid()
    porch = make_porch(**service.settings, SENDGRID_HOOK_SECRET=WORD)
    post = service.raw(WRITTEN, now(porch))
    assert send(porch, post).status_code == 403
    with_word = Post(post.path, post.body, {**post.headers, **basic(WORD)})
    assert send(porch, with_word).status_code == 200
    unsigned = Post(post.path, post.body, {"Content-Type": post.headers["Content-Type"], **basic(WORD)})
    assert send(porch, unsigned).status_code == 403


def test_sendgrid_with_a_password_alone_needs_no_signature(make_porch: MakePorch) -> None:
    porch = make_porch(SENDGRID_HOOK_SECRET=WORD)
    post = SendGrid().raw(WRITTEN, now(porch))
    assert send(porch, Post(post.path, post.body, {**post.headers, **basic(WORD)})).status_code == 200
    assert send(porch, Post(post.path, post.body, {**post.headers, **basic("x" * 24)})).status_code == 403


@pytest.mark.parametrize("service", [Mailgun(), SendGrid()], ids=["mailgun", "sendgrid"])
def test_bytes_in_a_charset_of_their_own_stay_what_they_were(porch: Porch, service: MailService) -> None:
    """Shift-JIS in an unencoded body is no UTF-8: a form read as text would lose it."""
    written = WRITTEN.replace("Grüße".encode(), "灯り".encode("cp932"))
    assert send(porch, service.raw(written, now(porch))).status_code == 200
    assert [mail.content for mail in kept(porch)] == [written]


def test_a_header_of_a_rebuilt_mail_cannot_begin_another() -> None:
    sneaky = (("Subject", "a\r\nBcc: eve@evil.example\r\n\r\n<b>"), ("X\r\nY", "z"), (MARK, "mailgun"))
    mail = rebuilt("postmark", Pieces(sneaky, b"Hello.", b""))
    head = mail.partition(b"\r\n\r\n")[0].decode()
    assert [line.partition(":")[0] for line in head.split("\r\n")] == [
        MARK, "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert read_email(mail).text.strip() == "Hello."


def test_a_password_that_changes_may_be_two_and_a_short_one_is_refused() -> None:
    assert read_settings({"MAILGUN_SIGNING_KEY": f"{'a' * 32},{'b' * 32}"}).mail_forms.mailgun == (
        "a" * 32, "b" * 32,
    )  # fmt: skip
    with pytest.raises(SettingsError, match="POSTMARK_HOOK_SECRET"):
        read_settings({"POSTMARK_HOOK_SECRET": "short"})
    assert json.dumps(str(read_settings({"POSTMARK_HOOK_SECRET": WORD}))).find(WORD) < 0
