"""Tests of server/protocol/stored_forms.py, and of the forms kept so."""

from __future__ import annotations

import pytest

from server.domain.desk import BusinessHours, Opening, Queue
from server.domain.resource import ResourceKind
from server.errors import Corrupt
from server.ids import AccountId, AgentId
from server.protocol.forms import (
    SECRETS,
    AccountForm,
    AgentForm,
    ApiKeyForm,
    ApplicationForm,
    BusinessHoursForm,
    CannedAnswerForm,
    ChannelForm,
    CredentialForm,
    Form,
    IdentityForm,
    OpeningForm,
    QueueForm,
    RuleForm,
)
from server.protocol.privacy_forms import PrivacyFieldsForm
from server.protocol.stored_forms import (
    FORMS,
    KINDS,
    body_of,
    closed,
    form_of,
    id_of,
    secrets_of,
    shown,
    with_fields,
    with_kept_secrets,
    with_secrets_of,
)

HOURS = BusinessHoursForm(
    id="office",
    name="Office",
    openings=(OpeningForm(day=4, opens="09:00", closes="24:00"),),
    closed_message="Back on Monday.",
)
SAMPLES: list[Form] = [
    AccountForm(id="acme", name="Acme"),
    ChannelForm(id="shop", name="Shop", secret="of-the-shop"),
    AgentForm(name="maria", display_name="Maria", password_hash="$argon2id$x"),
    ApplicationForm(
        id="bot",
        name="Bot",
        webhook="https://bot.example/?of-the-shop",
        secrets=("of-the-shop",),
        key_hash="ab" * 32,
    ),
    QueueForm(id="all", name="All", agents=("maria",)),
    CannedAnswerForm(id="hello", title="Hello", text="Hello!"),
    HOURS,
    RuleForm(id="cards", rule="cards"),
    ApiKeyForm(id="crm", name="CRM", scopes=("desk:read",), key_hash="cd" * 32),
    IdentityForm(id="sms", network="sms", key="of-the-shop"),
    CredentialForm(id="sms", name="SMS", value="of-the-shop"),
    PrivacyFieldsForm(id="audit log", classification="internal"),
]


def test_there_is_a_form_for_every_kind() -> None:
    """And a sample of it here."""
    assert set(FORMS) == set(ResourceKind)
    assert {type(one) for one in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("form", SAMPLES, ids=lambda one: type(one).__name__)
def test_a_form_comes_back_as_it_was_kept(form: Form) -> None:
    """From its text and its secrets together."""
    kind = KINDS[type(form)]

    assert form_of(kind, body_of(form), secrets_of(form)) == form


@pytest.mark.parametrize("form", SAMPLES, ids=lambda one: type(one).__name__)
def test_what_all_may_see_holds_no_secret(form: Form) -> None:
    """Neither its name nor its value."""
    hidden = SECRETS.get(type(form), ())

    assert not shown(form).keys() & set(hidden)
    assert "of-the-shop" not in body_of(form)
    assert (secrets_of(form) is not None) is bool(hidden)


def test_a_form_without_its_secret_has_nothing_to_seal() -> None:
    """So its row has none."""
    assert secrets_of(ChannelForm(id="shop", name="Shop")) is None


def test_an_agent_is_called_by_the_name_to_sign_in_with() -> None:
    """Everything else has an id."""
    assert [id_of(one) for one in SAMPLES[:3]] == ["acme", "shop", "maria"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": "A"}'])
def test_what_is_no_such_form_is_damage(body: str) -> None:
    """It was a form when it was written."""
    with pytest.raises(Corrupt):
        form_of(ResourceKind.ACCOUNT, body, None)


def test_a_form_becomes_what_the_server_works_with() -> None:
    """Account, queue and hours."""
    account, queue = SAMPLES[0], SAMPLES[4]
    assert isinstance(account, AccountForm)
    assert isinstance(queue, QueueForm)

    assert account.as_account().id == AccountId("acme")
    assert queue.as_queue() == Queue(frozenset({AgentId("maria")}))
    assert HOURS.as_hours() == BusinessHours(
        time_zone="UTC",
        openings=(Opening(day=4, opens=540, closes=1_440),),
        closed_message="Back on Monday.",
    )


def test_a_form_takes_the_secrets_of_another() -> None:
    """All of them, or those that it leaves out."""
    before = ApplicationForm(
        id="bot", name="Bot", secrets=("one",), webhook="https://a.example"
    )
    after = ApplicationForm(id="bot", name="Robot", webhook="https://b.example")

    kept = with_kept_secrets(after, before)
    assert isinstance(kept, ApplicationForm)
    assert (kept.name, kept.secrets) == ("Robot", ("one",))
    assert kept.webhook == "https://b.example"
    assert with_secrets_of(before, after) == ApplicationForm(
        id="bot", name="Bot", webhook="https://b.example"
    )


def test_a_channel_that_is_closed_is_else_the_same() -> None:
    """Only that nobody new comes in."""
    assert closed(ChannelForm(id="shop", name="Shop")) == ChannelForm(
        id="shop", name="Shop", active=False
    )


def test_fields_are_set_in_a_form_of_the_same_type() -> None:
    """The one that was given stays as it is."""
    before = ChannelForm(id="shop", name="Shop")

    assert with_fields(before, name="Tea").name == "Tea"
    assert before.name == "Shop"
