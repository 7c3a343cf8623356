// Files on their way to the server, one after the other, and where to get
// those that are there. How it looks is each page's own affair.

// An address lives for five minutes.
const FRESH_FOR = 240_000;

const REASONS = {
  401: 'ended', 403: 'off', 404: 'ended', 409: 'ended', 413: 'too_large',
  429: 'busy',
};
const CODES = new Set([
  'off', 'ended', 'nothing_said', 'too_large', 'too_many', 'busy',
]);
// Those that pass by themselves.
const PASSING = new Set(['busy', 'failed', 'nothing_said']);

// `place`: the address of all attachments; `headers()`: who asks; `done(item,
// told)`: one is there, as the server tells of it.
export class Uploads {
  items = [];

  constructor({ place, headers, most = Infinity, changed, done }) {
    Object.assign(this, { place, headers, most, changed, done });
  }

  add(files, reason = null) {
    for (const file of files) {
      const refused = reason ?? (file.size > this.most ? 'too_large' : null);
      this.items.push({
        file, name: file.name, size: file.size, sent: 0,
        state: refused ? 'failed' : 'waiting', reason: refused,
        passes: PASSING.has(refused),
      });
    }
    this.#next();
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.request?.abort();
    this.#next();
  }

  retry(item) {
    Object.assign(item, { state: 'waiting', reason: null, sent: 0 });
    this.#next();
  }

  clear() {
    for (const item of this.items.splice(0)) item.request?.abort();
    this.changed();
  }

  #next() {
    this.changed();
    if (this.items.some(({ state }) => state === 'sending')) return;
    const item = this.items.find(({ state }) => state === 'waiting');
    if (item) this.#send(item);
  }

  #send(item) {
    const request = new XMLHttpRequest();
    Object.assign(item, { state: 'sending', request });
    request.open('POST', this.place);
    for (const [name, value] of Object.entries(this.headers())) {
      request.setRequestHeader(name, value);
    }
    request.setRequestHeader(
      'dayfly-name', encodeURIComponent(item.name.toWellFormed()));
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => {
      item.sent = loaded;
      this.changed();
    };
    request.onload = () => this.#answered(item, request);
    request.onerror = () => this.#fail(item, 'failed');
    request.send(item.file);
    this.changed();
  }

  #answered(item, { status, response }) {
    if (status !== 201) {
      this.#fail(item, CODES.has(response?.code) ? response.code
        : REASONS[status] ?? 'failed');
      return;
    }
    this.items = this.items.filter((one) => one !== item);
    this.done(item, response);
    this.#next();
  }

  #fail(item, reason) {
    Object.assign(item, {
      state: 'failed', reason, passes: PASSING.has(reason),
    });
    this.#next();
  }
}

export class Addresses {
  #held = new Map();

  constructor({ place, headers }) {
    Object.assign(this, { place, headers });
  }

  // Where to get an attachment now; null if it cannot be had.
  of(id, anew = false) {
    const held = this.#held.get(id);
    if (held && !anew && Date.now() - held.at < FRESH_FOR) return held.url;
    const url = this.#ask(id);
    this.#held.set(id, { at: Date.now(), url });
    return url;
  }

  async #ask(id) {
    try {
      const answer = await fetch(`${this.place}/${id}/address`, {
        headers: this.headers(), cache: 'no-store',
      });
      if (answer.ok) return (await answer.json()).url;
    } catch {
      // No connection: as good as not there.
    }
    this.#held.delete(id);
    return null;
  }
}

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export const isPicture = ({ media_type: type }) => PICTURES.has(type);

// Shows the picture once it comes into view: who scrolls past loads nothing.
export function fillPicture(image, id, addresses, lost) {
  let again = false;
  const load = async () => {
    const url = await addresses.of(id, again);
    if (url) image.src = url;
    else lost();
  };
  image.addEventListener('error', () => {
    if (again) lost();
    else {
      again = true;
      load();
    }
  });
  const eye = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    eye.disconnect();
    load();
  });
  eye.observe(image);
}

const UNITS = ['byte', 'kilobyte', 'megabyte'];

export function sizeIn(locale, bytes) {
  const step = bytes < 1000 ? 0 : bytes < 999_500 ? 1 : 2;
  return new Intl.NumberFormat(locale, {
    style: 'unit', unit: UNITS[step], unitDisplay: step ? 'short' : 'long',
    maximumFractionDigits: step === 2 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}
