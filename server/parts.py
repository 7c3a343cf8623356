"""Every use case of one server, made in the order in which they depend.

Here is what there is; ``app`` starts and stops it, ``front`` opens it to the
world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from server.applications import Applications
from server.clientele import Clientele
from server.clock import Clock
from server.config import Config
from server.data_folder import Opened
from server.duties import Duties
from server.gateway.senses import OwnSenses
from server.ids import Randomness
from server.live.deadlines import Deadlines
from server.live.presence import Presence
from server.live.sessions import Sessions
from server.metrics import Metrics
from server.office import Office
from server.postroom import make_mailing
from server.services.account_keys import AccountKeys
from server.services.attaching import Attaching
from server.services.auditing import Auditing
from server.services.bearers import Bearers
from server.services.confiding import Confiding
from server.services.directory import Directory
from server.services.ending import Ending
from server.services.holding import Holding
from server.services.house import House, Pace
from server.services.kept import Kept
from server.services.lasting_keys import lasting_keys
from server.services.listing import ListKeeping
from server.services.mailing import MailRound
from server.services.purging import Purging
from server.services.remembering import Remembering
from server.services.rotating import Rotating
from server.services.scrubbing import Scrubbing
from server.services.settling import Settling
from server.services.signing_in import SigningIn
from server.services.taking_up import TakingUp
from server.services.transcribing import Transcribing
from server.store.blobs import Blobs
from server.vault.addresses import AddressSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The use cases, and the house they share."""

    house: House
    directory: Directory
    account_keys: AccountKeys
    clientele: Clientele
    settling: Settling
    office: Office
    auditing: Auditing
    senses: OwnSenses
    remembering: Remembering
    signing_in: SigningIn
    bearers: Bearers
    confiding: Confiding
    attaching: Attaching
    transcribing: Transcribing
    ending: Ending
    purging: Purging
    taking_up: TakingUp
    holding: Holding
    kept: Kept
    mailing: MailRound | None
    scrubbing: Scrubbing
    rotating: Rotating
    listing: ListKeeping
    programs: Applications
    duties: Duties

    @classmethod
    def make(
        cls,
        config: Config,
        opened: Opened,
        *,
        clock: Clock,
        randomness: Randomness,
        metrics: Metrics,
    ) -> Parts:
        """Make them all; nothing runs yet, and no account is known.

        Raises:
            Misconfigured: A password may not be used.
        """
        own = _Ground(config, opened, clock=clock, randomness=randomness)
        house, remembering, ending = own.house, own.remembering, own.ending
        house.senses, house.metrics = own.senses, metrics
        signing_in, programs = SigningIn(house), own.make_programs()
        return cls(
            house=house,
            directory=own.directory,
            account_keys=own.account_keys,
            clientele=own.make_clientele(),
            settling=own.make_settling(),
            office=own.make_office(),
            auditing=own.auditing,
            senses=own.senses,
            remembering=remembering,
            signing_in=signing_in,
            bearers=Bearers(remembering, signing_in, programs.applying),
            confiding=Confiding(house, remembering),
            attaching=make_attaching(house, remembering, opened),
            transcribing=Transcribing(house),
            ending=ending,
            purging=Purging(house, ending, remembering),
            taking_up=TakingUp(house, ending),
            holding=Holding(house, ending, remembering),
            kept=Kept(house, ending, remembering),
            mailing=make_mailing(config.smtp, house, ending.keeping),
            scrubbing=Scrubbing(opened.history, clock, house.wake_scrubbing),
            rotating=make_rotating(house, opened, own.auditing),
            listing=ListKeeping(house, clock),
            programs=programs,
            duties=own.make_duties(programs),
        )


class _Ground:
    """What the parts that take most are made of."""

    def __init__(
        self,
        config: Config,
        opened: Opened,
        *,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._config = config
        self._opened = opened
        self.directory = Directory()
        self.house = house = make_house(
            config,
            opened,
            self.directory,
            clock=clock,
            randomness=randomness,
        )
        self.senses = OwnSenses(config.geo_database)
        self.auditing = make_auditing(house, opened, days=config.audit_days)
        self.account_keys = AccountKeys(opened.keys, randomness)
        self.remembering = Remembering(house)
        self.ending = Ending(house)

    def make_programs(self) -> Applications:
        """What serves applications."""
        return Applications.make(
            self._config,
            self.directory,
            house=self.house,
            ending=self.ending,
            remembering=self.remembering,
            handed=self._opened.history.handed,
        )

    def make_clientele(self) -> Clientele:
        """What knows customers."""
        return Clientele.make(
            self.house, self._opened.history, self.account_keys
        )

    def make_settling(self) -> Settling:
        """What takes up the accounts that are stored and declared."""
        return Settling(
            self.directory,
            self.account_keys,
            records=self._opened.history,
            resources=self._opened.history.resources,
            clock=self.house.clock,
        )

    def make_office(self) -> Office:
        """What administers accounts."""
        return Office.make(
            self._config,
            self.house,
            self.directory,
            history=self._opened.history,
            account_keys=self.account_keys,
            ending=self.ending,
            remembering=self.remembering,
        )

    def make_duties(self, programs: Applications) -> Duties:
        """What is owed to people."""
        return Duties.make(
            self.house,
            self._opened.history,
            account_keys=self.account_keys,
            ending=self.ending,
            remembering=self.remembering,
            reaches=programs.relaying.reaches,
            pseudonyms=self._opened.anchors,
        )


def make_house(
    config: Config,
    opened: Opened,
    directory: Directory,
    *,
    clock: Clock,
    randomness: Randomness,
) -> House:
    """What the use cases share; who there is, ``directory`` knows."""
    return House(
        clock=clock,
        randomness=randomness,
        channels=directory.channels,
        agents=directory.agents,
        keys=opened.keys,
        records=opened.history,
        sessions=Sessions(),
        deadlines=Deadlines(clock.now()),
        presence=Presence(),
        pace=Pace(
            per_second=config.limits.messages_per_second,
            burst=config.limits.message_burst,
        ),
        redactions=directory.redactions,
        queues=directory.queues,
        hours=directory.hours,
    )


def make_auditing(house: House, opened: Opened, *, days: int) -> Auditing:
    """What keeps the audit log; the house is told of it."""
    auditing = Auditing(
        house, opened.history.audited, opened.anchors, days=days
    )
    house.audit = auditing
    return auditing


def make_rotating(house: House, opened: Opened, auditing: Auditing) -> Rotating:
    """What changes the master key."""
    return Rotating(
        opened.keys,
        opened.history,
        auditing=auditing,
        anchors=opened.anchors,
        clock=house.clock,
        lasting=partial(
            lasting_keys, opened.history.resources, opened.history.customers
        ),
    )


def make_attaching(
    house: House, remembering: Remembering, opened: Opened
) -> Attaching:
    """What keeps files; the house is told of it."""
    attaching = Attaching(
        house,
        remembering,
        rows=opened.history,
        files=Blobs(opened.folder.blobs),
        signer=AddressSigner(opened.master),
    )
    house.attachments = attaching
    return attaching
