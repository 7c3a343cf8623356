"""What is wrong with a form beside the others of its account.

Each is one ``Invalid`` with the place and what would be right: constant texts,
never the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from server.domain.own_patterns import check_pattern
from server.domain.permission import SCOPES_OF_KEYS
from server.domain.redaction import Redaction
from server.domain.resource import ResourceKind
from server.errors import Invalid, InvalidCode, Misconfigured
from server.ids import AccountId
from server.protocol.form_checks import is_origin, is_webhook_secret
from server.protocol.forms import (
    ApiKeyForm,
    ApplicationForm,
    BusinessHoursForm,
    ChannelForm,
    Form,
    QueueForm,
    RuleForm,
)
from server.protocol.stored_forms import KINDS, id_of
from server.services.directory import Directory
from server.services.entries import Entry
from server.vault.token_secret import TokenSecret

#: Whether a URL may be a webhook's; what that means is the operator's.
IsCallable = Callable[[str], bool]


class FormFaults:
    """Looks at forms before they are kept.

    Args:
        directory: The others.
        is_callable: Whether a URL may be a webhook's.
    """

    def __init__(
        self, directory: Directory, *, is_callable: IsCallable
    ) -> None:
        self._directory = directory
        self._is_callable = is_callable

    def check(self, account: AccountId, form: Form) -> None:
        """Refuse ``form`` if it cannot work in ``account``.

        Raises:
            Invalid: Saying where the fault is.
        """
        match form:
            case ChannelForm():
                self._check_channel(account, form)
            case ApplicationForm():
                self._check_application(account, form)
            case QueueForm():
                self._check_all_known(
                    account, ResourceKind.AGENT, "$.agents", form.agents
                )
            case BusinessHoursForm():
                _check_hours(form)
            case RuleForm():
                self._check_rule(account, form)
            case ApiKeyForm():
                _check_scopes(form)
            case _:
                pass

    def _check_channel(self, account: AccountId, form: ChannelForm) -> None:
        for number, origin in enumerate(form.allowed_origins):
            if not is_origin(origin):
                raise Invalid(
                    f"$.allowed_origins[{number}]",
                    InvalidCode.NOT_ALLOWED,
                    "an origin looks like https://shop.example, without a path",
                )
        for name, kind, id_ in (
            ("queue", ResourceKind.QUEUE, form.queue),
            (
                "business_hours",
                ResourceKind.BUSINESS_HOURS,
                form.business_hours,
            ),
        ):
            if id_ is not None and not self._is_known(account, kind, id_):
                raise _unknown(f"$.{name}")
        _check_secret(form)
        self._check_opening(account, form)
        if form.transcript == "email" and form.transcript_to is None:
            raise _missing("$.transcript_to", "the address to mail it to")

    def _check_opening(self, account: AccountId, form: ChannelForm) -> None:
        if not form.active:
            return
        lacked = form.consent.as_rules().lacks() if form.consent else None
        if lacked is not None:
            raise _missing(
                "$.consent.keywords",
                f"a word for {lacked} in one language at least",
            )
        served = any(
            isinstance(one, ApplicationForm)
            and (not one.channels or form.id in one.channels)
            for one in self._directory.forms(ResourceKind.APPLICATION, account)
        )
        if form.starts_with == "application" and not served:
            raise Invalid(
                "$.starts_with",
                InvalidCode.NOT_ALLOWED,
                "agents, for no application serves the channel",
            )

    def _check_application(
        self, account: AccountId, form: ApplicationForm
    ) -> None:
        self._check_all_known(
            account, ResourceKind.CHANNEL, "$.channels", form.channels
        )
        names = {
            one.name
            for one in self._directory.forms(ResourceKind.APPLICATION, account)
            if isinstance(one, ApplicationForm) and one.id != form.id
        }
        if form.name in names:
            raise Invalid(
                "$.name", InvalidCode.NOT_ALLOWED, "a name of its own"
            )
        for number, secret in enumerate(form.secrets):
            if not is_webhook_secret(secret):
                raise Invalid(
                    f"$.secrets[{number}]",
                    InvalidCode.MALFORMED,
                    "whsec_ and 24 to 64 bytes in base64",
                )
        if form.webhook is None:
            if form.key_hash is None:
                raise _missing("$.webhook", "a webhook, or a key to connect")
            return
        if not form.secrets:
            raise _missing("$.secrets", "a secret to sign with")
        if not self._is_callable(form.webhook):
            raise Invalid(
                "$.webhook",
                InvalidCode.NOT_ALLOWED,
                "an https:// URL; http:// only within allowed_networks",
            )

    def _check_rule(self, account: AccountId, form: RuleForm) -> None:
        others = [
            one
            for one in self._directory.forms(ResourceKind.RULE, account)
            if isinstance(one, RuleForm) and one.id != form.id
        ]
        try:
            rules = [one.as_rule() for one in (*others, form)]
            if form.pattern is not None:
                check_pattern(form.pattern)
            Redaction(rules)
        except Misconfigured as fault:
            path = "$" if form.pattern is None else "$.pattern"
            # Its text is for whoever wrote the rule, and quotes none of it.
            raise Invalid(path, InvalidCode.NOT_ALLOWED, str(fault)) from None

    def _check_all_known(
        self,
        account: AccountId,
        kind: ResourceKind,
        path: str,
        ids: tuple[str, ...],
    ) -> None:
        for number, id_ in enumerate(ids):
            if not self._is_known(account, kind, id_):
                raise _unknown(f"{path}[{number}]")

    def _is_known(
        self, account: AccountId, kind: ResourceKind, id_: str
    ) -> bool:
        return self._directory.entry(kind, account, id_) is not None


def faults_among(account: AccountId, forms: Sequence[Form]) -> Iterator[str]:
    """What is wrong with ``forms``, which are all that an account has.

    For a settings file: each in words, for the operator.
    """
    directory = Directory()
    kept = [form for form in forms if not isinstance(form, RuleForm)]
    directory.load(
        Entry(kind=KINDS[type(form)], account=account, form=form)
        for form in kept
    )
    # What may be called is asked elsewhere, with what the operator allows.
    faults = FormFaults(directory, is_callable=lambda _: True)
    for form in kept:
        try:
            faults.check(account, form)
        except Invalid as fault:
            where = f"{KINDS[type(form)].value} {id_of(form)}"
            yield f"{where}: {fault.path[2:]}: {fault.hint}"


def _check_secret(form: ChannelForm) -> None:
    if form.secret is None:
        if form.controlled_creation:
            raise _missing("$.secret", "a secret for tokens")
        return
    try:
        TokenSecret(form.secret)
    except Misconfigured as fault:
        raise Invalid("$.secret", InvalidCode.NOT_ALLOWED, str(fault)) from None


def _check_hours(form: BusinessHoursForm) -> None:
    # Most servers know of no hours, and need not have its half a MiB.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        ZoneInfo(form.time_zone)
    except (OSError, ValueError, KeyError):
        raise Invalid(
            "$.time_zone",
            InvalidCode.NOT_ALLOWED,
            "a name such as Europe/Berlin",
        ) from None
    for number, one in enumerate(form.openings):
        # As text: both are HH:MM, so their order is that of the times.
        if one.opens >= one.closes:
            raise Invalid(
                f"$.openings[{number}].closes",
                InvalidCode.NOT_ALLOWED,
                "later than it opens; past midnight is the next day's",
            )


def _check_scopes(form: ApiKeyForm) -> None:
    known = {scope.value for scope in SCOPES_OF_KEYS}
    for number, scope in enumerate(form.scopes):
        if scope not in known:
            raise _unknown(f"$.scopes[{number}]")


def _unknown(path: str) -> Invalid:
    return Invalid(
        path, InvalidCode.UNKNOWN_REFERENCE, "one that the account has"
    )


def _missing(path: str, hint: str) -> Invalid:
    return Invalid(path, InvalidCode.MISSING, hint)
