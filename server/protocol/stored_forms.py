"""Forms as they are kept: a text for everybody, and the secrets apart.

What is kept is read back by the types that the API and the settings use, so
nothing gets in by the disk that would be refused at the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from server.domain.resource import ResourceKind
from server.errors import Corrupt
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
    QueueForm,
    RuleForm,
)
from server.protocol.privacy_forms import PrivacyFieldsForm

F = TypeVar("F", bound=Form)

FORMS: Mapping[ResourceKind, type[Form]] = {
    ResourceKind.ACCOUNT: AccountForm,
    ResourceKind.CHANNEL: ChannelForm,
    ResourceKind.AGENT: AgentForm,
    ResourceKind.APPLICATION: ApplicationForm,
    ResourceKind.QUEUE: QueueForm,
    ResourceKind.CANNED_ANSWER: CannedAnswerForm,
    ResourceKind.BUSINESS_HOURS: BusinessHoursForm,
    ResourceKind.RULE: RuleForm,
    ResourceKind.KEY: ApiKeyForm,
    ResourceKind.IDENTITY: IdentityForm,
    ResourceKind.CREDENTIAL: CredentialForm,
    ResourceKind.PRIVACY_FIELDS: PrivacyFieldsForm,
}
KINDS: Mapping[type[Form], ResourceKind] = {
    form: kind for kind, form in FORMS.items()
}


def id_of(form: Form) -> str:
    """What ``form`` is called within its account and kind."""
    name: str = form.name if isinstance(form, AgentForm) else form.id  # type: ignore[attr-defined]  # every other one has an id
    return name


def shown(form: Form) -> dict[str, Any]:
    """``form`` as it may be seen: without its secrets."""
    fields: dict[str, Any] = msgspec.to_builtins(form)
    for name in SECRETS.get(type(form), ()):
        fields.pop(name, None)
    return fields


def body_of(form: Form) -> str:
    """What of ``form`` is kept for all to see; always the same text."""
    return msgspec.json.encode(shown(form), order="sorted").decode()


def secrets_of(form: Form) -> bytes | None:
    """What of ``form`` is to be sealed; None if there is nothing."""
    fields = {
        name: value
        for name in SECRETS.get(type(form), ())
        if (value := getattr(form, name))
    }
    return msgspec.json.encode(fields, order="sorted") if fields else None


def closed(form: ChannelForm) -> ChannelForm:
    """``form``, by which nobody new comes in."""
    return msgspec.structs.replace(form, active=False)


def form_of(kind: ResourceKind, body: str, secrets: bytes | None) -> Form:
    """The form of which ``body`` and ``secrets`` were made.

    Raises:
        Corrupt: They are not what was written.
    """
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
        if secrets is not None:
            fields |= msgspec.json.decode(secrets, type=dict[str, Any])
        return msgspec.convert(fields, FORMS[kind])
    except msgspec.MsgspecError:
        # From None: its text could have a part of what was read.
        raise Corrupt("a stored form cannot be read") from None


def with_secrets_of(form: Form, other: Form) -> Form:
    """``form`` with the secrets that ``other``, of the same type, has."""
    return msgspec.structs.replace(
        form,
        **{name: getattr(other, name) for name in SECRETS.get(type(form), ())},
    )


def with_kept_secrets(form: Form, before: Form) -> Form:
    """``form``, its secrets those of ``before`` where it leaves them out."""
    kept = {
        name: getattr(before, name)
        for name in SECRETS.get(type(form), ())
        if not getattr(form, name)
    }
    return msgspec.structs.replace(form, **kept)


def with_fields(form: F, **fields: object) -> F:
    """``form`` with these ``fields``; ours, for nothing is checked."""
    return msgspec.structs.replace(form, **fields)
