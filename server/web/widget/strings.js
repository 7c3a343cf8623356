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
  sending: 'Sending…',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
  failed_text_too_long: 'Not sent: too long',
  failed_text_empty: 'Not sent: empty',
  failed_conversation_full: 'Not sent: this chat is full',
  failed_conversation_ended: 'Not sent: the chat had ended',
  retry: 'Try again',
  discard: 'Remove',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting… Your messages are kept.',
  stopped: 'The connection was closed.',
  reconnect: 'Connect again',
  soon: 'Still there? This chat ends in {n} s.',
  soon_spoken: 'Still there? This chat is about to end.',
  stay: 'Stay',
  end: 'End chat',
  end_question: 'End this chat?',
  end_meaning: 'All messages are deleted, for you and for {name}.',
  end_yes: 'End and delete',
  end_no: 'Keep chatting',
  ending: 'Deleting…',
  ended: 'This conversation has ended.',
  deleted: 'Dayfly has deleted it.',
  by_customer: 'You ended the chat.',
  by_agent: 'The chat was ended for you.',
  by_inactivity: 'Nobody wrote for a while.',
  by_age: 'The chat had reached its longest time.',
  by_operator: 'The chat was ended for you.',
  receipt_one: '1 message erased at {time}',
  receipt: '{n} messages erased at {time}',
  leftover: 'What you still see is only in this window.',
  again: 'Start a new conversation',
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
