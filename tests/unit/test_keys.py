"""Public keys: strong by construction, one name each; private keys: they sign and never show themselves."""

import copy
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support.keys import signer
from trust.base58 import base58_encode
from trust.curves import P256_ORDER, compress
from trust.digest import b64url_encode
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import Algorithm, PrivateKey, PublicKey

P256, ED25519 = signer("a member"), signer("a small firm", ed25519=True)
BOTH = pytest.mark.parametrize("key", [P256, ED25519], ids=["P-256", "Ed25519"])
PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
IDENTITY = b"\x01" + bytes(31)
SMALL_ORDER = (
    IDENTITY,
    bytes(32),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    b"\x01" + bytes(30) + b"\x80",
)
NOT_CANONICAL = (b"\xee" + b"\xff" * 30 + b"\x7f", b"\xff" * 32, b"\xf0" + b"\xff" * 31)


def refused(key: str | dict[str, object] | tuple[Algorithm, bytes]) -> MalformedError:
    with pytest.raises(MalformedError) as refusal:
        read(key)
    return refusal.value


def read(key: str | dict[str, object] | tuple[Algorithm, bytes]) -> PublicKey:
    if isinstance(key, str):
        return PublicKey.from_multikey(key)
    return PublicKey.from_jwk(key) if isinstance(key, dict) else PublicKey(*key)


@BOTH
def test_a_key_verifies_what_it_signed_and_nothing_else(key: PrivateKey) -> None:
    signature = key.sign(b"17:30Z, 1.42 kWh")
    assert len(signature) == 64
    key.key.verify(signature, b"17:30Z, 1.42 kWh")
    with pytest.raises(SignatureMismatchError):
        key.key.verify(signature, b"17:30Z, 1.43 kWh")


@BOTH
@pytest.mark.parametrize("position", [0, 1, 31, 32, 33, 63])
def test_a_flipped_bit_of_a_signature_is_noticed(key: PrivateKey, position: int) -> None:
    signature = bytearray(key.sign(b"message"))
    signature[position] ^= 1
    with pytest.raises(SignatureMismatchError):
        key.key.verify(bytes(signature), b"message")


@BOTH
@pytest.mark.parametrize("size", [0, 1, 63, 65, 70, 96])
def test_a_signature_has_64_bytes(key: PrivateKey, size: int) -> None:
    signature = (key.sign(b"message") * 2)[:size]
    with pytest.raises(SignatureMismatchError, match=f"{size} bytes"):
        key.key.verify(signature, b"message")


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (P256_ORDER, 1), (1, P256_ORDER), (2**256 - 1, 1)])
def test_r_and_s_lie_between_1_and_the_order(r: int, s: int) -> None:
    with pytest.raises(SignatureMismatchError, match="the order of P-256"):
        P256.key.verify(r.to_bytes(32) + s.to_bytes(32), b"message")


def test_the_signer_gives_the_smaller_s() -> None:
    for number in range(40):
        assert int.from_bytes(P256.sign(bytes([number]))[32:]) <= P256_ORDER // 2


def test_the_larger_s_fits_too_and_is_for_policies_to_refuse() -> None:
    signature = P256.sign(b"message")
    s = P256_ORDER - int.from_bytes(signature[32:])
    assert s > P256_ORDER // 2
    P256.key.verify(signature[:32] + s.to_bytes(32), b"message")


def test_a_signature_with_the_order_added_is_refused() -> None:
    signature = ED25519.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(SignatureMismatchError):
        ED25519.key.verify(signature[:32] + s.to_bytes(32, "little"), b"message")


@BOTH
def test_a_key_survives_every_form(key: PrivateKey) -> None:
    assert PublicKey.from_multikey(key.key.multikey) == key.key
    assert PublicKey.from_jwk(key.key.jwk()) == key.key
    assert pickle.loads(pickle.dumps(key.key)) == key.key  # noqa: S301 # bytes of our own
    assert len({key.key, PublicKey(key.key.algorithm, key.key.point)}) == 1


def test_a_thumbprint_is_the_one_that_is_published() -> None:
    published = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert PublicKey.from_jwk(published).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("point", [*SMALL_ORDER, *NOT_CANONICAL, bytes(31), bytes(33), b"\x02" + bytes(31)])
def test_a_weak_ed25519_key_is_refused_in_every_form(point: bytes) -> None:
    assert refused((Algorithm.ED25519, point)).code == "key.weak"
    assert refused("z" + base58_encode(b"\xed\x01" + point)).code == "key.weak"
    assert refused({"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(point)}).code == "key.weak"


def test_the_identity_key_that_verifies_a_forgery_elsewhere_is_refused() -> None:
    assert "small order" in refused((Algorithm.ED25519, IDENTITY)).found


OFF_CURVE = next(
    x.to_bytes(32)
    for x in range(1, 100)
    if pow(
        x**3 - 3 * x + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        (PRIME - 1) // 2,
        PRIME,
    )
    != 1
)


@pytest.mark.parametrize(
    "point",
    [
        b"\0",
        b"\0" * 33,
        b"\x02" + OFF_CURVE,
        b"\x02" + PRIME.to_bytes(32),
        b"\x03" + b"\xff" * 32,
        b"\x04" + bytes(64),
        b"\x05" + P256.key.point[1:],
        P256.key.point[:-1],
        P256.key.point + b"\0",
    ],
    ids=["infinity", "zeros", "off curve", "x = p", "x > p", "uncompressed", "prefix 5", "short", "long"],
)
def test_a_weak_p256_key_is_refused_in_every_form(point: bytes) -> None:
    assert refused((Algorithm.P256, point)).code == "key.weak"
    assert refused("z" + base58_encode(b"\x80\x24" + point)).code == "key.weak"


def test_a_jwk_with_another_y_is_refused() -> None:
    jwk: dict[str, object] = {**P256.key.jwk()}
    assert refused(jwk | {"y": jwk["x"]}).code == "key.weak"
    with pytest.raises(MalformedError, match="a point on P-256"):
        compress(P256.key.point[1:], bytes(31))


@pytest.mark.parametrize(
    "prefix", [b"\x81\x24", b"\xe7\x01", b"\xec\x01", b"\x85\x24", b"\x80", b"", b"\x12\x20"]
)
def test_a_key_of_another_kind_is_refused(prefix: bytes) -> None:
    assert "prefix" in refused("z" + base58_encode(prefix + P256.key.point)).found


@pytest.mark.parametrize("text", ["", "u" + b64url_encode(b"\xed\x01" + bytes(32)), "did:key:z6Mk", "Z6Mk"])
def test_a_multikey_begins_with_z(text: str) -> None:
    assert refused(text).code == "key.weak"


@pytest.mark.parametrize(
    "change",
    [
        {"d": "c2VjcmV0"},
        {"k": "c2VjcmV0"},
        {"p": "c2VjcmV0"},
        {"use": "enc"},
        {"use": None},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "ES384"},
        {"alg": "EdDSA"},
        {"alg": "none"},
        {"alg": ["ES256"]},
        {"use": ["sig"]},
        {"key_ops": [["verify"]]},
        {"kty": ["EC"]},
        {"crv": {}},
        {"kty": "oct"},
        {"kty": "RSA"},
        {"kty": None},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"x": 7},
        {"x": None},
        {"x": "AAAA"},
    ],
)
def test_a_jwk_for_anything_but_verifying_is_refused(change: dict[str, object]) -> None:
    error = refused({**P256.key.jwk(), **change})
    assert error.code == "key.weak"
    assert "c2VjcmV0" not in str(error)


def test_a_coordinate_has_one_spelling() -> None:
    jwk: dict[str, object] = {**P256.key.jwk()}
    assert refused(jwk | {"x": f"{jwk['x']}="}).where == "public key/x"


@pytest.mark.parametrize(
    "more",
    [{"use": "sig"}, {"key_ops": ["verify"]}, {"alg": "ES256"}, {"kid": "a"}, {"use": "sig", "kid": "b"}],
)
def test_a_jwk_for_verifying_is_read(more: dict[str, object]) -> None:
    assert PublicKey.from_jwk({**P256.key.jwk(), **more}) == P256.key


def test_an_rsa_key_is_refused_whatever_its_length() -> None:
    assert "RSA" in refused({"kty": "RSA", "n": "AQAB", "e": "AQAB"}).found


@BOTH
def test_a_private_key_survives_an_encrypted_file(key: PrivateKey) -> None:
    pem = key.to_pem(b"a passphrase", salt=bytes(range(32)))
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert PrivateKey.from_pem(pem, b"a passphrase").key == key.key


def test_the_key_file_of_a_key_is_the_same_for_the_same_salt_only() -> None:
    once, again = (P256.to_pem(b"a passphrase", salt=bytes(32)) for _ in range(2))
    assert once == again != P256.to_pem(b"a passphrase", salt=b"\1" * 32)


def test_another_passphrase_does_not_open_a_key_file() -> None:
    pem = P256.to_pem(b"a passphrase", salt=bytes(32))
    with pytest.raises(MalformedError, match="that the passphrase opens"):
        PrivateKey.from_pem(pem, b"another")


def test_a_key_file_without_a_passphrase_is_neither_written_nor_read() -> None:
    with pytest.raises(MalformedError, match="an empty one"):
        P256.to_pem(b"", salt=bytes(32))
    with pytest.raises(MalformedError, match="an empty one"):
        PrivateKey.from_pem(P256.to_pem(b"a", salt=bytes(32)), b"")
    with pytest.raises(MalformedError, match="expected 32 bytes"):
        P256.to_pem(b"a", salt=bytes(31))


def test_an_open_key_file_is_refused() -> None:
    drawn = ec.derive_private_key(7, ec.SECP256R1())
    pem = drawn.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(MalformedError, match="not encrypted"):
        PrivateKey.from_pem(pem, b"a passphrase")


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN", b"{}", bytes(100)])
def test_what_is_no_key_file_is_refused(pem: bytes) -> None:
    with pytest.raises(MalformedError, match="key file") as refused:
        PrivateKey.from_pem(pem, b"a passphrase")
    assert refused.value.code == "key.unreadable"


def test_a_key_file_of_another_kind_is_refused() -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption  # noqa: PLC0415 # one use

    for drawn in (ec.derive_private_key(7, ec.SECP384R1()), rsa.generate_private_key(65_537, 2_048)):
        pem = drawn.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a passphrase"))
        with pytest.raises(MalformedError, match="of another kind"):
            PrivateKey.from_pem(pem, b"a passphrase")


@pytest.mark.parametrize("secret", [bytes(32), P256_ORDER.to_bytes(32), b"\xff" * 32, b"\1", b"\1" * 33])
def test_a_secret_out_of_range_is_refused_and_not_shown(secret: bytes) -> None:
    with pytest.raises(MalformedError, match="found others"):
        PrivateKey.from_secret(Algorithm.P256, secret)


@BOTH
def test_a_private_key_never_shows_itself(key: PrivateKey) -> None:
    assert repr(key) == f"PrivateKey({key.key.multikey})"
    assert not hasattr(key, "__dict__")
    for act in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            act(key)
