// The panel: header, notices, messages, composer; what is shown, and when.
import { Composer } from './composer.js';
import { icon, make } from './dom.js';
import { ConnectionNotice } from './notices.js';
import { fill, lasting } from './strings.js';
import { Transcript } from './transcript.js';

export class View {
  #due = false;

  #opened = false;

  #before = false;

  constructor({ config, words, locale, alone }) {
    Object.assign(this, { config, words, locale, name: config.name });
    this.retention = config.retention * 1000;
    const time = lasting(this.retention, locale);
    this.privacy = fill(
      this.retention ? words.privacy_kept : words.privacy, { time });
    this.transcript = new Transcript({
      words, locale, name: config.name, greeting: config.greeting,
      promise: fill(
        this.retention ? words.promise_kept : words.promise, { time }),
      rich: () => this.#rich(),
      retry: (id) => this.#retry(id),
      discard: (id) => this.conversation.outbox.discard(id),
      scrolled: () => this.#look(),
    });
    this.composer = new Composer({
      words, write: (text) => this.#write(text),
      type: (on) => this.conversation.type(on),
      attach: config.attachments && ((files) => this.#attach(files)),
      hindered: () => this.notice?.insist(),
    });
    this.connection = new ConnectionNotice({
      words, reconnect: () => this.link.restart(),
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
    else {
      this.question?.close();
      this.holdings?.close();
    }
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
    this.deadline?.show(conversation.deadline === null ? null
      : conversation.deadline - conversation.skew);
    this.transcript.show({
      messages, seen, over, items: outbox.items, unread: conversation.unread,
      quiet: conversation.behind || !this.#opened,
    });
    this.composer.limit = conversation.limit;
    this.#drawNotice(conversation);
    const leaving = over || conversation.session.ending;
    if (leaving) this.tray?.clear();
    this.composer.root.hidden = leaving;
    this.foot.hidden = leaving;
    if (conversation.started || over || conversation.deadline) this.#closing();
    this.farewell?.show(phase, receipt ?? {});
    this.holdings?.show();
    this.about.hidden = leaving;
    this.ending.hidden = leaving || !conversation.started;
    this.#head(conversation);
    this.#look();
  }

  #head({ phase, agent, application, typing: { who }, over, session }) {
    const { words } = this;
    const here = phase === 'active' ? agent
      : phase === 'served' ? application : null;
    const name = here ?? this.name;
    const text = over ? words.over : session.ending ? words.ending
      : here ? fill(words.active, { name })
        : phase === 'waiting' ? words.waiting : words.hello;
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle('live', Boolean(here));
    this.typing.classList.toggle('on', Boolean(who));
    const spoken = who ? fill(words.typing, { name: who.name ?? name }) : '';
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
    this.conversation.write(text, { ...more, ...this.#terms() });
  }

  // Terms are asked for before the first message, and once more if they have
  // become others meanwhile.
  #drawNotice({ notice, started, outbox, over }) {
    const lacking = outbox.items.some(
      ({ reason }) => reason === 'terms_needed');
    const asks = Boolean(notice?.terms) && !over && (lacking || !started);
    const needs = asks && notice.terms_required
      && this.notice?.agreed !== notice.version;
    this.composer.block(needs ? 'why' : null);
    if (notice && !this.notice) this.#loadNotice();
    else if (notice) this.notice.show(notice, asks);
  }

  #loadNotice() {
    this.noticing ??= import('./notice.js').then(({ prepare }) => prepare({
      locale: this.locale, changed: () => this.show(),
    })).then((notice) => {
      this.notice = notice;
      this.transcript.list.before(notice.line);
      this.composer.root.before(notice.root);
      this.show();
    }).catch(() => { this.noticing = null; });
  }

  #terms() {
    const { session, notice } = this.conversation;
    const version = this.notice?.agreed;
    return version && version === notice?.version && !session.started
      ? { terms: version } : {};
  }

  #retry(id) {
    if (this.composer.blocked) this.notice?.insist();
    else this.conversation.outbox.retry(id, this.#terms());
  }

  // The end is loaded once there is something to end.
  #closing() {
    this.closing ??= import('./closing.js').then(({ prepare }) => prepare({
      words: this.words, locale: this.locale, name: this.name,
      time: this.transcript.time, retention: this.retention,
      end: () => this.conversation.end(), closed: () => this.#focus(),
      again: () => this.#again(), stay: () => {
        this.conversation.stay();
        this.composer.field.focus();
      },
    })).then(({ deadline, question, farewell }) => {
      Object.assign(this, { deadline, question, farewell });
      this.connection.root.after(deadline.root);
      this.composer.root.before(
        farewell.root, farewell.spoken, question.root);
      this.show();
    }).catch(() => { this.closing = null; });
    return this.closing;
  }

  #again() {
    this.conversation.forget();
    // Once it is drawn: what is hidden takes no focus.
    queueMicrotask(() => this.composer.field.focus());
  }

  // What is held, and what can be done about it, is loaded by who asks.
  async #askAbout() {
    const { prepare } = await import('./holdings.js');
    this.holdings ??= await prepare({
      words: this.words, locale: this.locale, name: this.name,
      retention: this.retention, time: this.transcript.time,
      conversation: this.conversation, link: this.link,
      headers: () => this.#headers(), again: () => this.#again(),
      closed: () => this.#left(),
    });
    if (!this.holdings.root.isConnected) this.root.after(this.holdings.root);
    this.root.inert = true;
    this.holdings.open();
  }

  #left() {
    this.root.inert = false;
    if (this.about.hidden) this.#focus();
    else this.about.focus();
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
      'aria-label': words.end,
      onclick: () => this.#closing().then(() => this.question?.ask()),
    }, icon('end'));
    this.about = make('button', {
      type: 'button', class: 'tool', title: words.holdings,
      'aria-label': words.holdings, 'aria-haspopup': 'dialog',
      onclick: () => this.#askAbout(),
    }, icon('shield'));
    const hide = make('button', {
      type: 'button', class: 'tool', title: words.hide, hidden: alone,
      'aria-label': words.hide, onclick: () => this.close(),
    }, icon('down'));
    this.writer = make('span', { class: 'sr' });
    this.typing = make('div', { class: 'typing', role: 'status' },
      make('span', { class: 'dots', 'aria-hidden': 'true' },
        make('i'), make('i'), make('i')), this.writer);
    this.foot = make('p', { class: 'foot' }, icon('lock'),
      make('span', { text: this.privacy }));
    this.root = make('main', { class: 'panel', tabindex: '-1' },
      make('header', {},
        make('span', { class: 'mark', 'aria-hidden': 'true',
          text: [...name.trim()][0]?.toUpperCase() ?? '' }),
        make('div', { class: 'names' },
          make('h1', { text: name, dir: 'auto' }), this.status),
        this.about, this.ending, hide),
      this.connection.root,
      make('div', { class: 'middle' }, this.transcript.root,
        this.typing, this.transcript.pill),
      this.composer.root, this.foot);
  }
}
