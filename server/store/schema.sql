-- The database, version 1. Times are unix seconds, UTC. A sealed column is an
-- envelope as described in vault/sealing.py, bound to account, conversation,
-- table, column and row. No key is ever in this database: keys lie in the
-- slots of the key file.
--
-- In brackets: which record type of domain/record_types.py claims the column.
-- Everything of a conversation dies with it: at its end or its timeout.

CREATE TABLE conversation (    -- [conversation record]
    id           TEXT NOT NULL PRIMARY KEY, -- 128 random bits; opens nothing
    account      TEXT NOT NULL,    -- whose customer is writing
    channel      TEXT NOT NULL,    -- the way by which the customer came
    phase        TEXT NOT NULL,    -- domain.conversation.Phase, while stored
    epoch        TEXT NOT NULL,    -- changes when history is replaced
    slot         INTEGER NOT NULL, -- its data key's slot; zeroed = unreadable
    token_hash   BLOB NOT NULL,    -- SHA-256 of the customer's token
    started_at   REAL NOT NULL,    -- its first message
    last_at      REAL NOT NULL,    -- the newest sign of life
    due_at       REAL NOT NULL,    -- times out at; every message moves it on
    last_number  INTEGER NOT NULL, -- of the newest message
    agent        TEXT,             -- who has it; null unless active
    ended_by     TEXT,             -- domain.conversation.EndedBy; null while
                                   -- it lives
    ended_at     REAL,             -- null while it lives; of a closed one only
    customer     TEXT,             -- the person who writes; null: nobody knows
    terms        TEXT,             -- the version of the terms that were
                                   -- accepted; null for none
    held         INTEGER NOT NULL, -- 1: not to be erased until that is lifted
    kept_until   REAL,             -- to be erased then, unless it is held;
                                   -- null while it lives
    transcript_until REAL,         -- its transcript is still to be handed, and
                                   -- tried until then; null: it is not
    customer_delivered INTEGER NOT NULL, -- up to which number the customer's
    customer_read      INTEGER NOT NULL, -- screen has it, the customer saw it
    agent_delivered    INTEGER NOT NULL, -- and the same of the agent
    agent_read         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A customer comes back with a token and nothing else.
CREATE UNIQUE INDEX conversation_token ON conversation (token_hash);

-- An agent's list. By its start, which never changes: ordered by last_at,
-- every message would rewrite its place, and writing again would cost the
-- customer the place in the queue.
CREATE INDEX conversation_listed
    ON conversation (account, phase, started_at);

-- What is kept after its end. Of those that go on it holds none.
CREATE INDEX conversation_kept
    ON conversation (account, id) WHERE phase = 'closed' OR held;

-- With a rowid, unlike the others: new messages of all conversations then lie
-- side by side, so that a group dirties a few pages instead of one for every
-- conversation (23 instead of 34 us of processor time a message).
CREATE TABLE message (         -- [customer messages, web]
                               -- [agent and bot messages, web]
    conversation TEXT NOT NULL REFERENCES conversation (id),
    number       INTEGER NOT NULL, -- 1, 2, 3, ... no gaps; peers resume by it
    client_id    TEXT NOT NULL,    -- the sender's own; a repeat finds its row
    by_customer  INTEGER NOT NULL, -- 1, or 0: the agent's
    sealed       BLOB NOT NULL,    -- author, name, time and words: see
                                   -- store/sealed_message.py
    PRIMARY KEY (conversation, number),
    UNIQUE (conversation, client_id)
) STRICT;

CREATE TABLE attachment (      -- [attachments, web]
    id           TEXT NOT NULL PRIMARY KEY, -- names the file in the blobs
    conversation TEXT NOT NULL REFERENCES conversation (id),
    size         INTEGER NOT NULL, -- bytes, of its plain text
    expires_at   REAL NOT NULL,    -- erased then at the latest
    sealed       BLOB NOT NULL     -- side, name, media type, the file's key:
                                   -- see store/sealed_attachment.py
) STRICT, WITHOUT ROWID;

CREATE INDEX attachment_of ON attachment (conversation);
CREATE INDEX attachment_expiring ON attachment (expires_at);

CREATE TABLE sign_in (         -- [agent sign-ins]
    hash       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of an agent's token
    agent      TEXT NOT NULL,      -- whose
    expires_at REAL NOT NULL       -- opens nothing from then on
) STRICT, WITHOUT ROWID;

CREATE TABLE handover (        -- [hand-over cursors]
    conversation TEXT NOT NULL,    -- whose messages
    application  TEXT NOT NULL,    -- which application has taken them
    cursor       INTEGER NOT NULL, -- up to which number; 0: only the start
    PRIMARY KEY (conversation, application)
) STRICT, WITHOUT ROWID;

-- What an application is still to be told of a conversation that has ended.
-- It outlives the conversation, so nothing that was said or done is in it.
CREATE TABLE ending_notice (   -- [ending notices]
    conversation TEXT NOT NULL,    -- names it; opens nothing
    application  TEXT NOT NULL,    -- who is to be told
    account      TEXT NOT NULL,
    channel      TEXT NOT NULL,
    ended_by     TEXT NOT NULL,    -- domain.conversation.EndedBy
    ended_at     REAL NOT NULL,    -- forgotten 24 hours later at the latest
    kept_until   REAL,             -- null: it was erased at once
    messages     INTEGER NOT NULL, -- how many it had
    undelivered  INTEGER NOT NULL, -- how many of them it was never handed
    PRIMARY KEY (conversation, application)
) STRICT, WITHOUT ROWID;

-- Security events, each chained to the one before: see domain/audit.py. No
-- customer is an actor, and nothing that anybody typed is in it.
CREATE TABLE audit (           -- [audit log]
    number     INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, ... without gaps
    at_ms      INTEGER NOT NULL,   -- unix milliseconds
    event      TEXT NOT NULL,      -- domain.audit.AuditEvent
    actor_kind TEXT NOT NULL,      -- domain.audit.ActorKind
    actor      TEXT NOT NULL,      -- its id in the settings, or nothing
    subject    TEXT NOT NULL,      -- a conversation's id, or nothing
    detail     TEXT NOT NULL,      -- a constant or a number
    times      INTEGER NOT NULL,   -- how often it happened
    chain      BLOB NOT NULL       -- SHA-256 of the row and the chain before
) STRICT;

-- What is held of a conversation, its marks in here included.
CREATE INDEX audit_about ON audit (subject) WHERE subject <> '';

-- Where the audit log begins and ends, sealed: see vault/anchors.py. One row.
CREATE TABLE audit_anchor (    -- [audit log]
    -- First, because SQLite 3.40 takes a key further behind for damage.
    one         INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    first       INTEGER NOT NULL,  -- the number before the first row kept
    first_chain BLOB NOT NULL,
    last        INTEGER NOT NULL,
    last_chain  BLOB NOT NULL,
    settings    BLOB NOT NULL,     -- keyed hash of the last start's settings
    seal        BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Against mistakes of this program's own; against others there is the chain.
CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_cut_in_front BEFORE DELETE ON audit
    WHEN old.number > coalesce((SELECT first FROM audit_anchor), 0) BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;

-- What an account is made of: one row a channel, agent, rule and so on, in the
-- form of protocol/forms.py. Secrets are in `sealed`, under the account's key.
CREATE TABLE resource (        -- [administrative data]
    kind       TEXT NOT NULL,      -- account, channel, agent, ...
    account    TEXT NOT NULL,      -- whose
    id         TEXT NOT NULL,      -- within the account and kind
    revision   INTEGER NOT NULL,   -- 1, 2, 3, ...: for "only if unchanged"
    declared   INTEGER NOT NULL,   -- 1: the settings file rules it
    body       TEXT NOT NULL,      -- JSON, without what is sealed
    sealed     BLOB,               -- [account credentials]
                                   -- [account messaging identities]
    created_at REAL NOT NULL,
    changed_at REAL NOT NULL,
    PRIMARY KEY (kind, account, id)
) STRICT, WITHOUT ROWID;

-- What customers and agents come by is known without an account.
CREATE UNIQUE INDEX resource_named ON resource (kind, id)
    WHERE kind IN ('account', 'agent', 'application', 'channel', 'key');

CREATE TABLE account_key (     -- [account keys]
    account TEXT NOT NULL PRIMARY KEY,
    slot    INTEGER NOT NULL       -- zeroed: nothing of the account opens
) STRICT, WITHOUT ROWID;

-- Somebody who is known to the account by an identity of its own. The row's
-- key is in a slot; erasing somebody begins with overwriting it.
CREATE TABLE customer (        -- [customer messaging identities]
    id         TEXT NOT NULL PRIMARY KEY, -- 128 random bits; opens nothing
    account    TEXT NOT NULL,
    channel    TEXT NOT NULL,
    slot       INTEGER NOT NULL,
    platform   BLOB NOT NULL,      -- blind index of channel and platform key
    flags      INTEGER NOT NULL,   -- [consent and restriction records] bits:
                                   -- domain/restriction.py
    created_at REAL NOT NULL,
    seen_at    REAL NOT NULL,
    sealed     BLOB NOT NULL       -- name, platform key, picture, contacts
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX customer_platform ON customer (account, platform);
CREATE INDEX customer_listed ON customer (account, channel, id);

CREATE TABLE customer_address ( -- [customer messaging identities]
    hash     BLOB NOT NULL,        -- blind index of kind and normal form
    customer TEXT NOT NULL REFERENCES customer (id),
    PRIMARY KEY (hash, customer)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_address_of ON customer_address (customer);

-- What somebody agreed to and what was restricted, in order; nothing is ever
-- changed in it, so that it proves what held when.
CREATE TABLE customer_event (  -- [consent and restriction records]
    customer TEXT NOT NULL REFERENCES customer (id),
    number   INTEGER NOT NULL,     -- 1, 2, 3, ... of this customer
    at       REAL NOT NULL,
    kind     TEXT NOT NULL,        -- consent, restriction
    sealed   BLOB NOT NULL,        -- purpose, level, source, wording, ...
    PRIMARY KEY (customer, number)
) STRICT, WITHOUT ROWID;

-- What somebody asked the account for, and until when it has to be done.
CREATE TABLE privacy_request ( -- [privacy requests]
    id          TEXT NOT NULL PRIMARY KEY,
    account     TEXT NOT NULL,
    kind        TEXT NOT NULL,     -- access, erasure, restriction, ...
    law         TEXT NOT NULL,     -- which due dates hold
    state       TEXT NOT NULL,
    received_at REAL NOT NULL,
    due_at      REAL NOT NULL,
    closed_at   REAL,
    customer    TEXT,              -- who, as long as there is such a row
    sealed      BLOB NOT NULL      -- the account's own words about it
) STRICT, WITHOUT ROWID;

CREATE INDEX privacy_request_listed ON privacy_request (account, due_at);

-- An erasing that somebody asked for: followed while it goes on, and what is
-- left of it is a receipt that names nobody.
CREATE TABLE erasure (         -- [erasure jobs and receipts]
    id       TEXT NOT NULL PRIMARY KEY,
    account  TEXT NOT NULL,
    state    TEXT NOT NULL,        -- services.erasure_job.State
    asked_at REAL NOT NULL,
    done_at  REAL,
    subject  BLOB,                 -- sealed: who; null once it is done
    receipt  TEXT                  -- signed JSON; null until it is done
) STRICT, WITHOUT ROWID;

CREATE INDEX erasure_listed ON erasure (account, asked_at);

-- So that a backup that is restored does not bring anybody back.
CREATE TABLE erased (          -- [erased subjects]
    account   TEXT NOT NULL,
    platform  BLOB NOT NULL,       -- blind index, as in `customer`
    erased_at REAL NOT NULL,
    PRIMARY KEY (account, platform)
) STRICT, WITHOUT ROWID;
