// Who writes at the moment, on either side.

const EVERY = 4000;
const SHOWN_FOR = 10_000;

// `say(frame)`: tell the server; `changed()`: `who` is another.
export class Typing {
  // Of the other side: `{name}`, or null.
  who = null;

  #told = 0;

  #clock;

  constructor({ say, changed }) {
    Object.assign(this, { say, changed });
  }

  tell(on) {
    const now = Date.now();
    if (on ? now - this.#told <= EVERY : !this.#told) return;
    this.#told = on ? now : 0;
    this.say({ type: 'typing', on });
  }

  // What was being written has been sent.
  sent() {
    this.#told = 0;
  }

  hear({ name, on }) {
    clearTimeout(this.#clock);
    this.who = on ? { name } : null;
    this.#clock = setTimeout(() => {
      this.who = null;
      this.changed();
    }, SHOWN_FOR);
  }

  stop() {
    this.who = null;
  }
}
