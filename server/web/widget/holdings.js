// What is held about the customer at this moment, and what can be done about
// it. Loaded by who asks; stores nothing.
import { Question, receiptOf } from './closing.js';
import { closingWords } from './closing-words.js';
import { DRAWINGS, dress, icon, make } from './dom.js';
import { wordsOf } from './holdings-words.js';
import { Inventory } from './inventory.js';
import { Transcripts } from './transcripts.js';

// Longer, and it is told that it cannot be had.
const ANSWER_WITHIN = 10_000;

Object.assign(DRAWINGS, {
  back: 'm15 6-6 6 6 6',
  memory: 'M7 7h10v10H7zM10 3v4m4-4v4m-4 10v4m4-4v4M3 10h4m-4 4h4m10-4h4m-4 4h4',
  disk: 'M4 7c0-4 16-4 16 0v10c0 4-16 4-16 0zm0 0c0 4 16 4 16 0M4 12c0 4 16 4 16 0',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm3 1 8-8m-3 3 3 3',
  get: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
});

export async function prepare({ words, locale, ...means }) {
  const [own] = await Promise.all([
    wordsOf(locale), dress('closing'), dress('holdings'),
  ]);
  return new Holdings({
    words: { ...words, ...closingWords(locale), ...own }, locale, ...means,
  });
}

class Holdings {
  #clock;

  #asked = null;

  #drawn;

  #failed = '';

  // The purpose that is being withdrawn, and what was held before.
  #wish = null;

  constructor({ words, ...means }) {
    Object.assign(this, { words, ...means });
    this.inventory = new Inventory({
      words, ...means, withdraw: (purpose) => this.#withdraw(purpose),
    });
    this.transcripts = new Transcripts({ words, ...means });
    this.question = new Question({
      id: 'forget', heading: words.forget_question,
      meaning: words.forget_meaning, yes: words.forget_yes,
      no: words.forget_no, act: () => this.#forget(), closed: () => {
        this.body.inert = false;
        (this.forget.isConnected ? this.forget : this.root).focus();
      },
    });
    this.forget = make('button', {
      type: 'button', class: 'danger wide', text: words.forget, onclick: () => {
        this.body.inert = true;
        this.question.ask();
      },
    });
    this.#build();
  }

  open() {
    this.root.hidden = false;
    this.root.focus();
    this.#ask();
  }

  close() {
    if (this.root.hidden) return;
    this.question.close();
    this.root.hidden = true;
    this.#rest();
    // What was told is not kept for longer than it is looked at.
    this.conversation.holdings = null;
    this.conversation.refusal = null;
    this.#drawn = null;
    this.body.replaceChildren();
    this.closed();
  }

  show() {
    if (this.root.hidden) return;
    const { conversation, link } = this;
    const { refusal, over, session, phase } = conversation;
    if (link.status !== 'ready') this.#lost();
    else if (!this.#asked && !over && !session.ending) this.#ask();
    const { holdings } = conversation;
    if (holdings && holdings !== this.#drawn?.of) {
      this.#rest();
      this.#failed = '';
    }
    if (refusal && refusal !== this.refusal) this.#refused(refusal);
    const state = over ? phase : session.ending ? 'ending'
      : holdings ? 'told' : this.#failed ? 'failed'
        : link.status === 'ready' ? 'asking' : 'offline';
    const said = [state, this.#failed].join();
    if (this.#drawn?.said === said && this.#drawn.of === holdings) return;
    this.#drawn = { said, of: holdings };
    this.#draw(state, holdings);
  }

  #ask() {
    this.#failed = '';
    this.conversation.holdings = null;
    this.#say({ type: 'holdings' });
    this.show();
  }

  // Another connection knows nothing of the question.
  #lost() {
    if (!this.#asked) return;
    this.#rest();
    this.#asked = null;
    this.#wish = null;
    this.conversation.holdings = null;
  }

  #say(frame) {
    clearTimeout(this.#clock);
    this.#asked = frame.type;
    this.conversation.say({ ...frame, ref: frame.type });
    this.#clock = setTimeout(() => this.#fail(), ANSWER_WITHIN);
  }

  #rest() {
    clearTimeout(this.#clock);
  }

  #fail() {
    this.#failed = 'failed';
    this.show();
  }

  #refused(refusal) {
    const { ref, code } = refusal;
    this.refusal = refusal;
    if (!['holdings', 'withdraw', 'forget'].includes(ref)) return;
    this.#rest();
    this.#failed = code === 'on_hold' ? 'on_hold' : 'failed';
  }

  #withdraw(purpose) {
    if (this.#wish) return;
    this.#wish = { purpose, of: this.conversation.holdings };
    this.#failed = '';
    this.#say({ type: 'withdraw', purpose });
  }

  #forget() {
    this.#rest();
    this.#failed = '';
    this.conversation.end('forget');
  }

  #draw(state, holdings) {
    const { words } = this;
    const within = this.body.contains(document.activeElement);
    const parts = {
      asking: () => [this.#waiting(words.asking)],
      ending: () => [this.#waiting(words.ending)],
      ended: () => [this.#over()],
      gone: () => [this.#over()],
      told: () => this.#told(holdings),
      failed: () => [this.#trouble(words.failed_holdings, true)],
      offline: () => [this.#waiting(words.offline)],
    };
    this.body.replaceChildren(...parts[state]());
    this.body.scrollTop = state === 'told' ? this.body.scrollTop : 0;
    const wish = this.#granted(holdings);
    if (within) this.#keepFocus(wish);
    this.spoken.textContent = this.#spoken(state, wish);
  }

  // The wish that this answers; null if none does.
  #granted(holdings) {
    const wish = this.#wish;
    if (!wish || (holdings === wish.of && !this.#failed)) return null;
    this.#wish = null;
    return wish;
  }

  // What had the focus may be gone; its place is not.
  #keepFocus(wish) {
    const place = wish && this.inventory.lineOf(wish.purpose);
    (place || this.body.querySelector('.first') || this.root).focus();
  }

  #spoken(state, wish) {
    const { words } = this;
    if (state === 'gone') return words.forgotten;
    if (state === 'asking' || state === 'ending') return words[state];
    if (this.#failed) return words[`${this.#failed}_holdings`];
    return wish ? words.withdrawn : '';
  }

  #told(holdings) {
    const { words } = this;
    const { on_hold: held, transcript } = holdings;
    return [
      ...(this.#failed
        ? [this.#trouble(words[`${this.#failed}_holdings`], false)] : []),
      ...this.inventory.parts(holdings, this.conversation.skew),
      ...(transcript ? [this.transcripts.root] : []),
      held ? make('p', { class: 'hint' }, icon('lock'),
        make('span', { text: words.on_hold_holdings })) : this.forget,
    ];
  }

  #waiting(text) {
    return make('p', { class: 'waiting' },
      make('i', { class: 'spinner' }), make('span', { text }));
  }

  #trouble(text, again) {
    return make('div', { class: 'hint trouble' }, icon('clock'),
      make('span', { text }), ...(again ? [make('button', {
        type: 'button', class: 'plain', text: this.words.retry,
        onclick: () => this.#ask(),
      })] : []));
  }

  #over() {
    const { words, conversation, time } = this;
    const { receipt, phase } = conversation;
    const all = receipt?.all && phase === 'gone';
    const facts = receiptOf(receipt ?? {}, words, time);
    return make('div', { class: 'gone' },
      icon(phase === 'gone' ? 'done' : 'clock'),
      make('h3', { text: all ? words.forgotten : words.ended }),
      make('p', { text: all ? words.nothing_left
        : phase === 'gone' ? words.deleted : '' }),
      ...(facts ? [make('p', { class: 'facts', text: facts })] : []),
      make('button', {
        type: 'button', class: 'first', text: words.again, onclick: () => {
          this.close();
          this.again();
        },
      }));
  }

  #build() {
    const { words } = this;
    this.body = make('div', {
      class: 'sheet-body', tabindex: '0', role: 'group',
      'aria-labelledby': 'holdings',
    });
    this.spoken = make('p', { class: 'sr', role: 'status' });
    this.root = make('section', {
      class: 'sheet', role: 'dialog', 'aria-modal': 'true', tabindex: '-1',
      'aria-labelledby': 'holdings', hidden: true, onkeydown: ({ key }) => {
        if (key === 'Escape') this.close();
      },
    }, make('header', {},
      make('button', {
        type: 'button', class: 'tool', title: words.back,
        'aria-label': words.back, onclick: () => this.close(),
      }, icon('back')),
      make('h2', { id: 'holdings', text: words.holdings })),
    this.body, this.question.root, this.spoken);
  }
}
