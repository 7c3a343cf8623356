// Every word a customer reads; other languages are loaded where spoken.

export const en = {
  title: 'Chat with {name}',
  open: 'Open chat',
  open_unread: 'Open chat, {n} unread',
  close: 'Close chat',
  hide: 'Close the chat window',
  hello: 'Ask us anything',
  waiting: 'Waiting for somebody to answer',
  active: '{name} is here',
  over: 'Ended',
  log: 'Messages',
  you: 'You',
  bot: 'automatic',
  today: 'Today',
  yesterday: 'Yesterday',
  new: 'New',
  latest: 'Latest messages',
  new_below: '{n} new',
  typing: '{name} is writing',
  write: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  left: '{n} characters left',
  too_long: '{n} characters too many',
  privacy: 'Deleted when the chat ends',
  promise: 'Nothing is stored until you write. Everything is deleted when the chat ends.',
  privacy_kept: 'Deleted {time} after the chat ends',
  promise_kept: 'Nothing is stored until you write. Everything is deleted {time} after the chat ends.',
  unkept: 'These words were not kept.',
  sending: 'Sending…',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
  failed_text_too_long: 'Not sent: too long',
  failed_text_empty: 'Not sent: empty',
  failed_conversation_full: 'Not sent: this chat is full',
  failed_conversation_ended: 'Not sent: the chat had ended',
  failed_terms_needed: 'Not sent: the terms are not agreed to',
  retry: 'Try again',
  discard: 'Remove',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting… Your messages are kept.',
  stopped: 'The connection was closed.',
  reconnect: 'Connect again',
  end: 'End chat',
  holdings: 'What we hold about you',
  ending: 'Deleting…',
};

const SPOKEN = ['en', 'de', 'fr', 'es', 'it', 'nl'];

// `wished`: language tags, best first; `offered`: what the channel allows.
export async function speak(wished, offered) {
  const allowed = SPOKEN.filter((code) =>
    !offered?.length || offered.includes(code));
  const base = (tag) => tag.toLowerCase().split('-')[0];
  const locale = wished.find((tag) => allowed.includes(base(tag)))
    ?? allowed[0] ?? 'en';
  if (base(locale) === 'en') return { locale, words: en };
  try {
    const { words } = await import(`./strings-${base(locale)}.js`);
    return { locale, words: { ...en, ...words } };
  } catch {
    return { locale: 'en', words: en };
  }
}

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/gu, (_, name) => values[name] ?? '');
}

// A stretch of time in words: `30 days`, `12 hours`.
export function lasting(milliseconds, locale) {
  const days = milliseconds / 86_400_000;
  const [n, unit] = days < 1 ? [days * 24, 'hour'] : [days, 'day'];
  return new Intl.NumberFormat(locale, {
    style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1,
  }).format(n);
}
