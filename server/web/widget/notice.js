// What the account tells its customers first, and the terms to be agreed to.
// Loaded where a channel has any.
import { dress, icon, linked, make } from './dom.js';

const WORDS = {
  en: { read: 'Read the terms', elsewhere: 'opens in a new window',
    why: 'Please tick the box; then you can send.' },
  de: { read: 'Bedingungen lesen', elsewhere: 'öffnet ein neues Fenster',
    why: 'Bitte zustimmen, dann können Sie senden.' },
  fr: { read: 'Lire les conditions', elsewhere: 's’ouvre dans une nouvelle fenêtre',
    why: 'Cochez la case pour pouvoir envoyer.' },
  es: { read: 'Leer las condiciones', elsewhere: 'se abre en otra ventana',
    why: 'Marque la casilla para poder enviar.' },
  it: { read: 'Leggi le condizioni', elsewhere: 'si apre in una nuova finestra',
    why: 'Spunti la casella per poter inviare.' },
  nl: { read: 'Voorwaarden lezen', elsewhere: 'opent in een nieuw venster',
    why: 'Vink dit aan; dan kunt u versturen.' },
};

// `changed()`: something was ticked or is ticked no more.
export async function prepare({ locale, changed }) {
  await dress('notice');
  return new Notice(
    WORDS[locale.toLowerCase().split('-')[0]] ?? WORDS.en, changed);
}

class Notice {
  // The version that is ticked.
  agreed = null;

  constructor(words, changed) {
    Object.assign(this, { words, changed });
    this.line = make('p', { class: 'told', hidden: true });
    this.box = make('input', {
      type: 'checkbox', id: 'terms', onchange: () => this.#tick(),
    });
    this.label = make('label', { for: 'terms' });
    this.link = make('a', {
      class: 'plain', target: '_blank', rel: 'noopener noreferrer',
      referrerpolicy: 'no-referrer',
    }, words.read, make('span', { class: 'sr', text: ` (${words.elsewhere})` }));
    this.why = make('p', { class: 'why', id: 'why', text: words.why });
    this.root = make('div', { class: 'terms', hidden: true }, this.box,
      make('div', {}, this.label, ' ', this.link, this.why));
  }

  // `asks`: whether the terms are to be agreed to now.
  show(notice, asks) {
    this.root.hidden = !asks;
    if (this.notice === notice) return;
    const { version, language, text, terms, terms_url: url } = notice;
    // Another wording has not been agreed to by agreeing to this one.
    if (this.notice?.version !== version) {
      this.agreed = null;
      this.box.checked = false;
    }
    this.notice = notice;
    const required = Boolean(notice.terms_required);
    this.line.hidden = !text;
    this.line.replaceChildren(icon('shield'),
      make('span', { dir: 'auto', lang: language }, ...linked(text)));
    this.label.replaceChildren(
      make('span', { dir: 'auto', lang: language, text: terms ?? '' }));
    this.link.hidden = !url?.startsWith('https://');
    if (!this.link.hidden) this.link.href = url;
    this.box.required = required;
    this.why.hidden = !required;
    if (required) this.box.setAttribute('aria-describedby', 'why');
    else this.box.removeAttribute('aria-describedby');
  }

  // Somebody wants to send without.
  insist() {
    this.root.classList.add('lacks');
    this.box.focus();
  }

  #tick() {
    this.agreed = this.box.checked ? this.notice.version : null;
    if (this.agreed) this.root.classList.remove('lacks');
    this.changed();
  }
}
