/* The widget's own modules with nobody at the other end.
 *
 * Only the page around this one, of our own origin, says what is shown; who
 * else frames this page is refused by its policy. It stores and sends nothing.
 */

import { wear } from "../widget/colors.js";
import { Conversation } from "../widget/conversation.js";
import { Keepsake } from "../widget/keepsake.js";
import { fill, speak } from "../widget/strings.js";
import { View } from "../widget/view.js";

const NOTHING = { delivered: 0, read: 0 };
const SEEN = { delivered: 2, read: 2 };
const TALK = [
  { number: 1, id: "preview-1", author: "customer", text: "Hello! Do you ship to Ireland?" },
  { number: 2, id: "preview-2", author: "agent", text: "We do, in four days. May I help you choose?" },
];

const link = { status: "ready", start() {}, stop() {}, restart() {}, say() {} };
let latest = 0;

const welcome = ({ notice, talk }) => ({
  type: "welcome",
  summary: {
    conversation: "preview",
    epoch: "preview",
    phase: talk ? "active" : "new",
    agent: talk ? "Maria" : null,
    last: talk ? TALK.length : 0,
    customer_seen: talk ? SEEN : NOTHING,
    agent_seen: talk ? SEEN : NOTHING,
  },
  limits: { text: 4000 },
  notice,
  now_at: Date.now(),
});

async function show(told) {
  const mine = (latest += 1);
  const { config, theme, language, talk } = told;
  const { locale, words } = await speak([language], []);
  if (mine !== latest) return;
  wear(config.color, theme);
  document.documentElement.lang = locale;
  document.title = fill(words.title, { name: config.name });
  const view = new View({ config, words, locale, alone: false });
  const conversation = new Conversation({
    language: locale,
    link,
    keep: new Keepsake(null, "preview"),
    changed: () => view.show(),
    told() {},
    create: async () => null,
    arrived() {},
  });
  view.root.inert = true;
  document.body.replaceChildren(view.root);
  view.attend({ conversation, link, close() {} });
  view.open(true, false);
  conversation.hear(welcome(told));
  const messages = talk ? TALK.map((one) => ({ ...one, at: Date.now() - 60_000 })) : [];
  conversation.hear({ type: "history", messages });
}

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent || data?.type !== "preview") return;
  show(data);
});
if (parent !== window) parent.postMessage({ type: "ready" }, location.origin);
