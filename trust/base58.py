"""Base58btc, in which keys and signatures are written (Controlled Identifiers 1.0, section 2.4)."""

from trust.errors import MalformedError

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_STRANGE = 0xFF
_VALUES = bytes(_ALPHABET.find(byte) % 256 for byte in range(256))  # every other byte is strange
_LONGEST = 96  # characters: a signature of 64 bytes has 88
_SHOWN = 20


def _mask(lane: int) -> int:
    return sum(((1 << lane) - 1) << (2 * lane * i) for i in range(_LONGEST * 4 // lane))


# Neighbouring digits are folded, all at once in one large integer, into lanes of 16 bits and so on up to 256:
# the higher one of each two stands for 2^lane, and shall stand for a power of 58.
_FOLDS = tuple((8 * width, _mask(8 * width), (1 << 8 * width) - 58**width) for width in (1, 2, 4, 8, 16))
_LANE = 8 * 32
_LANE_MASK, _LANE_BASE = (1 << _LANE) - 1, 58**32


def base58_decode(text: str, *, where: str = "base58btc") -> bytes:
    """Read base58btc without its multibase prefix.

    Raises:
        MalformedError: a character outside the alphabet, or more than 96 characters.
    """
    digits = text.encode("utf-8", "replace").translate(_VALUES)
    if len(digits) > _LONGEST or _STRANGE in digits:
        found = f"{len(text)} characters, {text[:_SHOWN]!a}"
        raise MalformedError(where, expected=f"at most {_LONGEST} base58btc characters", found=found)
    number = int.from_bytes(digits)
    for lane, mask, excess in _FOLDS:
        number -= ((number >> lane) & mask) * excess
    high, middle, low = number >> 2 * _LANE, (number >> _LANE) & _LANE_MASK, number & _LANE_MASK
    number = (high * _LANE_BASE + middle) * _LANE_BASE + low
    content = number.to_bytes((number.bit_length() + 7) // 8)
    return content if digits and digits[0] else bytes(len(digits) - len(digits.lstrip(b"\0"))) + content


def base58_encode(content: bytes) -> str:
    """Write bytes as base58btc without its multibase prefix."""
    number = int.from_bytes(content)
    digits = bytearray()
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    zeros = len(content) - len(content.lstrip(b"\0"))
    return (b"1" * zeros + digits[::-1]).decode("ascii")
