// What the browser keeps for the customer: nothing before the first message is
// sent, nothing after the conversation has ended. The only file that touches
// the browser's storage; tabs of the same site share it.
//
//   dayfly.<channel>.session   {token, started, ending}
//   dayfly.<channel>.open      whether the panel is open
//   dayfly.<channel>.out.<id>  {text, at, order}: a message without an ack yet.
//       One entry each, so that two tabs never overwrite one another's.

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

  // The panel's state is worth a trace only while there is a conversation.
  set open(open) {
    if (this.session) this.#write('open', open);
  }

  put(id, { text, at, order }) {
    this.#write(`out.${id}`, { text, at, order });
  }

  drop(id) {
    this.#storage?.removeItem(`${this.#prefix}out.${id}`);
  }

  // The messages without an ack, in the order in which they were written.
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

  // A browser that refuses to store leaves a chat that lives in its page only.
  #write(name, value) {
    try {
      this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
    } catch {
      // Private mode, a full disk or blocked storage: nothing else can be done.
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
