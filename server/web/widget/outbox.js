// Messages on their way: kept until the server says that they are on its disk.

// One at a time: a refusal for being too fast can then never change the order
// in which a person wrote, and a conversation between people needs no more.
const ACK_WITHIN = 15_000;
const LONGEST_PAUSE = 30_000;

const TRANSIENT = new Set(['too_fast', 'unavailable']);

// `say(frame)` sends and tells whether it could; `stuck()` is called when an
// ack is overdue; `changed()` whenever an item is to be shown differently.
export class Outbox {
  items = [];

  #asked = null;

  #timer;

  #pause = 1000;

  #order = 0;

  constructor({ keep, say, stuck, changed }) {
    Object.assign(this, { keep, say, stuck, changed });
  }

  // Takes over what an earlier page, or a closed tab, could not get rid of.
  restore() {
    this.items = this.keep.unsent().map((item) => ({
      ...item, author: 'customer', state: 'sending',
    }));
  }

  add(text, at) {
    const item = {
      id: newId(), text, at, order: this.#order += 1,
      author: 'customer', state: 'sending',
    };
    this.items.push(item);
    this.keep.put(item.id, item);
    return item;
  }

  // Sends the first one that waits, if none is under way.
  pump() {
    if (this.#asked) return;
    const item = this.items.find(({ state }) => state === 'sending');
    if (!item) return;
    if (!this.say({ type: 'send', id: item.id, text: item.text })) return;
    this.#asked = item.id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.stuck, ACK_WITHIN);
  }

  // The connection is gone; whether the last one arrived is not known, and
  // need not be: the same id is the same message.
  lost() {
    clearTimeout(this.#timer);
    this.#asked = null;
  }

  // Takes a message off the list that is known to be on the server's disk.
  arrived(id) {
    const item = this.items.find((each) => each.id === id);
    if (!item) return;
    this.items = this.items.filter((each) => each !== item);
    this.keep.drop(id);
    this.#pause = 1000;
    if (this.#asked === id) this.lost();
    this.pump();
  }

  // Returns whether the refusal was about a message of this list.
  refused({ ref, code, retry_after: after }) {
    const item = this.items.find(({ id }) => id === ref);
    if (!item) return false;
    this.lost();
    if (TRANSIENT.has(code)) {
      this.#timer = setTimeout(() => this.pump(),
        after ? after * 1000 : this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
      return true;
    }
    this.#fail(item, code);
    this.pump();
    return true;
  }

  retry(id) {
    const item = this.items.find((each) => each.id === id);
    if (!item) return;
    Object.assign(item, { state: 'sending', reason: null });
    this.keep.put(id, item);
    this.changed();
    this.pump();
  }

  discard(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.keep.drop(id);
    this.changed();
  }

  // The conversation is over: what was not sent by now never will be.
  close() {
    this.lost();
    for (const item of this.items) this.#fail(item, 'conversation_ended');
  }

  empty() {
    this.lost();
    this.items = [];
  }

  #fail(item, reason) {
    Object.assign(item, { state: 'failed', reason });
    this.keep.drop(item.id);
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
