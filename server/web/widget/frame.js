// The chat frame put together: storage, connection, conversation, view, page.
import { Bridge } from './bridge.js';
import { wear } from './colors.js';
import { Connection } from './connection.js';
import { Conversation } from './conversation.js';
import { Keepsake, browserStorage } from './keepsake.js';
import { fill, speak } from './strings.js';
import { View } from './view.js';

const config = JSON.parse(
  document.getElementById('dayfly-config').textContent);
const CREATED_WITHIN = 10_000;

const asked = [];
let answer = (message) => asked.push(message);

// Before anything is awaited: the page speaks once, at load.
const bridge = new Bridge({
  origins: config.allowed_origins ?? [],
  heard: (message) => answer(message),
});

const { theme, lang } = await bridge.attached;
const styles = wear(config.color, theme);
const wished = [lang, ...navigator.languages].filter(Boolean);
const { locale, words } = await speak(wished, config.languages);
document.documentElement.lang = locale;

const keep = new Keepsake(browserStorage(), config.channel);
const view = new View({ config, words, locale, alone: bridge.alone });
document.body.append(view.root);
document.title = fill(words.title, { name: config.name });

const link = new Connection({
  // ws: or wss:, as the page came.
  address: new URL(config.socket, window.location.href).href
    .replace(/^http/u, 'ws'),
  opened: () => conversation.opened(),
  heard: (frame) => conversation.hear(frame),
  changed: (status) => {
    if (status !== 'ready') {
      surroundings?.pause();
      conversation.lost();
    }
    view.show();
  },
});
const conversation = new Conversation({
  // The account may have words in a language that this window has not.
  language: (wished[0] ?? locale).slice(0, 64),
  link, keep, changed: () => view.show(), told: tell, create, arrived,
});

// Told by those who chat, where a channel asks: not loaded before.
let surroundings;
const lookAround = async () => {
  if (config.collect.length + config.cookies.length === 0) return;
  const { Surroundings } = await import('./surroundings.js');
  surroundings ??= new Surroundings({
    collect: config.collect, cookies: config.cookies,
    say: (frame) => conversation.say(frame),
    ask: (names) => {
      if (!bridge.alone) bridge.say({ type: 'where', names });
      else surroundings.hear({ page: { url: window.location.href } });
    },
  });
  if (conversation.welcomed) surroundings.begin();
};

// Sealed by the page's own back end: kept as it came, told to each connection.
let sealed = null;
let created = () => {};

function arrived() {
  // What could not be loaded is tried again at the next welcome.
  lookAround().catch(() => {});
  if (sealed) conversation.say({ type: 'private', token: sealed });
}

// The page's back end may want to begin the conversation itself.
function create() {
  return new Promise((resolve) => {
    if (bridge.alone) resolve();
    created = resolve;
    bridge.say({ type: 'create' });
    setTimeout(resolve, CREATED_WITHIN);
  });
}

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

const answers = {
  show: ({ open, focus }) => view.open(open === true, focus === true),
  end: () => conversation.end(),
  where: (said) => surroundings?.hear(said),
  private({ token }) {
    sealed = String(token);
    conversation.say({ type: 'private', token: sealed });
  },
  created: ({ token }) => created(token),
  taken: ({ name }) =>
    conversation.say({ type: 'event_taken', name: String(name) }),
};
answer = (message) => {
  if (Object.hasOwn(answers, message.type)) answers[message.type](message);
};
view.attend({
  conversation, link, close: () => bridge.say({ type: 'close' }),
});
keep.watch((session) => {
  conversation.adopt(session);
  if (session) conversation.connect();
});

const open = keep.open;
if (keep.session || keep.unsent().length > 0) conversation.connect();
bridge.say({
  type: 'attached', styles, open, labels: {
    title: fill(words.title, { name: config.name }),
    open: words.open, close: words.close,
  },
});
asked.splice(0).forEach(answer);
if (bridge.alone) view.open(true, true);
