/* What each frame of the server does to the desk: one function a frame.
 *
 * A frame that is not here is ignored, as the protocol asks, so that the
 * server can grow.
 */

const fails = {
  /* The name and password, or the token of an earlier visit, do not do. */
  bad_credentials(desk) {
    desk.leave(desk.screen === "desk" ? "expired" : "wrong");
  },
  conversation_unknown(desk, conversation) {
    if (conversation) vanished(desk, conversation);
  },
};

export const frames = {
  welcome(desk, frame) {
    desk.welcomed(frame);
  },

  list(desk, { waiting, mine, more }) {
    const now = new Set();
    for (const summary of [...waiting, ...mine]) {
      const c = desk.conversation(summary.conversation);
      if (desk.listedOnce && !c.listed) c.fresh = summary.phase === "waiting";
      c.listed = true;
      c.learn(summary);
      now.add(c.id);
    }
    for (const c of desk.conversations.values()) {
      if (now.has(c.id)) continue;
      c.listed = false;
      desk.drop(c);
    }
    desk.more = Boolean(more);
    desk.listedOnce = true;
    desk.watchAll();
  },

  listed(desk, { summary }) {
    const c = desk.conversation(summary.conversation);
    const arrived = summary.phase === "waiting" && !(c.listed && c.phase === "waiting");
    c.listed = true;
    c.learn(summary);
    if (arrived && c.id !== desk.selected) {
      c.fresh = true;
      desk.tell("arrived", c);
    }
    if (c.mine) joined(desk, c);
    else desk.unwatch(c);
  },

  unlisted(desk, { conversation }) {
    const c = desk.conversations.get(conversation);
    if (!c) return;
    c.listed = false;
    /* What we follow is about to say `ended` and `gone` itself. */
    if (!c.watched) desk.drop(c);
  },

  watching(desk, { summary }) {
    const c = desk.conversation(summary.conversation);
    c.watched = true;
    c.catching = true;
    c.hidden = false;
    c.epoch = summary.epoch;
    c.fresh = false;
    c.told = { delivered: 0, read: 0 };
    c.learn(summary);
  },

  resync(desk, { conversation, epoch }) {
    const c = desk.conversation(conversation);
    c.forget();
    c.epoch = epoch;
    c.catching = true;
  },

  history(desk, { conversation, messages, more }) {
    const c = desk.conversations.get(conversation);
    if (!c?.watched) return;
    for (const message of messages) c.hear(message);
    c.catching = false;
    if (more) desk.fetch(c);
    else caughtUp(desk, c);
  },

  message(desk, { type, conversation, ...message }) {
    const c = desk.conversations.get(conversation);
    if (!c?.watched) return;
    if (c.hear(message) && !c.catching) desk.fetch(c);
    const unseen = c.id !== desk.selected || !document.hasFocus();
    if (unseen && message.author === "customer" && c.mine) {
      if (!c.unreadFrom && c.agentMarks.read) c.unreadFrom = message.number;
      desk.tell("wrote", c);
    }
    desk.mark(c);
  },

  ack(desk, { conversation, id, number, at, text }) {
    const c = desk.conversations.get(conversation);
    const reply = c?.outbox.find((one) => one.id === id);
    if (!reply) return;
    const said = { number, id, author: "agent", name: desk.me, at };
    // What the rules have hidden is not to stay on the screen either.
    const gap = c.hear({
      ...said, text: text ?? reply.text, rich: reply.rich,
    });
    if (gap && !c.catching) desk.fetch(c);
    desk.mark(c);
    desk.outbox.next(c);
  },

  context(desk, { conversation, context }) {
    const c = desk.conversations.get(conversation);
    if (c && !c.ended) c.context = context;
  },

  typing(desk, { conversation, author, on }) {
    if (author !== "customer") return;
    desk.conversations.get(conversation)?.types(on);
  },

  seen(desk, { conversation, by, delivered, read }) {
    desk.conversations.get(conversation)?.seen(by, { delivered, read });
  },

  state(desk, { conversation, phase, agent }) {
    const c = desk.conversations.get(conversation);
    if (!c) return;
    const ours = c.taking || c.summary.mine;
    const mine = Boolean(ours) && phase === "active" && agent === desk.me;
    c.learn({ ...c.summary, phase, agent, mine });
    if (c.mine) joined(desk, c);
  },

  deadline(desk, { conversation, ends_at, warn }) {
    const c = desk.conversations.get(conversation);
    if (!c) return;
    c.summary.ends_at = ends_at;
    c.warned = Boolean(warn);
  },

  ended(desk, { conversation, by, at, kept, kept_until: keptUntil }) {
    const c = desk.conversations.get(conversation);
    if (!c) return;
    c.ended = { by, at };
    c.warned = false;
    c.draft = "";
    c.outbox = [];
    if (!kept) return;
    /* No `gone` follows: it is out of our reach, and out of this page. */
    c.gone = { at: null, messages: null, kept, keptUntil };
    erased(desk, c);
  },

  gone(desk, { conversation, at, messages }) {
    const c = desk.conversations.get(conversation);
    if (!c) return;
    c.gone = { at, messages };
    erased(desk, c);
  },

  refused(desk, frame) {
    const [asked, id] = (frame.ref ?? "").split(":");
    if (desk.screen === "sign-in") {
      refusedAtTheDoor(desk, frame);
      return;
    }
    for (const c of desk.conversations.values()) {
      if (!desk.outbox.refused(c, frame)) continue;
      if (frame.retry) desk.tell("refused", frame);
      return;
    }
    fails[frame.code]?.(desk, desk.conversations.get(id));
    if (desk.screen === "desk" && asked) desk.tell("refused", frame);
  },
};

function refusedAtTheDoor(desk, frame) {
  const tooFast = frame.code === "too_fast";
  const known = tooFast || frame.code === "bad_credentials";
  if (tooFast) desk.leave({ seconds: frame.retry_after ?? 1 });
  else desk.leave(known ? "wrong" : "refusedByServer");
}

function caughtUp(desk, c) {
  if (c.id === desk.selected && !c.unreadFrom && !c.told.read) c.markUnread();
  desk.mark(c);
  desk.outbox.next(c);
}

/* It is ours now: follow it, and what is on the screen has been seen. */
function joined(desk, c) {
  desk.watch(c);
  if (!c.catching) desk.mark(c);
}

/* The server forgot it while we were away: so do we. */
function vanished(desk, c) {
  c.ended ??= { by: null, at: null };
  c.gone = { at: null, messages: null };
  erased(desk, c);
}

function erased(desk, c) {
  c.forgetAll();
  c.listed = false;
  c.watched = false;
  if (c.id !== desk.selected) desk.tell("gone", c);
  desk.drop(c);
}
