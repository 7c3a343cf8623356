// What the browser keeps: nothing before the first message, nothing after the
// end. `session` {token, started, ending}, `open`, and `out.<id>` for each
// message without an ack: one entry each, so that tabs overwrite nothing.

export class Keepsake {
  #storage;

  #prefix;

  constructor(storage, channel) {
    this.#storage = storage;
    this.#prefix = `dayfly.${channel}.`;
  }

  get session() {
    const session = this.#read('session');
    return typeof session?.token === 'string' ? session : null;
  }

  set session(session) {
    this.#write('session', session);
  }

  get open() {
    return this.#read('open') === true;
  }

  set open(open) {
    if (this.session) this.#write('open', open);
  }

  put(id, { state, reason, ...said }) {
    this.#write(`out.${id}`, said);
  }

  drop(id) {
    this.#storage?.removeItem(`${this.#prefix}out.${id}`);
  }

  unsent() {
    return this.#names()
      .filter((name) => name.startsWith('out.'))
      .map((name) => ({ id: name.slice(4), ...this.#read(name) }))
      .filter(({ text }) => typeof text === 'string')
      .sort((a, b) => a.at - b.at || a.order - b.order);
  }

  clear() {
    for (const name of this.#names()) {
      this.#storage.removeItem(this.#prefix + name);
    }
  }

  // Calls `changed(session)` when another tab starts or forgets a conversation.
  watch(changed) {
    window.addEventListener('storage', ({ key }) => {
      if (key === null || key === `${this.#prefix}session`) {
        changed(this.session);
      }
    });
  }

  #names() {
    return Object.keys(this.#storage ?? {})
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => key.slice(this.#prefix.length));
  }

  #read(name) {
    try {
      return JSON.parse(this.#storage.getItem(this.#prefix + name));
    } catch {
      return null;
    }
  }

  // Without storage the chat lives as long as its page.
  #write(name, value) {
    try {
      this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
    } catch {
      // Full or blocked.
    }
  }
}

// Blocked storage throws on being looked at, not only on being used.
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
