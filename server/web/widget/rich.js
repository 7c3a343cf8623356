// What goes with words: menus, quick replies, cards, links and files. Loaded
// with the first message that has any.
import {
  Addresses, fillPicture, isPicture, sizeIn,
} from '../shared/attachments.js';
import { DRAWINGS, dress, icon, make } from './dom.js';
import { richWords } from './rich-words.js';
import { fill } from './strings.js';

Object.assign(DRAWINGS, {
  next: 'm9 6 6 6-6 6',
  away: 'M14 5h5v5m0-5-8 8m-2-7H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3',
  file: 'M6 3h8l5 5v13H6zm8 0v5h5',
  get: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  close: 'm6 6 12 12M18 6 6 18',
});

// `choose(number, choice)`: something was chosen from that message.
export async function prepare({ locale, place, headers, choose }) {
  await dress('rich');
  const words = richWords(locale);
  const tools = {
    locale, words, choose, addresses: new Addresses({ place, headers }),
  };
  const nothing = () => ({ root: make('div'), show() {} });
  return {
    ...tools, place,
    part: (message) =>
      (Object.hasOwn(PARTS, message.rich.kind)
        ? PARTS[message.rich.kind] : nothing)(message, tools),
  };
}

// A part has a `root` and `show({answer, passed, over})`: what was chosen
// from it, whether the talk went on without it, and whether all is over.
const PARTS = { menu, quick_replies: quickReplies, cards, link_button: link,
  attachment };

function menu({ number, rich }, tools) {
  const { list, show } = choices(rich.items, number, tools);
  const root = make('div', {
    class: 'menu', role: 'group',
    'aria-label': rich.title || tools.words.choices,
  }, ...(rich.title
    ? [make('p', { class: 'title', dir: 'auto', text: rich.title })] : []),
  list);
  return { root, show };
}

function quickReplies({ number, rich }, tools) {
  const { list, show } = choices(rich.items, number, tools);
  list.setAttribute('aria-label', tools.words.choices);
  list.className = 'replies';
  return {
    root: list,
    show(state) {
      show(state);
      list.hidden = (state.passed || state.over) && !state.answer;
    },
  };
}

function choices(items, number, { choose, words }) {
  const buttons = items.map((item) => make('button', {
    type: 'button', class: 'choice', onclick: () => choose(number, item),
  }, make('span', { text: item.text, dir: 'auto' })));
  const list = make('ul', { class: 'choice-list' },
    ...buttons.map((button) => make('li', {}, button)));
  let drawn = false;
  const show = ({ answer, over }) => {
    for (const button of buttons) button.disabled = over || Boolean(answer);
    if (!answer || drawn) return;
    const same = items.filter(({ payload }) => payload === answer.postback);
    const item = same.find(({ text }) => text === answer.text) ?? same[0];
    const button = buttons[items.indexOf(item)];
    button?.classList.add('chosen');
    button?.append(icon('sent'),
      make('span', { class: 'sr', text: ` (${words.chosen})` }));
    drawn = Boolean(button);
  };
  return { list, show };
}

function cards({ number, rich }, tools) {
  const { words } = tools;
  const parts = [];
  const tiles = rich.items.map((card, at) => {
    const inner = [];
    if (card.picture) inner.push(framed(card.picture, '', tools));
    inner.push(make('p', { class: 'title', dir: 'auto', text: card.title }));
    if (card.subtitle) {
      inner.push(make('p', { class: 'sub', dir: 'auto', text: card.subtitle }));
    }
    if (card.items?.length) {
      parts.push(choices(card.items, number, tools));
      inner.push(parts.at(-1).list);
    }
    return make('li', { class: 'tile', role: 'group', 'aria-label':
      fill(words.card, { n: at + 1, all: rich.items.length }) }, ...inner);
  });
  const track = make('ul', {
    class: 'track', tabindex: '0', 'aria-label': words.cards, role: 'group',
  }, ...tiles);
  return {
    root: make('div', { class: 'cards' }, track, ...arrows(track, words)),
    show(state) {
      for (const part of parts) part.show(state);
    },
  };
}

// Only where there is something to go to.
function arrows(track, words) {
  const step = (by) => track.scrollBy({
    left: by * (track.firstElementChild.offsetWidth + 10),
    behavior: window.matchMedia('(prefers-reduced-motion: reduce)').matches
      ? 'instant' : 'smooth',
  });
  const arrow = (name, label, by) => make('button', {
    type: 'button', class: `arrow ${name}`, 'aria-label': label, hidden: true,
    onclick: () => step(by),
  }, icon('next'));
  const back = arrow('back', words.earlier, -1);
  const on = arrow('on', words.later, 1);
  const draw = () => {
    const rest = track.scrollWidth - track.clientWidth - track.scrollLeft;
    const held = document.activeElement;
    back.hidden = track.scrollLeft < 8;
    on.hidden = rest < 8;
    // The one that was pressed may be the one that is gone.
    if (held === back && back.hidden) on.focus();
    if (held === on && on.hidden) back.focus();
  };
  track.addEventListener('scroll', draw, { passive: true });
  new ResizeObserver(draw).observe(track);
  return [back, on];
}

function link({ rich }, { words }) {
  const { hostname, protocol } = new URL(rich.url);
  const root = make('div', { class: 'menu' });
  if (rich.title) {
    root.append(make('p', { class: 'title', dir: 'auto', text: rich.title }));
  }
  if (protocol === 'https:') {
    root.append(make('a', {
      class: 'choice', href: rich.url, target: '_blank',
      rel: 'noopener noreferrer', referrerpolicy: 'no-referrer',
    }, make('span', { dir: 'auto' }, rich.label,
      make('small', { text: hostname })), icon('away'),
    make('span', { class: 'sr', text: ` (${words.elsewhere})` })));
  }
  return { root, show() {} };
}

function framed(id, alt, { addresses }) {
  const image = make('img', { alt });
  const frame = make('span', { class: 'framed' }, image);
  fillPicture(image, id, addresses, () => frame.classList.add('lost'));
  return frame;
}

function attachment({ rich }, tools) {
  const { words, locale, addresses } = tools;
  const shows = isPicture(rich);
  const note = make('small', { text: sizeIn(locale, rich.size) });
  const face = shows ? [framed(rich.id, '', tools)]
    : [icon('file'), make('span', { class: 'file-name', dir: 'auto' },
      rich.name, note), icon('get')];
  const root = make('button', {
    type: 'button', class: shows ? 'picture' : 'choice file', 'aria-label':
      fill(shows ? words.picture : words.download, { name: rich.name }),
    onclick: async () => {
      const url = await addresses.of(rich.id);
      if (!url) note.textContent = words.lost;
      else if (shows) window.open(url, '_blank', 'noopener,noreferrer');
      else make('a', { href: url, download: rich.name }).click();
    },
  }, ...face);
  return {
    root,
    // Deleted there, it is taken off the screen here.
    show({ over }) {
      if (!over || root.disabled) return;
      root.disabled = true;
      root.className = 'choice file';
      note.textContent = words.deleted;
      root.setAttribute('aria-label', `${rich.name}: ${words.deleted}`);
      root.replaceChildren(icon('file'), make('span', {
        class: 'file-name', dir: 'auto' }, rich.name, note));
    },
  };
}
