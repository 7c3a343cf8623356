// Messages on their way: kept until the server says that they are on its disk.

// One at a time: a refusal can then never change the order.
const ACK_WITHIN = 15_000;
const LONGEST_PAUSE = 30_000;

const TRANSIENT = new Set(['too_fast', 'unavailable']);

// `say(frame)` tells whether it could; `stuck()`: an ack is overdue.
export class Outbox {
  items = [];

  #asked = null;

  #timer;

  #pause = 1000;

  #order = 0;

  constructor({ keep, say, stuck, changed }) {
    Object.assign(this, { keep, say, stuck, changed });
  }

  // Takes over what an earlier page could not get rid of.
  restore() {
    this.items = this.keep.unsent().map((item) => ({
      ...item, author: 'customer', state: 'sending',
    }));
  }

  add(said, at) {
    const item = {
      ...said, id: newId(), at, order: this.#order += 1,
      author: 'customer', state: 'sending',
    };
    this.items.push(item);
    this.keep.put(item.id, item);
    return item;
  }

  pump() {
    if (this.#asked) return;
    const item = this.items.find(({ state }) => state === 'sending');
    if (!item) return;
    const { id, text, answers, postback, attachment, terms } = item;
    const said = { id, text, answers, postback, attachment, terms };
    if (!this.say({ type: 'send', ...said })) return;
    this.#asked = item.id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.stuck, ACK_WITHIN);
  }

  // Whether the last one arrived need not be known: same id, same message.
  lost() {
    clearTimeout(this.#timer);
    this.#asked = null;
  }

  // It is on the server's disk.
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

  // `more`: what it lacked.
  retry(id, more) {
    const item = this.items.find((each) => each.id === id);
    if (!item) return;
    Object.assign(item, { state: 'sending', reason: null, ...more });
    this.keep.put(id, item);
    this.changed();
    this.pump();
  }

  discard(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.keep.drop(id);
    this.changed();
  }

  // The conversation is over.
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
