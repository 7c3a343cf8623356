// The end of a chat: the warning that it is near, the question before, what is
// left to say after. Loaded once there is something to end.
import { closingWords } from './closing-words.js';
import { dress, icon, make } from './dom.js';
import { fill, lasting } from './strings.js';

// `retention`: milliseconds for which the channel keeps what has ended.
export async function prepare({
  words, locale, name, time, retention, end, closed, again, stay,
}) {
  await dress('closing');
  const all = { ...words, ...closingWords(locale) };
  return {
    deadline: new DeadlineNotice({ words: all, stay }),
    question: new Question({
      id: 'end', closed, act: end, heading: all.end_question,
      meaning: fill(retention ? all.end_meaning_kept : all.end_meaning,
        { name, time: lasting(retention, locale) }),
      yes: retention ? all.end : all.end_yes, no: all.end_no,
    }),
    farewell: new Farewell({ words: all, locale, time, again }),
  };
}

class DeadlineNotice {
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

// Asked over everything else; Escape and the first button say no.
export class Question {
  constructor({ id, heading, meaning, yes, no, act, closed }) {
    this.closed = closed;
    this.no = make('button', {
      type: 'button', class: 'second', text: no, onclick: () => this.close(),
    });
    const names = [`${id}-question`, `${id}-meaning`];
    this.root = make('div', {
      class: 'card question', role: 'alertdialog', hidden: true,
      'aria-labelledby': names[0], 'aria-describedby': names[1],
      onkeydown: (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        this.close();
      },
    },
      make('h2', { id: names[0], text: heading }),
      make('p', { id: names[1], text: meaning }),
      make('div', { class: 'choices' }, this.no, make('button', {
        type: 'button', class: 'danger', text: yes,
        onclick: () => { this.close(); act(); },
      })));
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

// `1 message erased at 14:32`; empty if nobody here heard it.
export function receiptOf({ erased, goneAt }, words, time) {
  return erased === undefined ? '' : fill(
    erased === 1 ? words.receipt_one : words.receipt,
    { n: erased, time: time.format(goneAt) });
}

class Farewell {
  constructor({ words, locale, time, again }) {
    Object.assign(this, { words, time });
    this.date = new Intl.DateTimeFormat(locale,
      { dateStyle: 'long', timeStyle: 'short' });
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
    const { by, kept } = receipt;
    const gone = phase === 'gone';
    const facts = receiptOf(receipt, words, this.time);
    const fate = kept ? this.#kept(receipt)
      : !gone ? words.ending
        : receipt.all ? words.all_deleted : words.deleted;
    const left = kept || receipt.all ? '' : words.leftover;
    this.body.replaceChildren(
      icon(gone ? 'done' : 'clock'),
      make('h2', { id: 'farewell', text: words.ended }),
      make('p', { class: 'deleted', text: fate }),
      ...(facts ? [make('p', { class: 'facts', text: facts })] : []),
      make('p', { class: 'small-print', text:
        [words[`by_${by}`], left].filter(Boolean).join(' ') }));
    this.spoken.textContent = [words.ended, gone || kept ? fate : '', facts]
      .join(' ');
  }

  #kept({ keptUntil }) {
    const { words, date } = this;
    return keptUntil
      ? fill(words.kept_until, { date: date.format(keptUntil) }) : words.kept;
  }
}
