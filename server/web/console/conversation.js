/* What the console knows of one conversation, and nothing of how it looks.
 *
 * Rules of this file
 *   1. `last` is the highest number held *without a gap*; it is what a
 *      reconnect resumes from, so nothing else may move it.
 *   2. A reply keeps its id from the first attempt to its ack: the server
 *      then takes it once, however often it is sent.
 *   3. `forget` drops every text: the page must not outlive the server's
 *      memory. It is called on `gone`, on sign-out and when in doubt.
 */

import { server } from "./times.js";

const SHOWN = 200;
const TYPING_LASTS = 10_000;
/* Deadlines nearer to each other than this are the same one. */
const SAME_MOMENT = 1000;

/** 128 random bits as base64url: says nothing, collides never. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export class Conversation {
  summary = {};
  listed = false;
  fresh = false;

  taking = false;
  watched = false;
  catching = false;
  epoch = null;
  last = 0;
  messages = new Map();
  shown = SHOWN;

  /* What the server knows of the customer's surroundings. */
  context = null;
  /* Files on their way, and where to get those that are there. */
  files = null;

  outbox = [];
  draft = "";
  typingUntil = 0;
  unreadFrom = 0;
  told = { delivered: 0, read: 0 };

  warned = false;
  ended = null;
  gone = null;
  hidden = false;

  constructor(id) {
    this.id = id;
  }

  /** Four characters to tell one anonymous customer from another. */
  get mark() {
    return this.id.replace(/[^A-Za-z0-9]/g, "").slice(0, 4).toUpperCase();
  }

  get hue() {
    let sum = 0;
    for (const c of this.id) sum = (sum * 31 + c.charCodeAt(0)) % 8;
    return sum;
  }

  get phase() {
    if (this.gone) return "gone";
    return this.ended ? "ending" : this.summary.phase;
  }

  get mine() {
    return Boolean(this.summary.mine) && this.phase === "active";
  }

  get highest() {
    return Math.max(this.last, this.summary.last ?? 0);
  }

  get typing() {
    return this.typingUntil > server.now() && !this.ended;
  }

  get marks() {
    return this.summary.customer_seen ?? { delivered: 0, read: 0 };
  }

  get agentMarks() {
    return this.summary.agent_seen ?? { delivered: 0, read: 0 };
  }

  /** Messages the agent has not seen; exact where we hold them. */
  get unread() {
    if (!this.mine) return 0;
    const { read } = this.agentMarks;
    if (!this.watched || this.catching) return Math.max(0, this.highest - read);
    let count = 0;
    for (let n = this.last; n > read; n--) {
      if (this.messages.get(n)?.author === "customer") count++;
    }
    return count;
  }

  /** What was chosen from which message: by its number, the answer. */
  get answers() {
    const chosen = new Map();
    for (const message of this.messages.values()) {
      if (message.answers) chosen.set(message.answers, message);
    }
    return chosen;
  }

  /** Answers that the customer has not seen, of those we hold. */
  get unreadByCustomer() {
    let count = 0;
    for (let n = this.last; n > this.marks.read; n--) {
      const { author, note } = this.messages.get(n) ?? {};
      if (author && author !== "customer" && !note) count++;
    }
    return count;
  }

  /** The newest message we hold, if we hold it. */
  get newest() {
    return this.messages.get(this.last) ?? null;
  }

  /** Take in what the server says now; marks only grow. */
  learn(summary) {
    const { customer_seen: c, agent_seen: a } = this.summary;
    const moved = Math.abs(summary.ends_at - this.summary.ends_at);
    if (moved > SAME_MOMENT) this.warned = false;
    this.summary = { ...summary };
    this.#grow("customer_seen", c);
    this.#grow("agent_seen", a);
    if (summary.phase === "active" && !summary.mine) this.fresh = false;
  }

  seen(by, marks) {
    this.#grow(by === "customer" ? "customer_seen" : "agent_seen", marks);
  }

  #grow(which, marks) {
    const now = this.summary[which] ?? { delivered: 0, read: 0 };
    this.summary[which] = {
      delivered: Math.max(now.delivered, marks?.delivered ?? 0),
      read: Math.max(now.read, marks?.read ?? 0),
    };
  }

  /** Keep a message; true if there is a gap before it. */
  hear(message) {
    this.messages.set(message.number, message);
    this.outbox = this.outbox.filter((reply) => reply.id !== message.id);
    while (this.messages.has(this.last + 1)) this.last++;
    this.summary.last = Math.max(this.summary.last ?? 0, message.number);
    this.summary.last_at = Math.max(this.summary.last_at ?? 0, message.at);
    if (message.author === "customer") this.typingUntil = 0;
    return message.number > this.last;
  }

  types(on) {
    this.typingUntil = on ? server.now() + TYPING_LASTS : 0;
  }

  /** The newest `shown` messages, oldest first. */
  visible() {
    const rows = [];
    const from = Math.max(1, this.last - this.shown + 1);
    for (let n = from; n <= this.last; n++) {
      const message = this.messages.get(n);
      if (message) rows.push(message);
    }
    return rows;
  }

  get hasEarlier() {
    return this.last > this.shown;
  }

  showEarlier() {
    this.shown += SHOWN;
  }

  /** Where the "new" line goes: before the first thing not yet seen. */
  markUnread() {
    const { read } = this.agentMarks;
    this.unreadFrom = 0;
    /* Where nothing has been read everything is new: no line needed. */
    if (read === 0 || !this.mine) return;
    for (let n = read + 1; n <= this.last; n++) {
      if (this.messages.get(n)?.author !== "customer") continue;
      this.unreadFrom = n;
      return;
    }
  }

  /** `more`: the attachment that goes along, if one does. */
  write(text, more = {}) {
    const reply = { id: freshId(), text, at: server.now(), state: "waiting", ...more };
    this.outbox.push(reply);
    return reply;
  }

  /** Drop the transcript; it can be had again while the server has it. */
  forget() {
    this.messages.clear();
    this.last = 0;
    this.epoch = null;
    this.unreadFrom = 0;
    this.typingUntil = 0;
  }

  /** Drop every text; what is left is what a receipt may say. */
  forgetAll() {
    this.forget();
    delete this.summary.preview;
    this.outbox = [];
    this.draft = "";
    this.context = null;
    this.files?.uploads.clear();
    this.files = null;
  }
}
