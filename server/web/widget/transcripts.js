// The customer's own copy of the conversation, as a file: fetched when asked
// for, handed to the browser, and let go of.
import { icon, make } from './dom.js';

const FORMATS = { text: 'txt', html: 'html' };

// `headers()`: who asks. The token is never part of an address.
export class Transcripts {
  constructor({ words, headers }) {
    Object.assign(this, { words, headers });
    this.spoken = make('p', { class: 'hint-line', role: 'status' });
    this.root = make('section', { 'aria-labelledby': 'take' },
      make('h3', { id: 'take', text: words.take }),
      make('div', { class: 'pair' }, ...Object.keys(FORMATS).map((format) =>
        make('button', {
          type: 'button', class: 'second', onclick: () => this.#get(format),
          'aria-label': `${words.take}: ${words[`take_${format}`]}`,
        }, icon('get'), make('span', { text: words[`take_${format}`] })))),
      this.spoken);
  }

  async #get(format) {
    this.spoken.textContent = '';
    try {
      const answer = await fetch(`/transcript?format=${format}`, {
        headers: this.headers(), cache: 'no-store', credentials: 'omit',
      });
      if (!answer.ok) throw new Error(answer.status);
      save(await answer.blob(), `chat-${today()}.${FORMATS[format]}`);
      this.spoken.textContent = this.words.taken;
    } catch {
      this.spoken.textContent = this.words.take_failed;
    }
  }
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  make('a', { href, download: name }).click();
  // Not at once: the browser begins to read it after this.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

// By the customer's own calendar.
function today() {
  const now = new Date();
  const two = (n) => String(n).padStart(2, '0');
  return [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())]
    .join('-');
}
