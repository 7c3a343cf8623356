// What interrupts the chat: lost connection, the end coming near, the end.
import { icon, make } from './dom.js';
import { fill } from './strings.js';

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

export class DeadlineNotice {
  #clock;

  constructor({ words, stay }) {
    this.words = words;
    this.seconds = make('span', { 'aria-hidden': 'true' });
    this.spoken = make('span', { class: 'sr' });
    this.bar = make('div', { class: 'notice deadline', hidden: true },
      icon('clock'), this.seconds, this.spoken,
      make('button', {
        type: 'button', class: 'small', text: words.stay, onclick: stay,
      }));
    this.root = make('div', { role: 'alert' }, this.bar);
  }

  // `endsAt` is on this machine's clock; null takes the notice down.
  show(endsAt) {
    if (this.endsAt === endsAt) return;
    this.endsAt = endsAt;
    clearInterval(this.#clock);
    this.bar.hidden = endsAt === null;
    this.spoken.textContent = endsAt === null ? '' : this.words.soon_spoken;
    if (endsAt === null) return;
    const tick = () => {
      const n = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
      this.seconds.textContent = fill(this.words.soon, { n });
    };
    tick();
    this.#clock = setInterval(tick, 1000);
  }
}

export class EndQuestion {
  constructor({ words, name, end, closed }) {
    this.closed = closed;
    this.no = make('button', {
      type: 'button', class: 'second', text: words.end_no,
      onclick: () => this.close(),
    });
    const yes = make('button', {
      type: 'button', class: 'danger', text: words.end_yes,
      onclick: () => { this.close(); end(); },
    });
    this.root = make('div', {
      class: 'card question', role: 'alertdialog', hidden: true,
      'aria-labelledby': 'question', 'aria-describedby': 'meaning',
      onkeydown: (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        this.close();
      },
    },
      make('h2', { id: 'question', text: words.end_question }),
      make('p', { id: 'meaning', text: fill(words.end_meaning, { name }) }),
      make('div', { class: 'choices' }, this.no, yes));
  }

  ask() {
    this.root.hidden = false;
    this.no.focus();
  }

  close() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.closed();
  }
}

export class Farewell {
  constructor({ words, time, again }) {
    Object.assign(this, { words, time });
    this.body = make('div');
    this.root = make('section', {
      class: 'card farewell', hidden: true, 'aria-labelledby': 'farewell',
    }, this.body, make('button', {
      type: 'button', class: 'first', text: words.again, onclick: again,
    }));
    this.spoken = make('p', { class: 'sr', role: 'status' });
  }

  show(phase, receipt) {
    const over = phase === 'ended' || phase === 'gone';
    this.root.hidden = !over;
    const key = over ? phase : '';
    if (this.key === key) return;
    this.key = key;
    this.spoken.textContent = '';
    if (!over) return;
    const { words } = this;
    const gone = phase === 'gone';
    const { by, erased, goneAt } = receipt;
    const facts = erased === undefined ? '' : fill(
      erased === 1 ? words.receipt_one : words.receipt,
      { n: erased, time: this.time.format(goneAt) });
    this.body.replaceChildren(
      icon(gone ? 'done' : 'clock'),
      make('h2', { id: 'farewell', text: words.ended }),
      make('p', { class: 'deleted', text: gone ? words.deleted : words.ending }),
      ...(facts ? [make('p', { class: 'facts', text: facts })] : []),
      make('p', { class: 'small-print', text:
        [words[`by_${by}`], words.leftover].filter(Boolean).join(' ') }));
    this.spoken.textContent = [words.ended, gone ? words.deleted : '', facts]
      .join(' ');
  }
}
