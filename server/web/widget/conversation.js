// The conversation as this window knows it (docs/protocol.md, 2 to 4).
import { Outbox } from './outbox.js';
import { Typing } from './typing.js';

const MARKS = { delivered: 0, read: 0 };

// What the other side said, and the customer is to see.
const isNews = ({ author, note }) => author !== 'customer' && !note;

// `changed()`: show it anew; `told(name, detail)`: what the page may learn;
// `create()`: a token that the page got for it; `arrived()`: it is connected.
export class Conversation {
  watched = false;

  // Positive while the server's clock is ahead of this machine's.
  skew = 0;

  #reset = { phase: 'none', agent: null, deadline: null };

  #made = null;

  constructor({ language, link, ...means }) {
    Object.assign(this, { language, link, ...means });
    const { keep, changed } = means;
    this.typing = new Typing({ changed, say: (frame) => link.say(frame) });
    this.outbox = new Outbox({
      keep, changed, say: (frame) => this.welcomed && link.say(frame),
      stuck: () => link.restart(),
    });
    this.#begin(keep.session);
    this.outbox.restore();
  }

  get started() {
    return this.session.started || this.outbox.items.length > 0
      || this.messages.length > 0;
  }

  get over() {
    return this.phase === 'ended' || this.phase === 'gone';
  }

  // The highest number held without a gap.
  get last() {
    return this.messages.length;
  }

  get #news() {
    const { read } = this.seen.customer;
    return this.messages.filter((message) =>
      isNews(message) && message.number > read);
  }

  get unread() {
    return this.#news.length;
  }

  // The first message that the customer has not seen.
  get newFrom() {
    return this.#news[0]?.number ?? null;
  }

  // Who answers while no agent does.
  get application() {
    return this.messages.findLast(({ author, name }) =>
      author === 'application' && name)?.name ?? null;
  }

  #begin(session) {
    this.session = session ?? { token: null, started: false, ending: false };
    Object.assign(this, this.#reset);
    this.typing.stop();
    this.#made = null;
    this.welcomed = false;
    this.behind = false;
    this.messages = [];
    this.held = new Map();
    this.seen = { customer: { ...MARKS }, agent: { ...MARKS } };
    this.epoch = null;
    this.receipt = null;
    this.holdings = null;
    this.limit = 4000;
  }

  // What the person does

  // `more`: what goes with the words: the choice made, or an attachment.
  write(text, more = {}) {
    const first = !this.started;
    this.adopt(this.keep.session);
    this.outbox.add({ text, ...more }, Date.now());
    // Now, not at the ack: a page switch in between would orphan the message.
    if (first) this.#save();
    this.typing.sent();
    this.connect();
    this.outbox.pump();
    this.changed();
  }

  type(on) {
    if (this.session.started) this.typing.tell(on);
  }

  read() {
    if (this.over || this.unread === 0) return;
    this.seen.customer.read = this.last;
    this.seen.customer.delivered = this.last;
    this.say({ type: 'read', number: this.last });
    this.#tellUnread();
  }

  stay() {
    this.say({ type: 'stay' });
  }

  // Without a connection the wish is kept for the next one. `forget`: have all
  // else that is held erased, too, also where nothing was said yet.
  end(how = 'end') {
    if (this.over) return;
    if (how === 'end' && !this.started) {
      this.forget();
      return;
    }
    this.session.ending = how;
    if (this.started) this.#save();
    this.outbox.close();
    this.connect();
    this.#sayEnd();
    this.changed();
  }

  #sayEnd() {
    const type = this.session.ending === 'forget' ? 'forget' : 'end';
    this.say({ type, ref: type });
  }

  // Leaves what is over, or was never begun.
  forget() {
    this.link.stop();
    this.outbox.empty();
    this.keep.clear();
    this.#begin(null);
    if (this.watched) this.connect();
    this.changed();
  }

  // A closed panel has a connection only for what has begun.
  watch(open) {
    this.watched = open;
    this.keep.open = open;
    if (open && !this.over) this.connect();
    if (!open && !this.started) this.forget();
  }

  // Joins what another tab has begun, unless this one has its own.
  adopt(session) {
    if (!session || session.token === this.session.token) {
      if (session) this.session = session;
      return;
    }
    if (this.session.started) return;
    this.#begin(session);
    this.link.restart();
    this.changed();
  }

  // Without a token, the page is asked first whether it has one.
  async connect() {
    const { session } = this;
    if (!session.token) {
      this.#made ??= this.create();
      const token = await this.#made;
      if (session !== this.session) return;
      if (token && typeof token === 'string') session.token ??= token;
    }
    this.link.start();
  }

  // What the connection says

  opened() {
    const { token } = this.session;
    this.link.say({
      type: 'hello', client: 'dayfly-widget/1', language: this.language,
      ...(token && { token, last: this.last }),
      ...(token && this.epoch && { epoch: this.epoch }),
    });
  }

  lost() {
    this.welcomed = false;
    this.typing.stop();
    this.outbox.lost();
  }

  hear(frame) {
    // A type without a method is one of a newer server.
    this[`on_${frame.type}`]?.(frame);
    this.changed();
  }

  on_welcome({ token, summary, limits, notice, now_at: now }) {
    this.welcomed = true;
    this.notice = notice ?? null;
    this.skew = now - Date.now();
    this.limit = limits.text;
    if (token) this.session.token = token;
    if (summary.last > 0) this.session.started = true;
    this.phase = summary.phase;
    this.agent = summary.agent ?? null;
    this.epoch = summary.epoch;
    this.behind = true;
    this.deadline = null;
    if (this.id !== summary.conversation) {
      this.id = summary.conversation;
      this.told('session', {
        conversation: this.id, resumed: this.session.started,
      });
    }
    this.arrived();
    this.#see('customer', summary.customer_seen);
    this.#see('agent', summary.agent_seen);
    if (this.outbox.items.length > 0) this.#save();
    if (this.session.ending) this.#sayEnd();
    else this.outbox.pump();
  }

  on_history({ messages, more }) {
    this.behind = Boolean(more);
    for (const message of messages) this.#take(message);
    if (more) this.say({ type: 'fetch', after: this.last });
    else this.#mark();
    this.#tellUnread();
  }

  on_message(message) {
    const { last } = this;
    this.#take(message);
    if (this.last === last) return;
    if (message.author === 'customer') return;
    this.typing.stop();
    this.say({ type: 'delivered', number: this.last });
    if (!isNews(message)) return;
    this.#tellUnread();
    this.told('message', { unread: this.unread });
  }

  on_ack({ id, number, at, text }) {
    const item = this.outbox.items.find((each) => each.id === id);
    const first = !this.session.started;
    if (item) {
      this.#take({ ...item, number, at, text: text ?? item.text });
    }
    if (!first) return;
    this.session.started = true;
    this.#save();
    this.told('started', {});
  }

  on_resync({ epoch }) {
    this.epoch = epoch;
    this.messages = [];
    this.held.clear();
    this.behind = true;
  }

  on_typing(frame) {
    if (frame.author !== 'customer') this.typing.hear(frame);
  }

  // The account's application wants the page to do something.
  on_event({ name, data }) {
    this.told('event', { name, data: data ?? {} });
  }

  on_seen({ by, delivered, read }) {
    this.#see(by, { delivered, read });
    if (by === 'customer') this.#tellUnread();
  }

  on_state({ phase, agent }) {
    this.phase = phase === 'ending' ? this.phase : phase;
    this.agent = agent ?? null;
    if (!agent) this.typing.stop();
  }

  on_deadline({ ends_at: endsAt, warn }) {
    this.deadline = warn ? endsAt : null;
  }

  // Where the channel keeps what has ended, no receipt will follow.
  on_ended({ by, kept, kept_until: keptUntil }) {
    this.#finish('ended', { by, kept, keptUntil });
    if (kept) this.link.stop();
  }

  on_holdings(frame) {
    this.holdings = frame;
  }

  on_gone({ at, messages }) {
    this.#finish('gone', { ...this.receipt, goneAt: at, erased: messages });
    this.link.stop();
  }

  on_refused(frame) {
    const { code, ref } = frame;
    if (code === 'session_unknown') this.#unknown();
    else if (code === 'conversation_ended') this.outbox.close();
    else if (ref === 'forget') this.#stays();
    else this.outbox.refused(frame);
    this.refusal = frame;
    // The terms have become others: the next welcome brings them.
    if (code === 'terms_needed') this.link.restart();
    this.told('error', { code });
  }

  // It ended while nobody here listened, or it never began: then what was
  // written begins a new one.
  #unknown() {
    const { started } = this.session;
    const shown = this.messages.length > 0 || this.outbox.items.length > 0;
    if (this.session.ending || (started && shown)) {
      this.#finish('gone', {});
      this.link.stop();
      return;
    }
    const { items } = this.outbox;
    if (started) this.keep.clear();
    this.#begin(null);
    if (items.length > 0) this.#save();
    if (started) this.told('ended', {});
    if (this.watched || items.length > 0) this.opened();
    else this.link.stop();
  }

  // It could not be erased.
  #stays() {
    this.session.ending = false;
    if (this.started) this.#save();
  }

  // Who has everything erased does not want it on the screen either.
  #finish(phase, receipt) {
    if (!this.over) this.told('ended', { by: receipt.by });
    const all = this.session.ending === 'forget' || receipt.all;
    Object.assign(this, this.#reset, { phase, receipt: { ...receipt, all } });
    this.typing.stop();
    if (all) {
      this.messages = [];
      this.outbox.empty();
    }
    this.session = { token: null, started: true, ending: false };
    this.outbox.close();
    this.keep.clear();
    this.told('unread', { unread: 0 });
  }

  // What comes too early waits: the list never shows a hole.
  #take(message) {
    if (message.number > this.last) this.held.set(message.number, message);
    while (this.held.has(this.last + 1)) {
      const next = this.held.get(this.last + 1);
      this.held.delete(next.number);
      this.messages.push({ ...next, state: 'sent' });
    }
    if (this.held.size > 0 && !this.behind) {
      this.behind = true;
      this.say({ type: 'fetch', after: this.last });
    }
    if (message.author === 'customer') this.outbox.arrived(message.id);
  }

  #mark() {
    const { read } = this.seen.customer;
    if (this.last > 0) this.say({ type: 'delivered', number: this.last });
    if (read > 0) this.say({ type: 'read', number: read });
  }

  #see(by, marks) {
    const held = this.seen[by];
    held.read = Math.max(held.read, marks?.read ?? 0);
    held.delivered = Math.max(held.delivered, marks?.delivered ?? 0, held.read);
  }

  say(frame) {
    if (this.welcomed) this.link.say(frame);
  }

  #save() {
    if (!this.session.token) return;
    this.keep.session = this.session;
    this.keep.open = this.watched;
  }

  #tellUnread() {
    this.told('unread', { unread: this.unread });
  }
}
