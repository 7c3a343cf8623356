"""Tests of server/services/form_faults.py."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from server.errors import Invalid, InvalidCode
from server.protocol.forms import (
    ApiKeyForm,
    ApplicationForm,
    BusinessHoursForm,
    ChannelForm,
    ConsentForm,
    Form,
    KeywordsForm,
    OpeningForm,
    QueueForm,
    RuleForm,
)
from server.protocol.stored_forms import KINDS
from server.services.directory import Directory
from server.services.entries import Entry
from server.services.form_faults import FormFaults, faults_among
from tests.services.offices import ACCOUNT, SHOP, TEA, agent

SIGNED = "whsec_" + "A" * 32
BOT = ApplicationForm(id="bot", name="Bot", key_hash="ab" * 32)


def faults(*known: Form) -> FormFaults:
    """What looks at forms of an account that has ``known``."""
    directory = Directory()
    directory.load(
        Entry(kind=KINDS[type(form)], account=TEA, form=form)
        for form in (ACCOUNT, *known)
    )
    return FormFaults(
        directory, is_callable=lambda url: url.startswith("https:")
    )


def shop(**fields: object) -> ChannelForm:
    """A channel with these settings."""
    return ChannelForm(id="shop", name="Shop", **fields)  # type: ignore[arg-type]


def bot(**fields: object) -> ApplicationForm:
    """An application with these settings."""
    return ApplicationForm(id="new", name="New", **fields)  # type: ignore[arg-type]


def keywords(**words: tuple[str, ...]) -> ConsentForm:
    """Rules for a channel that asks for a first yes."""
    return ConsentForm(
        required="explicit",
        keywords=(KeywordsForm(language="en", **words),),  # type: ignore[arg-type]
    )


BAD: Iterable[tuple[Form, str, InvalidCode]] = [
    (
        shop(allowed_origins=("https://a.example", "*")),
        "$.allowed_origins[1]",
        InvalidCode.NOT_ALLOWED,
    ),
    (shop(queue="none"), "$.queue", InvalidCode.UNKNOWN_REFERENCE),
    (
        shop(business_hours="none"),
        "$.business_hours",
        InvalidCode.UNKNOWN_REFERENCE,
    ),
    (shop(secret="short"), "$.secret", InvalidCode.NOT_ALLOWED),
    (shop(controlled_creation=True), "$.secret", InvalidCode.MISSING),
    (shop(transcript="email"), "$.transcript_to", InvalidCode.MISSING),
    (shop(starts_with="application"), "$.starts_with", InvalidCode.NOT_ALLOWED),
    (
        shop(consent=ConsentForm(required="explicit")),
        "$.consent.keywords",
        InvalidCode.MISSING,
    ),
    (
        shop(consent=keywords(opt_out=("stop",))),
        "$.consent.keywords",
        InvalidCode.MISSING,
    ),
    (bot(), "$.webhook", InvalidCode.MISSING),
    (bot(webhook="https://a.example"), "$.secrets", InvalidCode.MISSING),
    (
        bot(webhook="http://a.example", secrets=(SIGNED,)),
        "$.webhook",
        InvalidCode.NOT_ALLOWED,
    ),
    (
        bot(webhook="https://a.example", secrets=("x",)),
        "$.secrets[0]",
        InvalidCode.MALFORMED,
    ),
    (
        bot(key_hash="ab" * 32, channels=("none",)),
        "$.channels[0]",
        InvalidCode.UNKNOWN_REFERENCE,
    ),
    (
        ApplicationForm(id="new", name="Bot", key_hash="ab" * 32),
        "$.name",
        InvalidCode.NOT_ALLOWED,
    ),
    (
        QueueForm(id="all", name="All", agents=("maria", "otto")),
        "$.agents[1]",
        InvalidCode.UNKNOWN_REFERENCE,
    ),
    (
        BusinessHoursForm(id="o", name="O", time_zone="Mars/Base"),
        "$.time_zone",
        InvalidCode.NOT_ALLOWED,
    ),
    (
        BusinessHoursForm(id="o", name="O", time_zone="../../etc/passwd"),
        "$.time_zone",
        InvalidCode.NOT_ALLOWED,
    ),
    (
        BusinessHoursForm(
            id="o",
            name="O",
            openings=(OpeningForm(day=0, opens="17:00", closes="09:00"),),
        ),
        "$.openings[0].closes",
        InvalidCode.NOT_ALLOWED,
    ),
    (RuleForm(id="a"), "$", InvalidCode.NOT_ALLOWED),
    (RuleForm(id="a", pattern="(?=x)"), "$.pattern", InvalidCode.NOT_ALLOWED),
    (
        ApiKeyForm(
            id="k", name="K", scopes=("server:manage",), key_hash="ab" * 32
        ),
        "$.scopes[0]",
        InvalidCode.UNKNOWN_REFERENCE,
    ),
]


@pytest.mark.parametrize(("form", "path", "code"), BAD)
def test_what_cannot_work_is_named_by_its_place(
    form: Form, path: str, code: InvalidCode
) -> None:
    """And what would be right is said, without the value."""
    found = faults(agent("maria"), ChannelForm(id="tea", name="Tea"), BOT)
    if form == shop(starts_with="application"):
        found = faults()

    with pytest.raises(Invalid) as refused:
        found.check(TEA, form)

    assert (refused.value.path, refused.value.code) == (path, code)
    assert refused.value.hint
    assert str(refused.value) == code.value


GOOD: Iterable[Form] = [
    SHOP,
    shop(allowed_origins=("https://a.example",), secret="0123456789abcdef" * 2),
    shop(active=False, consent=ConsentForm(required="explicit")),
    shop(consent=keywords(opt_out=("stop",), opt_in=("yes",))),
    shop(starts_with="application"),
    shop(transcript="email", transcript_to="a@shop.example"),
    bot(webhook="https://a.example", secrets=(SIGNED,)),
    QueueForm(id="all", name="All", agents=("maria",)),
    BusinessHoursForm(id="o", name="O", time_zone="Europe/Berlin"),
    RuleForm(id="cards", rule="cards"),
    ApiKeyForm(id="k", name="K", scopes=("desk:read",), key_hash="ab" * 32),
    agent("jonas"),
]


@pytest.mark.parametrize("form", GOOD)
def test_what_can_work_is_taken(form: Form) -> None:
    """As it is."""
    faults(agent("maria"), BOT).check(TEA, form)


def test_the_faults_of_a_file_are_words() -> None:
    """Saying which table and which setting."""
    found = faults_among(TEA, [shop(queue="none"), BOT])

    assert list(found) == ["channel shop: queue: one that the account has"]
