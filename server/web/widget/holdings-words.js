// The words of holdings.js and its parts; other languages are loaded where
// spoken.

const en = {
  back: 'Back to the chat',
  asking: 'Looking it up…',
  lead: 'This is all that is held about you, as of {time}.',
  nothing: 'Nothing is held about you.',
  count: 'Count:',
  held_context: 'Your page, device and rough location',
  held_cookies: 'Cookies of this site',
  held_private: 'What {name} knows of you from elsewhere',
  held_session: 'That you are connected',
  held_messages: 'Your messages',
  held_answers: 'The answers to you',
  held_record: 'Times and counts of this chat',
  held_key: 'The key to your messages',
  held_cursors: 'How far {name}’s own systems have read',
  held_files: 'Files sent in this chat',
  held_identity: 'Who you are: name, contact details',
  held_consents: 'What you agreed to and what you refused',
  held_requests: 'What you asked us to do with your data',
  held_past: 'That an earlier chat has ended',
  held_audit: 'Security events, without your name',
  home_memory: 'In memory only',
  home_disk: 'On disk',
  home_disk_sealed: 'On disk, encrypted',
  home_key_file: 'In a file of keys',
  dies_end: 'Deleted when the chat ends',
  dies_end_at: 'Deleted when the chat ends, or {when} if nobody writes',
  dies_kept: 'Deleted {time} after the chat ends',
  dies_file: 'Deleted when the chat ends, after 24 hours at the latest',
  dies_file_at: 'Deleted when the chat ends, {when} at the latest',
  dies_asked: 'Kept until you have it deleted',
  dies_years: 'Deleted three years after it was settled',
  dies_day: 'Deleted within a day',
  dies_audit: 'Deleted with the security log',
  dies_at: 'Deleted {when}',
  consents_title: 'What you agreed to',
  restrictions_title: 'Limits in force',
  purpose_service: 'Being answered in this chat',
  level_opted_out: 'Withdrawn',
  level_implicit: 'By writing to us',
  level_explicit: 'You said yes',
  level_double: 'You said yes and confirmed it',
  wording: 'wording {version}',
  withdraw: 'Withdraw',
  withdraw_from: 'Withdraw: {purpose}',
  withdrawn: 'Withdrawn.',
  limit_do_not_process: 'Your data serve nothing but to answer you.',
  limit_do_not_profile: 'No profile is made: no device, no pages, no cookies.',
  limit_do_not_locate: 'You are not located.',
  limit_do_not_store: 'What is said here is not stored.',
  take: 'Download my transcript',
  take_text: 'As text',
  take_html: 'As web page',
  taken: 'Your copy is in your downloads.',
  take_failed: 'That did not work. Please try again.',
  forget: 'Delete everything now',
  forget_question: 'Delete everything?',
  forget_meaning: 'The chat ends at once and all of this is deleted. Nobody can bring it back.',
  forget_yes: 'Delete everything',
  forget_no: 'Keep it',
  forgotten: 'Everything is deleted',
  nothing_left: 'Nothing is held about you any more.',
  on_hold_holdings: 'This is on legal hold: it must be kept for now and cannot be deleted.',
  failed_holdings: 'This did not work just now.',
  offline: 'There is no connection right now…',
};

const SPOKEN = new Set(['de', 'fr', 'es', 'it', 'nl']);

export async function wordsOf(locale) {
  const base = locale.toLowerCase().split('-')[0];
  if (!SPOKEN.has(base)) return en;
  try {
    const { words } = await import(`./holdings-words-${base}.js`);
    return { ...en, ...words };
  } catch {
    return en;
  }
}
