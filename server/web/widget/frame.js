// The chat frame put together: storage, connection, conversation, view, page.
import { Bridge } from './bridge.js';
import { palette } from './colors.js';
import { Connection } from './connection.js';
import { Conversation } from './conversation.js';
import { Keepsake, browserStorage } from './keepsake.js';
import { fill, speak } from './strings.js';
import { View } from './view.js';

const config = JSON.parse(
  document.getElementById('dayfly-config').textContent);
const asked = [];
let answer = (message) => asked.push(message);

// First of all, before anything is awaited: the page speaks once, at load.
const bridge = new Bridge({
  origins: config.allowed_origins ?? [],
  heard: (message) => answer(message),
});

function socketAddress() {
  const address = new URL(config.socket, window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

function wear(wished) {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const put = () => {
    const theme = ['light', 'dark'].includes(wished)
      ? wished : (dark.matches ? 'dark' : 'light');
    const root = document.documentElement;
    root.dataset.theme = theme;
    const colors = palette(config.color, theme);
    root.style.setProperty('--accent', colors.accent);
    root.style.setProperty('--ink', colors.ink);
    root.style.setProperty('--accent-text', colors.text);
    const { accent, ink, surface } = colors;
    return { '--c': accent, '--i': ink, '--s': surface };
  };
  dark.addEventListener('change', put);
  return put();
}

const { theme, lang } = await bridge.attached;
const styles = wear(theme);
const { locale, words } = await speak(
  [lang, ...navigator.languages].filter(Boolean), config.languages);
document.documentElement.lang = locale;

const keep = new Keepsake(browserStorage(), config.channel);
const view = new View({ config, words, locale, alone: bridge.alone });
document.body.append(view.root);
document.title = fill(words.title, { name: config.name });

const link = new Connection({
  address: socketAddress(),
  opened: () => conversation.opened(),
  heard: (frame) => conversation.hear(frame),
  changed: (status) => {
    if (status !== 'ready') conversation.lost();
    view.show();
  },
});
const conversation = new Conversation({
  link, keep, changed: () => view.show(), told: tell,
});

function tell(name, detail) {
  if (name === 'unread') {
    bridge.say({
      type: 'unread', unread: detail.unread,
      label: detail.unread
        ? fill(words.open_unread, { n: detail.unread }) : '',
    });
  }
  bridge.tell(name, detail);
}

answer = ({ type, open, focus }) => {
  if (type === 'show') view.open(open === true, focus === true);
  else if (type === 'end') conversation.end();
};
view.attend({
  conversation, link, close: () => bridge.say({ type: 'close' }),
});
keep.watch((session) => {
  conversation.adopt(session);
  if (session) link.start();
});

// The launcher, not the frame, decides whether the panel is open.
const open = keep.open;
if (keep.session || keep.unsent().length > 0) link.start();
bridge.say({
  type: 'attached', styles, open, labels: {
    title: fill(words.title, { name: config.name }),
    open: words.open, close: words.close,
  },
});
asked.splice(0).forEach(answer);
if (bridge.alone) view.open(true, true);
