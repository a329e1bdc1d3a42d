"""Signed notes and the checkpoints in them."""

import pytest

from registry.log.checkpoint import Checkpoint
from registry.log.note import Note, NoteSignature, VerifierKey
from support.keys import signer
from trust.errors import MalformedError, SignatureMismatchError

# The example key of the signed-note specification's own documentation (golang.org/x/mod/sumdb/note).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
LOG = signer("log", ed25519=True)
ORIGIN = "perseus.example/register"
KEY = VerifierKey(ORIGIN, LOG.key)
CHECKPOINT = Checkpoint(ORIGIN, 3, bytes(range(32)))


def test_a_published_note_verifies_with_its_published_key() -> None:
    note = Note.parse(PETERS_NOTE)
    note.verify(VerifierKey.parse(PETER))
    assert str(note) == PETERS_NOTE
    assert note.text.startswith("If you think cryptography")


def test_one_changed_letter_rejects_the_note() -> None:
    with pytest.raises(SignatureMismatchError):
        Note.parse(PETERS_NOTE.replace("think", "thing")).verify(VerifierKey.parse(PETER))


def test_a_verifier_key_is_written_as_it_is_read() -> None:
    assert str(VerifierKey.parse(PETER)) == PETER
    assert VerifierKey.parse(str(KEY)) == KEY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("PeterNeumann", r"expected name\+hash\+base64"),
        (PETER.replace("c74f20a3", "c74f20a4"), "expected the hash c74f20a3"),
        (PETER.replace("Peter", "Petra"), "expected the hash"),
        (PETER.replace("+AR", "+Ah"), "found type 02"),
        (PETER[:-4], "found type 01"),
        (PETER[:-1] + "!", "expected base64"),
        ("Peter Neumann" + PETER[12:], "a name without space"),
    ],
)
def test_a_verifier_key_of_another_shape_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        VerifierKey.parse(text)


def test_only_an_ed25519_key_signs_notes() -> None:
    with pytest.raises(MalformedError, match="an Ed25519 key, found P256"):
        VerifierKey("log", signer("p256").key)


def test_a_signature_by_an_unknown_key_is_passed_over() -> None:
    note = Note(CHECKPOINT.text, (NoteSignature("a-witness", b"\x00\x01\x02\x03", b"anything"),))
    note.signed(name=ORIGIN, signer=LOG).verify(KEY)
    with pytest.raises(
        MalformedError, match=r"a signature by perseus\.example/register\+\w+, found only a-witness"
    ):
        note.verify(KEY)


def test_a_known_key_that_fails_once_rejects_a_note_that_it_signed_as_well() -> None:
    forged = NoteSignature(ORIGIN, KEY.id, bytes(64))
    note = Note(CHECKPOINT.text, (forged,)).signed(name=ORIGIN, signer=LOG)
    with pytest.raises(SignatureMismatchError):
        note.verify(KEY)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("text\n— a b\n", "a blank line"),
        ("text\n\n", "a blank line"),
        ("text\n\n— name c2ln", "a blank line"),
        ("text\n\n- name c2lnbmF0dXJl\n", "— name base64"),
        ("text\n\n— name c2ln\n", "— name base64"),
        ("text\n\n— name c2lnbmF0dXJ=\n", "base64"),
        ("a\tb\n\n— name c2lnbmF0dXJl\n", "plain lines"),
        ("text\n\n" + "— name c2lnbmF0dXJl\n" * 101, "at most 100 signatures"),
        ("x" * 1_000_001, "at most 1 MB"),
    ],
)
def test_a_note_of_another_shape_is_refused(raw: str, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        Note.parse(raw)


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    assert Checkpoint.open(CHECKPOINT.sign(LOG), key=KEY) == CHECKPOINT


def test_lines_that_a_checkpoint_adds_are_kept() -> None:
    longer = Checkpoint(ORIGIN, 3, bytes(32), ("extension 1", "extension 2"))
    assert Checkpoint.parse(longer.text) == longer


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("origin\n3\n", "origin, size, root"),
        ("origin\n\n3\nAAAA\n", "origin, size, root"),
        ("origin\n03\n" + "A" * 43 + "=\n", "a decimal size"),
        ("origin\n-3\n" + "A" * 43 + "=\n", "a decimal size"),
        ("origin\n3\nAAAA\n", "a root of 32 bytes"),
        ("origin\n3\n" + "A" * 42 + "B=\n", "one spelling"),
        ("origin\n3\n" + "A" * 42 + "!=\n", "the root in base64"),
    ],
)
def test_a_checkpoint_of_another_shape_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        Checkpoint.parse(text)


def test_an_origin_is_one_line() -> None:
    with pytest.raises(MalformedError, match="an origin of one line"):
        Checkpoint("a\nb", 1, bytes(32))
