// What interrupts the chat: a lost connection.
import { make } from './dom.js';

// A short break is nobody's business.
const PATIENCE = 1500;

export class ConnectionNotice {
  #timer;

  constructor({ words, reconnect }) {
    this.words = words;
    this.text = make('span');
    this.button = make('button', {
      type: 'button', class: 'plain', text: words.reconnect, onclick: reconnect,
    });
    this.bar = make('div', { class: 'notice', hidden: true },
      make('i', { class: 'spinner' }), this.text, this.button);
    this.root = make('div', { role: 'status' }, this.bar);
  }

  show(status, before) {
    if (this.status === status) return;
    const quiet = status === 'ready' || status === 'idle';
    this.status = status;
    clearTimeout(this.#timer);
    if (quiet || this.bar.hidden) this.bar.hidden = true;
    if (quiet) return;
    const put = () => {
      const { words } = this;
      const stopped = status === 'stopped';
      this.text.textContent = stopped ? words.stopped
        : before ? words.reconnecting : words.connecting;
      this.bar.classList.toggle('stopped', stopped);
      this.button.hidden = !stopped;
      this.bar.hidden = false;
    };
    if (this.bar.hidden && status !== 'stopped') {
      // Not begun anew by each try, or a dead line would never be told of.
      this.since ??= Date.now();
      this.#timer = setTimeout(put, PATIENCE - (Date.now() - this.since));
    } else put();
  }

  calm() {
    this.since = null;
  }
}
