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
    ended_at     REAL,             -- null while it lives
    customer     TEXT,             -- the person who writes; null: nobody knows
    terms        TEXT,             -- the version of the terms that were
                                   -- accepted; null for none
    held         INTEGER NOT NULL, -- 1: not to be erased until that is lifted
    mail_until   REAL,             -- its transcript is still to be mailed, and
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
    messages     INTEGER NOT NULL, -- how many were erased
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
