// The list of what is held, what was agreed to, and what is restricted.
import { icon, make } from './dom.js';
import { fill, lasting } from './strings.js';

// By name in docs/data-model.md: what it is called here, when it dies, and
// whether it lies there encrypted.
const RECORDS = {
  'chat context data': ['context', 'end'],
  'chat cookie data': ['cookies', 'end'],
  'customer private data': ['private', 'end'],
  'session record': ['session', 'end'],
  'customer messages, web': ['messages', 'talk', true],
  'agent and bot messages, web': ['answers', 'talk', true],
  'conversation record': ['record', 'talk'],
  'conversation key': ['key', 'talk', true],
  'hand-over cursors': ['cursors', 'talk'],
  'attachments, web': ['files', 'file', true],
  'customer messaging identities': ['identity', 'asked', true],
  'consent and restriction records': ['consents', 'asked', true],
  'privacy requests': ['requests', 'years', true],
  'ending notices': ['past', 'day'],
  'ids of ended sessions': ['past', 'day'],
  'audit log': ['audit', 'audit'],
};

const HOMES = {
  'memory only': ['memory', 'memory'],
  database: ['disk', 'disk'],
  blobs: ['clip', 'disk'],
  'key file': ['key', 'key_file'],
};

const STEPS = [
  ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000],
  ['second', 1000],
];

// `withdraw(purpose)`: it is agreed to no more.
export class Inventory {
  #lines = new Map();

  constructor({ words, locale, name, retention, withdraw }) {
    Object.assign(this, { words, name, retention, locale, withdraw });
    this.relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
    this.time = new Intl.DateTimeFormat(locale,
      { hour: 'numeric', minute: '2-digit' });
    this.date = new Intl.DateTimeFormat(locale,
      { dateStyle: 'medium', timeStyle: 'short' });
    this.day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  }

  // `skew`: how far the server's clock is ahead of this one.
  parts({ held, consents = [], restrictions = [] }, skew) {
    const { words } = this;
    this.skew = skew;
    this.#lines.clear();
    const lead = held.length === 0 ? words.nothing
      : fill(words.lead, { time: this.time.format(Date.now()) });
    return [
      make('p', { class: 'lead', text: lead }),
      ...this.#places(held),
      ...this.#section('consents', consents, (one) => this.#consent(one)),
      ...this.#section('restrictions', restrictions, (one) =>
        make('li', {}, icon('lock'), make('p', {
          text: words[`limit_${one}`] ?? one }))),
    ];
  }

  lineOf(purpose) {
    return this.#lines.get(purpose);
  }

  #section(name, items, line) {
    return items.length === 0 ? [] : [
      make('section', { 'aria-labelledby': name },
        make('h3', { id: name, text: this.words[`${name}_title`] }),
        make('ul', { class: 'held' }, ...items.map(line))),
    ];
  }

  // What lies in the same place and dies at the same time is told together.
  #places(held) {
    const places = new Map();
    for (const item of held) {
      const place = this.#place(item);
      const key = [place.where, place.until].join();
      if (!places.has(key)) places.set(key, { ...place, lines: [] });
      places.get(key).lines.push(this.#item(item));
    }
    return [...places.values()].map(({ drawing, where, until, own, lines }) =>
      make('section', { class: 'place' }, icon(drawing), make('div', {},
        make('h3', { text: where }),
        make('p', { text: until, lang: own ? null : 'en' }),
        make('ul', {}, ...lines))));
  }

  #place({ name, home, dies, dies_at: diesAt }) {
    const [, end, sealed] = RECORDS[name] ?? [];
    const [drawing, place] = HOMES[home] ?? ['disk'];
    const more = sealed && place === 'disk' ? '_sealed' : '';
    return {
      drawing, where: this.words[`home_${place}${more}`] ?? home,
      until: this.#end(end, dies, diesAt), own: end || diesAt,
    };
  }

  // What is not known here is shown as the server says it.
  #item({ name, count }) {
    const { words } = this;
    const [kind] = RECORDS[name] ?? [];
    return make('li', {},
      make('span', {
        text: kind ? fill(words[`held_${kind}`], { name: this.name }) : name,
        lang: kind ? null : 'en',
      }),
      make('span', { class: 'many' },
        make('span', { class: 'sr', text: `${words.count} ` }),
        new Intl.NumberFormat(this.locale).format(count)));
  }

  // Where the channel keeps what has ended, the end is told and not a time:
  // nobody knows yet when that will be.
  #end(end, dies, diesAt) {
    const { words, retention } = this;
    const time = lasting(retention, this.locale);
    if (retention && end === 'talk') return fill(words.dies_kept, { time });
    const how = end === 'talk' ? 'end' : end;
    const timed = !(retention && end === 'file') && words[`dies_${how}_at`];
    const sentence = diesAt ? timed || words.dies_at
      : words[`dies_${how}`] ?? dies;
    return fill(sentence, { when: diesAt ? this.#when(diesAt) : '' });
  }

  // `in 28 minutes (14:32)`: how long it feels, and what it is.
  #when(at) {
    const here = at - this.skew;
    const left = Math.max(here - Date.now(), 0);
    const [unit, size] = STEPS.find(([, one]) => left >= one) ?? STEPS[3];
    const soon = this.relative.format(Math.round(left / size), unit);
    const shown = left < STEPS[0][1] ? this.time : this.date;
    return `${soon} (${shown.format(here)})`;
  }

  #consent({ purpose, level, at, version }) {
    const { words } = this;
    const known = words[`purpose_${purpose}`];
    const title = known ?? purpose;
    const out = level === 'opted_out';
    const line = make('li', { tabindex: '-1' },
      icon(out ? 'end' : 'sent'), make('div', {},
        make('h4', { text: title, dir: 'auto' }),
        make('p', { text: [
          words[`level_${level}`] ?? level, this.day.format(at),
          version && fill(words.wording, { version }),
        ].filter(Boolean).map((one) => one.replaceAll(' ', '\u00a0'))
          .join('\u00a0· ') })),
      ...(out ? [] : [make('button', {
        type: 'button', class: 'plain', text: words.withdraw,
        'aria-label': fill(words.withdraw_from, { purpose: title }),
        onclick: () => this.withdraw(purpose),
      })]));
    this.#lines.set(purpose, line);
    return line;
  }
}
