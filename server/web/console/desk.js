/* The agent's desk: everything the page knows, and the only place it changes.
 *
 * Frames come in at `hear` (frames.js decides what each does), what the agent
 * does comes in as methods; both end in `changed`, and the views draw what
 * they find. Views read, they never write.
 */

import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { frames } from "./frames.js";
import { memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { server } from "./times.js";

/* Joining costs a frame each; the rest of a very long list is watched when
 * opened. Far below the server's 256 and its burst of 200 frames. */
const WATCH_AHEAD = 40;
const TYPING_EVERY = 5000;
/* A deadline that moved while we were away was moved by at least this. */
const GRACE = 5000;

export class Desk {
  screen = memory.token ? "desk" : "sign-in";
  notice = null;
  link = { state: "connecting", at: 0 };
  me = "";
  textLimit = 4000;
  conversations = new Map();
  listedOnce = false;
  more = false;
  selected = memory.open;

  #credentials = null;
  #drawing = false;
  #typedAt = 0;
  #ears = { drawn: [], told: [] };

  constructor(address) {
    this.connection = new Connection(address, {
      opened: () => this.#hello(),
      frame: (frame) => this.hear(frame),
      retrying: (at) => this.#retrying(at),
      stopped: (code) => this.#stopped(code),
    });
    this.outbox = new Outbox((frame) => this.connection.send(frame));
    if (memory.token) this.connection.start();
  }

  /* ---- who listens ---------------------------------------------------- */

  /** `draw` is called once after any number of changes. */
  onChange(draw) {
    this.#ears.drawn.push(draw);
  }

  /** `tell(what, details)` hears what happened: toasts, notifications. */
  onEvent(tell) {
    this.#ears.told.push(tell);
  }

  changed() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      for (const draw of this.#ears.drawn) draw();
    });
  }

  tell(what, details) {
    for (const ear of this.#ears.told) ear(what, details);
  }

  /* ---- what the views read -------------------------------------------- */

  get online() {
    return this.link.state === "online";
  }

  get current() {
    return this.conversations.get(this.selected) ?? null;
  }

  get waiting() {
    return this.#listed((c) => c.phase === "waiting").sort(
      (a, b) => a.summary.started_at - b.summary.started_at,
    );
  }

  get mine() {
    return this.#listed((c) => c.mine).sort(
      (a, b) => b.summary.last_at - a.summary.last_at,
    );
  }

  #listed(which) {
    return [...this.conversations.values()].filter((c) => c.listed && which(c));
  }

  /* ---- coming and going ----------------------------------------------- */

  signIn(name, password) {
    this.#credentials = { name, password };
    this.notice = null;
    this.link = { state: "connecting", at: 0 };
    this.connection.start();
    this.changed();
  }

  signOut() {
    this.connection.send({ type: "sign_out" });
    this.leave(null);
  }

  /** Back to the sign-in screen with nothing kept of what was said. */
  leave(notice) {
    this.connection.stop();
    memory.token = null;
    memory.open = null;
    this.#credentials = null;
    for (const c of this.conversations.values()) c.forgetAll();
    this.conversations.clear();
    this.selected = null;
    this.listedOnce = false;
    this.screen = "sign-in";
    this.notice = notice;
    this.changed();
  }

  #hello() {
    const who = this.#credentials ?? { token: memory.token };
    this.connection.send({ type: "hello", client: "dayfly-console/1", ...who });
  }

  /** Called by frames.js: we are in. */
  welcomed(frame) {
    if (frame.token) memory.token = frame.token;
    this.#credentials = null;
    this.me = frame.name ?? this.me;
    this.textLimit = frame.limits?.text ?? this.textLimit;
    server.learn(frame.now_at);
    this.connection.keepAlive(frame.heartbeat);
    this.screen = "desk";
    this.link = { state: "online", at: 0 };
  }

  #retrying(at) {
    if (this.screen === "sign-in") {
      this.leave("unreachable");
      return;
    }
    this.link = { state: "offline", at };
    this.#disconnected();
    this.changed();
  }

  #stopped(code) {
    if (code === 4501) this.leave("expired");
    else if (code === 4503) this.leave("signedOutElsewhere");
    else this.leave("refusedByServer");
  }

  #disconnected() {
    for (const c of this.conversations.values()) {
      c.watched = false;
      c.catching = false;
      c.typingUntil = 0;
      this.outbox.broken(c);
    }
  }

  /* ---- frames --------------------------------------------------------- */

  hear(frame) {
    if (!Object.hasOwn(frames, frame.type)) return;
    frames[frame.type](this, frame);
    this.changed();
  }

  conversation(id) {
    let found = this.conversations.get(id);
    if (!found) {
      found = new Conversation(id);
      this.conversations.set(id, found);
    }
    return found;
  }

  /** Nothing of a conversation is kept that is neither listed nor open. */
  drop(conversation) {
    if (conversation.id === this.selected || conversation.listed) return;
    conversation.forgetAll();
    this.conversations.delete(conversation.id);
  }

  watch(conversation) {
    if (conversation.watched || conversation.ended) return;
    conversation.watched = this.connection.send({
      type: "watch",
      conversation: conversation.id,
      ...(conversation.epoch ? { epoch: conversation.epoch } : {}),
      last: conversation.last,
      ref: `watch:${conversation.id}`,
    });
    conversation.catching = conversation.watched;
  }

  /** After a `list`: join what is ours and what is open. */
  watchAll() {
    if (!this.current) this.open(null);
    if (this.current && !this.current.gone) this.watch(this.current);
    for (const c of this.mine.slice(0, WATCH_AHEAD)) this.watch(c);
  }

  fetch(conversation) {
    conversation.catching = this.connection.send({
      type: "fetch",
      conversation: conversation.id,
      after: conversation.last,
    });
  }

  /** Tell how far we have got; `read` only where the agent can see it. */
  mark(conversation) {
    const { told, last } = conversation;
    if (!conversation.mine || !conversation.watched || last === 0) return;
    const which = this.#looking(conversation) ? "read" : "delivered";
    if (told[which] >= last || told.read >= last) return;
    if (!this.#tell(which, conversation, last)) return;
    told[which] = last;
    const read = which === "read" ? last : 0;
    conversation.seen("agent", { delivered: last, read });
  }

  #looking(conversation) {
    return (
      conversation.id === this.selected &&
      document.visibilityState === "visible" &&
      document.hasFocus()
    );
  }

  #tell(type, conversation, number) {
    return this.connection.send({
      type,
      conversation: conversation.id,
      number,
    });
  }

  /* ---- what the agent does -------------------------------------------- */

  open(wanted) {
    const before = this.current;
    const id = this.conversations.has(wanted) ? wanted : null;
    if (before && before.id === id) return;
    this.selected = id;
    memory.open = id;
    if (before) this.#left(before);
    const now = this.current;
    if (now) {
      now.fresh = false;
      now.markUnread();
      if (!now.gone) this.watch(now);
      this.mark(now);
    }
    this.changed();
  }

  #left(conversation) {
    conversation.unreadFrom = 0;
    this.unwatch(conversation);
    this.drop(conversation);
  }

  /** Stop following what is neither ours nor open. */
  unwatch(conversation) {
    if (conversation.mine || conversation.id === this.selected) return;
    if (!conversation.watched || conversation.ended) return;
    this.connection.send({ type: "unwatch", conversation: conversation.id });
    conversation.watched = false;
    conversation.forget();
  }

  ask(type, conversation) {
    const ref = `${type}:${conversation.id}`;
    conversation.taking = type === "take";
    return this.connection.send({ type, conversation: conversation.id, ref });
  }

  say(conversation, text) {
    conversation.write(text);
    conversation.draft = "";
    conversation.unreadFrom = 0;
    this.#typedAt = 0;
    this.outbox.next(conversation);
    this.changed();
  }

  /** Send what has been uploaded; a draft stays as it is. */
  attach(conversation, told) {
    if (!conversation.mine) return;
    const rich = { kind: "attachment", ...told };
    conversation.write("", { attachment: told.id, rich });
    this.outbox.next(conversation);
    this.changed();
  }

  types(conversation, on) {
    const now = performance.now();
    if (on && this.#typedAt && now - this.#typedAt < TYPING_EVERY) return;
    if (!on && !this.#typedAt) return;
    this.#typedAt = on ? now : 0;
    this.connection.send({ type: "typing", conversation: conversation.id, on });
  }

  /** The window came to the front: what is open has now been seen. */
  looked() {
    if (!this.current) return;
    this.mark(this.current);
    this.changed();
  }

  /** Once a second: texts whose time may be up must not stay on a page
   * that cannot ask whether they still exist. */
  tick() {
    if (this.online) return;
    for (const c of this.conversations.values()) {
      if (c.hidden || !(server.now() > c.summary.ends_at + GRACE)) continue;
      c.hidden = true;
      c.forget();
      delete c.summary.preview;
      this.changed();
    }
  }
}
