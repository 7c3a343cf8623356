"""What an account is made of, in the form in which it is written down.

The same types are read from the settings file, kept in the database, and
taken and given by the API: so a channel has one set of rules wherever it comes
from. Each says how to become the value that the server works with.

``SECRETS`` names the fields that are sealed when kept and never given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from server.domain.account import Account
from server.domain.agent import Agent
from server.domain.application import Application, Wish
from server.domain.channel import Channel, Transcript
from server.domain.consent import (
    NO_CONSENT_RULES,
    ConsentRules,
    Keywords,
    Level,
    folded,
)
from server.domain.consent import Wish as ConsentWish
from server.domain.context import Part
from server.domain.message import Author
from server.domain.notice import Notice
from server.domain.permission import AgentRole
from server.domain.redaction_rules import (
    LONGEST_PATTERN,
    LONGEST_REPLACEMENT,
    MOST_KEPT,
    Action,
    Kind,
    Rule,
)
from server.ids import AccountId, AgentId, ApplicationId, ChannelId
from server.protocol.desk_forms import (
    BusinessHoursForm,
    CannedAnswerForm,
    OpeningForm,
    QueueForm,
)
from server.protocol.form import ID, LANGUAGE, TEXT, TITLE, Form

__all__ = [
    "AGENT_ROLE",
    "ID",
    "SECRETS",
    "TITLE",
    "AccountForm",
    "AgentForm",
    "ApiKeyForm",
    "ApplicationForm",
    "BusinessHoursForm",
    "CannedAnswerForm",
    "ChannelForm",
    "ConsentForm",
    "CredentialForm",
    "Form",
    "IdentityForm",
    "KeywordsForm",
    "NoticeForm",
    "OpeningForm",
    "QueueForm",
    "RuleForm",
]

_WISH = Annotated[str, Meta(pattern=r"^(typing|agent_messages)\Z")]
_PART = Annotated[
    str, Meta(pattern=r"^(address|place|device|page|language|tags)\Z")
]
_COOKIE = Annotated[str, Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}\Z")]
_KIND = Annotated[
    str,
    Meta(pattern=r"^(cards|iban|national_numbers|phones|email|secrets)\Z"),
]
_ACTION = Annotated[str, Meta(pattern=r"^(remove|replace|mask)\Z")]
_ROLE = Annotated[str, Meta(pattern=r"^(customer|agent|application)\Z")]
AGENT_ROLE = Annotated[
    str, Meta(pattern=r"^(agent|supervisor|privacy_officer|administrator)\Z")
]
_VERSION = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,32}\Z")]
_LEVEL = Annotated[str, Meta(pattern=r"^(implicit|explicit|double)\Z")]
_WORD = Annotated[str, Meta(min_length=1, max_length=40)]
_WORDS = Annotated[tuple[_WORD, ...], Meta(max_length=20)]
# As SMTP takes it: one address, nothing to fold a header with.
ADDRESS = Annotated[
    str, Meta(pattern=r"^[!-;=?A-~]+@[A-Za-z0-9.-]+\Z", max_length=254)
]
_HTTPS = Annotated[str, Meta(pattern=r"^https://\S+\Z", max_length=2_048)]


class NoticeForm(Form, frozen=True, kw_only=True):
    """What customers who read one language are told first."""

    language: LANGUAGE
    version: _VERSION
    text: TEXT = ""
    terms: Annotated[str, Meta(min_length=1, max_length=300)] | None = None
    terms_url: _HTTPS | None = None
    terms_required: bool = False

    def as_notice(self) -> Notice:
        """It as a value."""
        return Notice(
            language=self.language,
            version=self.version,
            text=self.text,
            terms=self.terms,
            terms_url=self.terms_url,
            terms_required=self.terms_required,
        )


class KeywordsForm(Form, frozen=True, kw_only=True):
    """The consent words of one language, and the answers to them."""

    language: LANGUAGE
    opt_in: _WORDS = ()
    double_opt_in: _WORDS = ()
    opt_out: _WORDS = ()
    help: _WORDS = ()
    opt_in_answer: TEXT = ""
    double_opt_in_answer: TEXT = ""
    opt_out_answer: TEXT = ""
    help_answer: TEXT = ""
    opt_in_prompt: TEXT = ""
    double_opt_in_prompt: TEXT = ""

    def as_keywords(self) -> Keywords:
        """Them as a value."""
        return Keywords(
            language=self.language,
            words={
                wish: frozenset(map(folded, getattr(self, wish.value)))
                for wish in ConsentWish
            },
            answers={
                wish: answer
                for wish in ConsentWish
                if (answer := getattr(self, f"{wish.value}_answer"))
            },
            opt_in_prompt=self.opt_in_prompt,
            double_opt_in_prompt=self.double_opt_in_prompt,
        )


class ConsentForm(Form, frozen=True, kw_only=True):
    """What a channel asks for before the business writes unasked."""

    required: _LEVEL = "implicit"
    version: _VERSION = "1"
    keywords: Annotated[tuple[KeywordsForm, ...], Meta(max_length=50)] = ()

    def as_rules(self) -> ConsentRules:
        """It as a value."""
        return ConsentRules(
            required=Level[self.required.upper()],
            version=self.version,
            keywords=tuple(one.as_keywords() for one in self.keywords),
        )


class ChannelForm(Form, frozen=True, kw_only=True):
    """A web widget."""

    id: ID
    name: TITLE
    greeting: Annotated[str, Meta(max_length=500)] = ""
    color: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")] = "#0b6e4f"
    allowed_origins: tuple[str, ...] = ()
    inactivity_minutes: Annotated[float, Meta(gt=0, le=43_200)] = 30.0
    max_age_hours: Annotated[float, Meta(gt=0, le=8_760)] = 24.0
    starts_with: Annotated[str, Meta(pattern=r"^(agents|application)\Z")] = (
        "agents"
    )
    ending_grace_seconds: Annotated[float, Meta(ge=0, le=60)] = 5.0
    attachments: bool = False
    attachment_mib: Annotated[float, Meta(gt=0, le=100)] = 10.0
    attachments_per_conversation: Annotated[int, Meta(ge=1, le=1_000)] = 20
    context: tuple[_PART, ...] = (
        "address",
        "place",
        "device",
        "page",
        "language",
        "tags",
    )
    page_query: bool = False
    allowed_cookies: Annotated[tuple[_COOKIE, ...], Meta(max_length=32)] = ()
    secret: str | None = None
    accept_tokens_without_iat: bool = False
    controlled_creation: bool = False
    active: bool = True
    notices: Annotated[tuple[NoticeForm, ...], Meta(max_length=50)] = ()
    consent: ConsentForm | None = None
    transcript_download: bool = False
    queue: ID | None = None
    business_hours: ID | None = None
    retention_days: Annotated[float, Meta(ge=0, le=3_650)] = 0.0
    transcript: Annotated[str, Meta(pattern=r"^(none|application|email)\Z")] = (
        "none"
    )
    transcript_to: ADDRESS | None = None
    transcript_patience_seconds: Annotated[float, Meta(ge=1, le=86_400)] = (
        3_600.0
    )

    def as_channel(self, account: AccountId) -> Channel:
        """It as the server works with it."""
        return Channel(
            id=ChannelId(self.id),
            account=account,
            name=self.name,
            greeting=self.greeting,
            color=self.color,
            allowed_origins=self.allowed_origins,
            inactivity=self.inactivity_minutes * 60.0,
            max_age=self.max_age_hours * 3600.0,
            starts_with_application=self.starts_with == "application",
            ending_grace=self.ending_grace_seconds,
            attachment_bytes=(
                int(self.attachment_mib * 2**20) if self.attachments else 0
            ),
            most_attachments=self.attachments_per_conversation,
            context=frozenset(map(Part, self.context)),
            page_query=self.page_query,
            allowed_cookies=frozenset(self.allowed_cookies),
            secret=self.secret,
            accepts_tokens_without_iat=self.accept_tokens_without_iat,
            controlled_creation=self.controlled_creation,
            is_active=self.active,
            notices=tuple(one.as_notice() for one in self.notices),
            consent=(
                self.consent.as_rules() if self.consent else NO_CONSENT_RULES
            ),
            transcript_download=self.transcript_download,
            queue=self.queue,
            business_hours=self.business_hours,
            retention=self.retention_days * 86_400.0,
            transcript=Transcript(self.transcript),
            transcript_to=self.transcript_to,
            transcript_patience=self.transcript_patience_seconds,
        )


class AgentForm(Form, frozen=True, kw_only=True):
    """Somebody who answers."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    display_name: TITLE
    password_hash: str
    roles: Annotated[tuple[AGENT_ROLE, ...], Meta(max_length=4)] = ("agent",)

    def as_agent(self, account: AccountId) -> Agent:
        """It as the server works with it."""
        return Agent(
            id=AgentId(self.name),
            account=account,
            name=self.name,
            display_name=self.display_name,
            password_hash=self.password_hash,
            roles=frozenset(map(AgentRole, self.roles)),
        )


class ApplicationForm(Form, frozen=True, kw_only=True):
    """A program of the account's own."""

    id: ID
    name: TITLE
    channels: tuple[ID, ...] = ()
    webhook: Annotated[str, Meta(min_length=1, max_length=2_048)] | None = None
    secrets: Annotated[tuple[str, ...], Meta(max_length=8)] = ()
    signs_jwt: bool = False
    wants: tuple[_WISH, ...] = ()
    key_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None

    def as_application(self, account: AccountId) -> Application:
        """It as the server works with it."""
        return Application(
            id=ApplicationId(self.id),
            account=account,
            name=self.name,
            channels=frozenset(map(ChannelId, self.channels)),
            webhook=self.webhook,
            secrets=self.secrets,
            signs_jwt=self.signs_jwt,
            wants=frozenset(map(Wish, self.wants)),
            key_hash=bytes.fromhex(self.key_hash) if self.key_hash else None,
        )


class RuleForm(Form, frozen=True, kw_only=True):
    """Something to hide."""

    id: ID
    rule: _KIND | None = None
    pattern: (
        Annotated[str, Meta(min_length=1, max_length=LONGEST_PATTERN)] | None
    ) = None
    action: _ACTION = "replace"
    replacement: Annotated[str, Meta(max_length=LONGEST_REPLACEMENT)] = (
        "[hidden]"
    )
    keep: Annotated[int, Meta(ge=0, le=MOST_KEPT)] = 0
    roles: tuple[_ROLE, ...] = ("customer", "agent", "application")
    region: str | None = None
    priority: int = 100
    enabled: bool = True

    def as_rule(self) -> Rule:
        """It as a rule.

        Raises:
            Misconfigured: It cannot work.
        """
        return Rule(
            id=self.id,
            name=self.id,
            kind=Kind(self.rule or Kind.PATTERN),
            pattern=self.pattern,
            action=Action(self.action),
            replacement=self.replacement,
            keep=self.keep,
            roles=frozenset(map(Author, self.roles)),
            region=self.region,
            priority=self.priority,
            enabled=self.enabled,
        )


class ApiKeyForm(Form, frozen=True, kw_only=True):
    """A key for programs that call the API."""

    id: ID
    name: TITLE
    scopes: Annotated[tuple[str, ...], Meta(min_length=1, max_length=64)]
    key_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    expires_at: float | None = None


class IdentityForm(Form, frozen=True, kw_only=True):
    """How the account is known on another network: a number, a page's id."""

    id: ID
    network: Annotated[str, Meta(pattern=r"^[a-z]{2,20}\Z")]
    key: Annotated[str, Meta(min_length=1, max_length=256)]
    name: TITLE | None = None


class CredentialForm(Form, frozen=True, kw_only=True):
    """Something secret that the account needs elsewhere."""

    id: ID
    name: TITLE
    value: Annotated[str, Meta(min_length=1, max_length=8_192)]


class AccountForm(Form, frozen=True, kw_only=True):
    """A client business."""

    id: ID
    name: TITLE

    def as_account(self) -> Account:
        """It as the server works with it."""
        return Account(id=AccountId(self.id), name=self.name)


#: Which fields of which form are sealed when kept, and never given back.
SECRETS: Mapping[type[Form], tuple[str, ...]] = {
    ChannelForm: ("secret",),
    AgentForm: ("password_hash",),
    ApplicationForm: ("secrets", "key_hash", "webhook"),
    ApiKeyForm: ("key_hash",),
    IdentityForm: ("key",),
    CredentialForm: ("value",),
}
