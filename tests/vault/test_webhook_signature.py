"""The receiver can prove that a message is ours, unaltered and of now."""

from __future__ import annotations

from random import Random

import pytest

from server.vault.webhook_secret import WebhookSecret
from server.vault.webhook_signature import sign, verify

#: The example of the specification.
SECRET = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

OTHER = WebhookSecret(Random(1).randbytes(32))


def good(  # what is not given is right
    *,
    secrets: tuple[WebhookSecret, ...] = (SECRET,),
    body: bytes = BODY,
    message_id: str = ID,
    timestamp: str = str(AT),
    signatures: str = SIGNATURE,
    now: float = AT,
) -> bool:
    """Whether it is accepted."""
    return verify(
        secrets,
        body,
        message_id=message_id,
        timestamp=timestamp,
        signatures=signatures,
        now=now,
    )


def test_the_example_of_the_specification_is_signed_so() -> None:
    """To the byte."""
    signed = sign([SECRET], BODY, message_id=ID, timestamp=AT)

    assert signed == SIGNATURE
    assert good()


def test_either_secret_is_enough_while_they_change() -> None:
    """Two signatures; old and new receivers each find theirs."""
    both = sign([OTHER, SECRET], BODY, message_id=ID, timestamp=AT)

    assert len(both.split(" ")) == 2
    assert good(signatures=both)
    assert good(signatures=both, secrets=(OTHER,))
    assert good(secrets=(OTHER, SECRET))
    assert not good(signatures=both, secrets=())


@pytest.mark.parametrize("late", [-300, -1, 0, 1, 299.9, 300])
def test_a_message_of_now_is_accepted(late: float) -> None:
    """Five minutes either way."""
    assert good(now=AT + late)


@pytest.mark.parametrize("late", [-1e9, -301, -300.1, 300.1, 301, 1e9])
def test_a_message_of_another_time_is_not(late: float) -> None:
    """Caught and sent again later, it is worthless."""
    assert not good(now=AT + late)


@pytest.mark.parametrize(
    "signatures",
    [
        "", " ", "v1", "v1,", SIGNATURE[3:], SIGNATURE[:-1], SIGNATURE[:-2],
        SIGNATURE + "=", SIGNATURE + "A", "v1a" + SIGNATURE[2:],
        "v2" + SIGNATURE[2:], "V1" + SIGNATURE[2:], SIGNATURE.lower(),
        SIGNATURE.replace("+", "-").replace("/", "_"), SIGNATURE + ",",
        SIGNATURE + "\n", "v1, " + SIGNATURE[3:], SIGNATURE.replace(",", "="),
        SIGNATURE + "\u00e9", "\ud800", ("v1,x " * 300) + SIGNATURE,
        sign([OTHER], BODY, message_id=ID, timestamp=AT),
    ],
)  # fmt: skip
def test_what_is_not_the_signature_is_refused(signatures: str) -> None:
    """Cut, padded, in another alphabet, of another version, too many."""
    assert not good(signatures=signatures)


@pytest.mark.parametrize(
    "timestamp",
    [
        "", " ", "now", f"{AT}.0", f" {AT}", f"+{AT}", f"0{AT}", f"{AT}\n",
        "-1", f"{AT}0", "9" * 5_000, "\u0661" + str(AT)[1:], f"{AT:_}", "1e9",
    ],
)  # fmt: skip
def test_a_time_is_written_in_one_way(timestamp: str) -> None:
    """Digits; the signature is over their bytes."""
    assert not good(timestamp=timestamp)


def test_the_border_between_the_parts_cannot_move() -> None:
    """The same bytes, cut elsewhere, are another message."""
    body = f"{AT}.".encode() + BODY
    signed = sign([SECRET], body, message_id="a", timestamp=1)

    assert not good(message_id="a.1", signatures=signed)
    assert not good(message_id="", signatures=signed)


def test_nothing_altered_is_accepted() -> None:
    """Ten thousand flipped bits, in the body, the id and the signature."""
    chance = Random(2)
    for _ in range(4_000):
        flipped = bytearray(BODY)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        assert not good(body=bytes(flipped))
    for _ in range(6_000):
        at, bit = chance.randrange(len(SIGNATURE)), 1 << chance.randrange(7)
        altered = SIGNATURE[at : at + 1]
        altered = chr(ord(altered) ^ bit)
        assert not good(
            signatures=SIGNATURE[:at] + altered + SIGNATURE[at + 1 :]
        )
        at %= len(ID)
        assert not good(
            message_id=ID[:at] + chr(ord(ID[at]) ^ bit) + ID[at + 1 :]
        )
