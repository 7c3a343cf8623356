// The list of messages: one element each, kept as long as its message.
import { icon, linked, make } from './dom.js';
import { fill } from './strings.js';

const JOINED_WITHIN = 5 * 60_000;
const NEAR = 60;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\s){1,16}$/u;

const TICKS = {
  sending: 'clock', sent: 'sent', delivered: 'delivered', read: 'delivered',
};

const dayOf = (at) => new Date(at).toDateString();

export class Transcript {
  #shown = new Map();

  #newFrom = null;

  constructor({
    words, locale, name, greeting, promise, rich, retry, discard, scrolled,
  }) {
    Object.assign(this, { words, name, rich, retry, discard });
    this.time = new Intl.DateTimeFormat(locale,
      { hour: 'numeric', minute: '2-digit' });
    this.day = new Intl.DateTimeFormat(locale,
      { weekday: 'long', day: 'numeric', month: 'long' });
    this.list = make('ol');
    this.root = make('div', {
      class: 'log', role: 'log', 'aria-label': words.log, tabindex: '0',
      onscroll: () => {
        // Scrolled by a person, not by the list having become shorter.
        if (this.root.clientHeight === this.height) this.stuck = this.atEnd;
        this.#label();
        scrolled();
      },
    }, ...(greeting ? [this.#greeting(greeting)] : []), this.list,
    this.promise = make('p', { class: 'promise' }, icon('lock'),
      make('span', { text: promise })));
    this.pill = make('button', {
      class: 'pill', type: 'button', hidden: true,
      onclick: () => this.toEnd(true),
    });
    new ResizeObserver(() => {
      this.height = this.root.clientHeight;
      if (this.stuck) this.toEnd();
    }).observe(this.root);
    this.stuck = true;
  }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd(smooth = false) {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.root.scrollTo({
      top: this.root.scrollHeight,
      behavior: smooth && !still ? 'smooth' : 'instant',
    });
    this.stuck = true;
    this.#label();
  }

  divide(number) {
    this.#newFrom = number;
  }

  show({ messages, items, seen, quiet, unread, over }) {
    const mine = items.at(-1);
    const stuck = this.stuck || (mine && !this.#shown.has(mine.id));
    this.root.setAttribute('aria-busy', quiet);
    this.unread = unread;
    this.promise.hidden = over || messages.length + items.length > 0;
    const all = [...messages, ...items].filter(({ note }) => !note);
    const kept = new Set(all.map(({ id }) => id));
    for (const [id, shown] of this.#shown) {
      if (kept.has(id)) continue;
      shown.row.remove();
      this.#shown.delete(id);
    }
    this.#arrange(all, seen);
    this.#dressRich(all, over);
    if (stuck) this.toEnd();
    else this.#label();
  }

  #arrange(all, seen) {
    const lastOwn = all.findLast(({ author }) => author === 'customer');
    let place = this.list.firstElementChild;
    all.forEach((message, at) => {
      const shown = this.#row(message);
      if (shown.row === place) place = place.nextElementSibling;
      else this.list.insertBefore(shown.row, place);
      const joined = this.#joins(all[at - 1], message);
      const ends = !this.#joins(message, all[at + 1]);
      const day = at === 0 || dayOf(all[at - 1].at) !== dayOf(message.at);
      const key = [joined, ends, day, message.state, message.reason,
        message.number === this.#newFrom,
        message === lastOwn && this.#step(message, seen)].join();
      if (shown.key === key) return;
      shown.key = key;
      this.#dress(shown, message, { joined, ends, day,
        step: this.#step(message, seen), last: message === lastOwn });
    });
  }

  #joins(one, other) {
    return one && other && one.author === other.author
      && one.name === other.name && dayOf(one.at) === dayOf(other.at)
      && other.at - one.at < JOINED_WITHIN && other.state !== 'failed'
      && one.state !== 'failed' && other.number !== this.#newFrom;
  }

  #row(message) {
    let shown = this.#shown.get(message.id);
    if (shown) return this.#word(shown, this.#wordsOf(message));
    const own = message.author === 'customer';
    const bubble = make('div', { class: 'bubble', dir: 'auto' });
    const row = make('li', { class: own ? 'row own' : 'row' });
    const slot = message.rich ? make('div', { class: 'rich' }) : null;
    if (slot) row.append(slot);
    shown = { row, bubble, slot };
    this.#shown.set(message.id, shown);
    return this.#word(shown, this.#wordsOf(message));
  }

  #wordsOf({ text, unkept }) {
    return unkept && !text ? this.words.unkept : text;
  }

  // The server may keep, and so show, other words than were written.
  #word(shown, text) {
    if (shown.text === text) return shown;
    shown.text = text;
    shown.bubble.replaceChildren(...linked(text));
    shown.bubble.classList.toggle('big', ONLY_EMOJI.test(text));
    return shown;
  }

  // Used is what an answer was chosen from, passed what came before any.
  #dressRich(all, over) {
    const answers = new Map(all
      .filter(({ answers: to, state }) => to && state !== 'failed')
      .map((message) => [message.answers, message]));
    const said = all.findLastIndex(({ author }) => author === 'customer');
    all.forEach((message, at) => {
      const shown = this.#shown.get(message.id);
      if (!shown.slot) return;
      shown.state = {
        over, answer: answers.get(message.number), passed: at < said,
      };
      if (shown.part) shown.part.show(shown.state);
      else if (!shown.asked) this.#load(shown, message);
    });
  }

  async #load(shown, message) {
    shown.asked = true;
    const rich = await this.rich();
    shown.asked = false;
    if (!rich) return;
    shown.part = rich.part(message);
    shown.part.show(shown.state);
    shown.slot.append(shown.part.root);
    if (this.stuck) this.toEnd();
  }

  #dress({ row, bubble, slot }, message, { joined, ends, day, step, last }) {
    const { words } = this;
    const own = message.author === 'customer';
    const who = own ? words.you : message.name || this.name;
    row.classList.toggle('joined', joined);
    row.classList.toggle('failed', message.state === 'failed');
    const parts = [];
    if (day) parts.push(make('p', { class: 'day', text: this.#dayName(message.at) }));
    if (message.number && message.number === this.#newFrom) {
      parts.push(make('p', { class: 'new', text: words.new }));
    }
    const bot = message.author === 'application';
    parts.push(make('span', {
      class: joined || own ? 'sr' : 'who', dir: 'auto',
    }, ...(bot ? [icon('bot')] : []), who,
    ...(bot ? [make('span', { class: 'sr', text: ` (${words.bot})` })] : [])));
    if (message.text) parts.push(bubble);
    const before = parts.length;
    if (message.state === 'failed') parts.push(this.#failure(message));
    else if (ends) {
      parts.push(make('p', { class: 'meta' },
        make('time', {
          datetime: new Date(message.at).toISOString(),
          text: this.time.format(message.at),
        }),
        ...(own ? [icon(TICKS[step], step),
          make('span', { class: last ? '' : 'sr', text: words[step] })] : [])));
    }
    if (!slot) {
      row.replaceChildren(...parts);
      return;
    }
    // It stays where it is: moved, it would lose focus and be scrolled back.
    for (const old of [...row.children]) if (old !== slot) old.remove();
    slot.before(...parts.slice(0, before));
    slot.after(...parts.slice(before));
  }

  #failure({ id, reason }) {
    const { words } = this;
    const final = reason === 'conversation_ended';
    return make('p', { class: 'meta' },
      make('span', { text: words[`failed_${reason}`] ?? words.failed }),
      ...(final ? [] : [
        make('button', { type: 'button', class: 'plain', text: words.retry,
          onclick: () => this.retry(id) }),
        make('button', { type: 'button', class: 'plain', text: words.discard,
          onclick: () => this.discard(id) })]));
  }

  #step({ state, number }, seen) {
    if (state === 'sending' || !number) return 'sending';
    if (number <= seen.agent.read) return 'read';
    return number <= seen.agent.delivered ? 'delivered' : 'sent';
  }

  #dayName(at) {
    const ago = (days) => dayOf(Date.now() - days * 86_400_000);
    if (dayOf(at) === ago(0)) return this.words.today;
    if (dayOf(at) === ago(1)) return this.words.yesterday;
    return this.day.format(at);
  }

  #greeting(greeting) {
    return make('div', { class: 'row greeting' },
      make('span', { class: 'who', text: this.name }),
      make('div', { class: 'bubble', dir: 'auto' }, ...linked(greeting)));
  }

  #label() {
    this.pill.hidden = this.stuck;
    const text = this.unread
      ? fill(this.words.new_below, { n: this.unread }) : '';
    if (this.pill.dataset.text === text) return;
    this.pill.dataset.text = text;
    this.pill.setAttribute('aria-label',
      [text, this.words.latest].filter(Boolean).join(', '));
    this.pill.replaceChildren(...(text ? [text, ' '] : []), icon('down'));
  }
}
