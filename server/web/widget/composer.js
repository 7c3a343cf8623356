// Where the customer writes: grows with the text, sends with Enter.
import { icon, make } from './dom.js';
import { fill } from './strings.js';

const COUNT_FROM = 300;

// Characters as the server counts them: code points after NFC.
const lengthOf = (text) => [...text.normalize('NFC')].length;

export class Composer {
  limit = 4000;

  // The id of what says why nothing can be sent; null: it can be.
  #why = null;

  // `attach(files)`: null where no files may be sent.
  // `hindered()`: somebody tried to send what is blocked.
  constructor({ words, write, type, attach, hindered }) {
    Object.assign(this, { words, write, type, attach, hindered });
    this.field = make('textarea', {
      rows: '1', 'aria-label': words.write, placeholder: words.write,
      dir: 'auto', enterkeyhint: 'send', autocomplete: 'off',
      'aria-describedby': 'count', oninput: () => this.#typed(),
      onkeydown: (event) => this.#pressed(event),
      onblur: () => this.type(false),
      onpaste: (event) => this.#take(event, event.clipboardData),
    });
    this.button = make('button', {
      type: 'submit', class: 'send', 'aria-label': words.send, disabled: true,
    }, icon('send'));
    this.count = make('p', { class: 'count', id: 'count', hidden: true });
    this.root = make('form', {
      class: 'composer', onsubmit: (event) => {
        event.preventDefault();
        this.#send();
      },
    }, make('div', { class: 'field' }, ...(attach ? this.#clip() : []),
      this.field, this.button), this.count);
    // A file dropped beside would take the place of the whole chat.
    document.addEventListener('dragover', (event) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault();
      if (!attach) event.dataTransfer.dropEffect = 'none';
    });
    document.addEventListener('drop', (event) =>
      this.#take(event, event.dataTransfer));
  }

  get blocked() {
    return this.#why !== null;
  }

  block(why) {
    if (this.#why === why) return;
    this.#why = why;
    for (const each of [this.field, this.button]) {
      each.setAttribute('aria-describedby', `count ${why ?? ''}`);
    }
    this.#measure(this.field.value);
  }

  #clip() {
    const { words } = this;
    const input = make('input', {
      type: 'file', multiple: true, hidden: true, onchange: () => {
        this.attach([...input.files]);
        input.value = '';
        this.field.focus();
      },
    });
    return [input, make('button', {
      type: 'button', class: 'clip', title: words.attach,
      'aria-label': words.attach, onclick: () => input.click(),
    }, icon('clip'))];
  }

  #take(event, { files }) {
    if (files.length === 0) return;
    event.preventDefault();
    if (this.attach && !this.root.hidden) this.attach([...files]);
  }

  #pressed(event) {
    // While an input method composes, Enter belongs to it (229 in Safari).
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing
      || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #typed() {
    const text = this.field.value;
    this.#measure(text);
    this.type(text.trim() !== '');
  }

  #measure(text) {
    const left = this.limit - lengthOf(text);
    const { count, field, words } = this;
    count.hidden = left > COUNT_FROM;
    count.classList.toggle('over', left < 0);
    field.setAttribute('aria-invalid', left < 0);
    count.textContent = left > COUNT_FROM ? ''
      : fill(left < 0 ? words.too_long : words.left, { n: Math.abs(left) });
    this.button.disabled = left < 0 || text.trim() === ''
      || this.blocked;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }

  #send() {
    if (this.#why && this.field.value.trim()) this.hindered();
    if (this.button.disabled) return;
    this.write(this.field.value.trim());
    this.field.value = '';
    this.#measure('');
    this.field.focus();
  }
}
