// The panel: header, notices, messages, composer; what is shown, and when.
import { Composer } from './composer.js';
import { icon, make } from './dom.js';
import {
  ConnectionNotice, DeadlineNotice, EndQuestion, Farewell,
} from './notices.js';
import { fill } from './strings.js';
import { Transcript } from './transcript.js';

export class View {
  #due = false;

  #opened = false;

  #before = false;

  constructor({ config, words, locale, alone }) {
    Object.assign(this, { config, words, locale, name: config.name });
    this.transcript = new Transcript({
      words, locale, name: config.name, greeting: config.greeting,
      rich: () => this.#rich(),
      retry: (id) => this.conversation.outbox.retry(id),
      discard: (id) => this.conversation.outbox.discard(id),
      scrolled: () => this.#look(),
    });
    this.composer = new Composer({
      words, write: (text) => this.#write(text),
      type: (on) => this.conversation.type(on),
      attach: config.attachments && ((files) => this.#attach(files)),
    });
    this.connection = new ConnectionNotice({
      words, reconnect: () => this.link.restart(),
    });
    this.deadline = new DeadlineNotice({
      words, stay: () => {
        this.conversation.stay();
        this.composer.field.focus();
      },
    });
    this.question = new EndQuestion({
      words, name: config.name, end: () => this.conversation.end(),
      closed: () => this.#focus(),
    });
    this.farewell = new Farewell({
      words, time: this.transcript.time, again: () => {
        this.conversation.forget();
        this.composer.field.focus();
      },
    });
    this.#build(alone);
  }

  attend({ conversation, link, close }) {
    Object.assign(this, { conversation, link, close });
    this.root.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') close();
    });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#divide();
      this.#look();
    });
    window.addEventListener('focus', () => this.#look());
    this.show();
  }

  open(open, focus) {
    this.#opened = open;
    this.transcript.divide(null);
    if (open) this.#divide();
    else this.question.close();
    this.conversation.watch(open);
    this.show();
    if (open) this.transcript.toEnd();
    if (open && focus) this.#focus();
  }

  // Not an animation frame: those stop while the panel is hidden.
  show() {
    if (this.#due || !this.conversation) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw() {
    const { conversation, link } = this;
    const { messages, outbox, seen, receipt, phase, over } = conversation;
    if (link.status === 'ready') {
      this.#before = true;
      this.connection.calm();
    }
    this.connection.show(over ? 'idle' : link.status, this.#before);
    this.deadline.show(conversation.deadline === null ? null
      : conversation.deadline - conversation.skew);
    this.transcript.show({
      messages, seen, over, items: outbox.items, unread: conversation.unread,
      quiet: conversation.behind || !this.#opened,
    });
    this.composer.limit = conversation.limit;
    const leaving = over || conversation.session.ending;
    if (leaving) this.tray?.clear();
    this.composer.root.hidden = leaving;
    this.foot.hidden = leaving;
    this.farewell.show(phase, receipt ?? {});
    this.ending.hidden = leaving || !conversation.started;
    this.#head(conversation);
    this.#look();
  }

  #head({ phase, agent, application, typing, over, session }) {
    const { words } = this;
    const here = phase === 'active' ? agent
      : phase === 'served' ? application : null;
    const name = here ?? this.name;
    const text = over ? words.over : session.ending ? words.ending
      : here ? fill(words.active, { name })
        : phase === 'waiting' ? words.waiting : words.hello;
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle('live', Boolean(here));
    const writer = typing ? typing.name ?? name : '';
    this.typing.classList.toggle('on', Boolean(typing));
    const spoken = typing ? fill(words.typing, { name: writer }) : '';
    if (this.writer.textContent !== spoken) this.writer.textContent = spoken;
  }

  #look() {
    if (!this.#opened || document.hidden || !this.transcript.stuck) return;
    this.conversation?.read();
  }

  #divide() {
    const { newFrom } = this.conversation;
    if (!newFrom) return;
    this.transcript.divide(newFrom);
    this.show();
  }

  #write(text, more) {
    this.transcript.divide(null);
    this.conversation.write(text, more);
  }

  // What goes with words is loaded by those who meet it.
  #rich() {
    this.richly ??= import('./rich.js').then(({ prepare }) => prepare({
      locale: this.locale, place: '/attachments',
      headers: () => this.#headers(),
      choose: (number, { text, payload }) => {
        this.#write(text, { answers: number, postback: payload });
        this.#focus();
      },
    })).catch(() => { this.richly = null; });
    return this.richly;
  }

  async #attach(files) {
    const { Tray } = await import('./tray.js');
    const rich = await this.#rich();
    this.tray ??= new Tray({
      rich, limits: this.config.attachments, headers: () => this.#headers(),
      started: () => this.conversation.session.started,
      send: (told) => this.#write('', {
        attachment: told.id, rich: { kind: 'attachment', ...told },
      }),
    });
    if (!this.tray.root.isConnected) this.composer.root.prepend(this.tray.root);
    this.tray.add(files);
  }

  #headers() {
    return { authorization: `Bearer ${this.conversation.session.token}` };
  }

  // A phone's keyboard would cover half the chat before anything was read.
  #focus() {
    const { over } = this.conversation;
    const typing = window.matchMedia('(hover: hover)').matches;
    if (over || !typing) this.root.focus();
    else this.composer.field.focus();
  }

  #build(alone) {
    const { words, name } = this;
    this.status = make('p', { class: 'status', role: 'status' });
    this.ending = make('button', {
      type: 'button', class: 'tool', hidden: true, title: words.end,
      'aria-label': words.end, onclick: () => this.question.ask(),
    }, icon('end'));
    const hide = make('button', {
      type: 'button', class: 'tool', title: words.hide, hidden: alone,
      'aria-label': words.hide, onclick: () => this.close(),
    }, icon('down'));
    this.writer = make('span', { class: 'sr' });
    this.typing = make('div', { class: 'typing', role: 'status' },
      make('span', { class: 'dots', 'aria-hidden': 'true' },
        make('i'), make('i'), make('i')), this.writer);
    this.foot = make('p', { class: 'foot' }, icon('lock'),
      make('span', { text: words.privacy }));
    this.root = make('main', { class: 'panel', tabindex: '-1' },
      make('header', {},
        make('span', { class: 'mark', 'aria-hidden': 'true',
          text: [...name.trim()][0]?.toUpperCase() ?? '' }),
        make('div', { class: 'names' },
          make('h1', { text: name, dir: 'auto' }), this.status),
        this.ending, hide),
      this.connection.root, this.deadline.root,
      make('div', { class: 'middle' }, this.transcript.root,
        this.typing, this.transcript.pill),
      this.farewell.root, this.farewell.spoken, this.question.root,
      this.composer.root, this.foot);
  }
}
