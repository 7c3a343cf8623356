// Files on their way: one line each above the field, until they are sent.
import { sizeIn, Uploads } from '../shared/attachments.js';
import { icon, make } from './dom.js';
import { fill } from './strings.js';

export class Tray {
  #lines = new Map();

  // `started()`: whether anything has been said yet; `send(told)`: it is
  // there, as the server tells of it.
  constructor({ rich, limits, headers, started, send }) {
    const { locale, words, place } = rich;
    Object.assign(this, { locale, words, limits, started });
    this.uploads = new Uploads({
      place, headers, most: limits.mib * 2 ** 20,
      changed: () => this.#draw(), done: (_, told) => send(told),
    });
    this.list = make('ul', { 'aria-label': words.files });
    this.spoken = make('p', { class: 'sr', role: 'status' });
    this.root = make('div', { class: 'tray' }, this.list, this.spoken);
  }

  add(files) {
    this.uploads.add(files, this.started() ? null : 'nothing_said');
  }

  clear() {
    if (this.uploads.items.length > 0) this.uploads.clear();
  }

  #draw() {
    const { items } = this.uploads;
    for (const [item, { root }] of this.#lines) {
      if (items.includes(item)) continue;
      root.remove();
      this.#lines.delete(item);
    }
    for (const item of items) {
      if (!this.#lines.has(item)) this.#lines.set(item, this.#line(item));
      this.#dress(this.#lines.get(item), item);
    }
  }

  #line(item) {
    const { words } = this;
    const { name } = item;
    const note = make('small');
    const bar = make('progress', {
      max: '1', 'aria-label': fill(words.sending, { name }),
    });
    const again = make('button', {
      type: 'button', class: 'plain', text: words.retry,
      onclick: () => {
        if (this.started()) this.uploads.retry(item);
      },
    });
    const stop = make('button', {
      type: 'button', class: 'stop', onclick: () => this.uploads.remove(item),
    }, icon('close'));
    const root = make('li', {}, icon('file'),
      make('span', { class: 'file-name', dir: 'auto' },
        make('span', { text: name }), note, bar), again, stop);
    this.list.append(root);
    return { root, note, bar, again, stop };
  }

  #dress({ root, note, bar, again, stop }, item) {
    const { words } = this;
    const { name, state, reason, size, sent } = item;
    const failed = state === 'failed';
    const most = sizeIn(this.locale, this.limits.mib * 1e6);
    const text = failed ? fill(words[reason], { size: most })
      : sizeIn(this.locale, size);
    root.classList.toggle('failed', failed);
    if (failed && note.textContent !== text) {
      this.spoken.textContent = `${name}: ${text}`;
    }
    note.textContent = text;
    bar.hidden = failed;
    bar.value = size ? sent / size : 0;
    again.hidden = !failed || !item.passes;
    stop.setAttribute('aria-label',
      fill(failed ? words.remove : words.cancel, { name }));
  }
}
