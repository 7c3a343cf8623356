// The line to the page around: it learns that something happened, never what
// was said. Only the server's own origin and the channel's may speak.
export class Bridge {
  #page = null;

  #attached;

  constructor({ origins, heard }) {
    Object.assign(this, { heard });
    const allowed = new Set([window.location.origin, ...origins]);
    this.attached = new Promise((resolve) => { this.#attached = resolve; });
    // Opened by itself, in a tab of its own, the frame is its own page.
    this.alone = window.parent === window;
    if (this.alone) {
      this.#attached({});
      return;
    }
    window.addEventListener('message', ({ source, origin, data }) => {
      if (source !== window.parent || !allowed.has(origin)) return;
      if (data?.dayfly !== 1 || typeof data.type !== 'string') return;
      this.#page ??= origin;
      if (data.type === 'attach') this.#attached(data);
      else heard(data);
    });
  }

  say(message) {
    if (!this.#page) return;
    window.parent.postMessage({ dayfly: 1, ...message }, this.#page);
  }

  tell(name, detail) {
    this.say({ type: 'event', name, detail });
  }
}
