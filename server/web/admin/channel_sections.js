/* What a channel is set to, section by section; docs/operating.md has the
 * same settings as they stand in a file. */

import { el } from "../console/element.js";
import { consentSection } from "./channel_consent.js";
import { copyButton } from "./dialogs.js";
import { ID_FIELD } from "./editing.js";
import { repeating } from "./repeating.js";
import { token } from "./secrets.js";

const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/;

const names = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

/** "German (de)", as far as the browser knows. */
export function languageName(code) {
  if (!LANGUAGE.test(code)) return "Language not chosen";
  try {
    return `${names.of(code)} (${code})`;
  } catch {
    return code;
  }
}

export const LANGUAGE_FIELD = {
  name: "language",
  label: "Language",
  required: true,
  code: true,
  most: 35,
  placeholder: "en",
  pattern: LANGUAGE,
  wrong: "Such as en, de or pt-br, in small letters.",
  style: "half",
};

const appearance = (isNew) => ({ id: "appearance", title: "Appearance", fields: [
  { name: "active", label: "Open for customers", kind: "switch", help: "Closed, nobody new comes in; those who are here stay to the end." },
  { name: "name", label: "Name", help: "Stands at the top of the widget.", required: true, most: 80 },
  isNew ? { ...ID_FIELD, help: "Part of the widget's address, and one on the whole server. Small letters, digits and hyphens. It never changes." } : null,
  { name: "greeting", label: "Greeting", kind: "area", most: 500, optional: true, help: "What it says before anybody has written." },
  { name: "color", label: "Colour", kind: "color", help: "Of the head and of buttons. Text on it is made readable by itself." },
] });

function snippetOf(id) {
  const address = new URL(`../../widget/${id}/widget.js`, location.href);
  const text = `<script src="${address.href}" async></script>`;
  return el("div", { class: "snippet-box" },
    el("p", { class: "entry-title", text: "On each page of your site" }),
    el("div", { class: "once-box" },
      el("code", { class: "snippet", tabindex: 0, "aria-label": "The line for your pages", text }),
      copyButton(() => text, "Copy line")));
}

const origins = (value, isNew) => ({
  id: "origins",
  title: "Origins",
  lead: "The sites that may show this widget. On all others it stays empty.",
  fields: [
    { name: "allowed_origins", label: "Sites", kind: "lines", code: true, placeholder: "https://www.example.org", help: "One a line, as scheme and host, without a path.", wrong: "An origin looks like https://www.example.org, without a path." },
  ],
  more: isNew ? [] : [snippetOf(value.id)],
});

const timing = () => ({
  id: "timing",
  title: "Timing and retention",
  lead: "When a conversation ends, and what becomes of it then.",
  fields: [
    { name: "inactivity_minutes", label: "Ends after silence of", kind: "number", min: 0.1, max: 43_200, unit: "minutes" },
    { name: "max_age_hours", label: "Ends in any case after", kind: "number", min: 0.1, max: 8_760, unit: "hours" },
    { name: "retention_days", label: "Kept after the end for", kind: "number", min: 0, max: 3_650, unit: "days", help: "0 erases at the end, at once. The widget tells customers which it is." },
    { name: "transcript", label: "Before it is erased, all that was said goes to", kind: "choice", options: [
      ["none", "Nobody"],
      ["application", "The channel's application"],
      ["email", "An address of yours", "Needs a mail server in the server's settings."],
    ] },
    { name: "transcript_to", label: "Address for transcripts", type: "email", optional: true, most: 254, empty: null, help: "Used if transcripts go by mail.", style: "half", wrong: "One mail address." },
    { name: "transcript_patience_seconds", label: "Tried for", kind: "number", min: 1, max: 86_400, unit: "seconds", help: "Then it is erased without." },
    { name: "transcript_download", label: "Customers may download their own transcript", kind: "switch" },
    { name: "ending_grace_seconds", label: "Last messages may reach applications for", kind: "number", min: 0, max: 60, unit: "seconds", help: "After an end, before anything is erased." },
  ],
});

const PARTS = [
  ["address", "Network address"],
  ["place", "Place", "Country, region and city, by address, if the server has a database for it."],
  ["device", "Device", "Browser, system and kind of device."],
  ["page", "Page", "Which page they are on, and where from they came."],
  ["language", "Language", "And the time zone."],
  ["tags", "Tags", "What your page says of itself."],
];

const data = () => ({
  id: "data",
  title: "Data collected",
  lead: "What agents see beside a conversation. It is held in memory while it lasts and never stored.",
  fields: [
    { name: "context", label: "Surroundings", kind: "many", style: "columns full", options: PARTS },
    { name: "page_query", label: "Keep what stands behind the ? of a page's address", kind: "switch", help: "It often names people: leave it off unless you need it." },
    { name: "allowed_cookies", label: "Cookies", kind: "lines", code: true, optional: true, rows: 2, help: "Names of your site's cookies whose values go to your applications, one a line.", wrong: "A cookie's name, without its value." },
  ],
});

const secret = (isNew) => ({
  id: "private",
  title: "Private data",
  lead: "Your back end can vouch for who somebody is, by tokens sealed with a secret that only it and this server know.",
  fields: [
    isNew ? { name: "secret", label: "Secret", kind: "password", optional: true, generate: token, pattern: /^.{32,512}$/s, wrong: "At least 32 characters, best generated.", style: "full", help: "Leave it empty if you send no private data. Shown once, when the channel is made." } : null,
    { name: "controlled_creation", label: "Only your back end begins conversations", kind: "switch", help: "Nobody gets in without a token of yours." },
    { name: "accept_tokens_without_iat", label: "Take tokens that do not say when they were made", kind: "switch", help: "Such a token never grows too old: whoever copies it can use it again." },
  ],
});

const attachments = () => ({ id: "attachments", title: "Attachments", fields: [
  { name: "attachments", label: "Files may be sent", kind: "switch", help: "By customers and by agents. They are erased with the conversation." },
  { name: "attachment_mib", label: "Largest file", kind: "number", min: 0.1, max: 100, unit: "MiB" },
  { name: "attachments_per_conversation", label: "Files in one conversation", kind: "number", min: 1, max: 1_000, step: 1, unit: "files" },
] });

const notices = () => ({
  id: "notices",
  title: "Notices",
  lead: "What customers are told before they write. Who reads another language is shown the first.",
  fields: [{
    name: "notices",
    control: repeating,
    none: "Customers are told nothing beforehand.",
    addLabel: "Add a language",
    titleOf: (one) => languageName(one.language),
    fresh: (there) => ({ language: there.length ? "" : "en", version: "1", text: "", terms: null, terms_url: null, terms_required: false }),
    fields: [
      LANGUAGE_FIELD,
      { name: "version", label: "Version", required: true, code: true, most: 32, pattern: /^[A-Za-z0-9._-]{1,32}$/, wrong: "Letters, digits, dots and hyphens.", style: "half", help: "Change it whenever the wording changes: it is recorded who was shown which." },
      { name: "text", label: "Notice", kind: "area", optional: true, help: "That the conversation is kept, for how long, and who reads it." },
      { name: "terms", label: "Box to tick", optional: true, most: 300, empty: null, help: "What is agreed to, such as “I agree to the terms”." },
      { name: "terms_url", label: "Where the terms can be read", type: "url", code: true, optional: true, most: 2048, empty: null, placeholder: "https://www.example.org/terms", pattern: /^https:\/\/\S+$/, wrong: "An address that begins with https://." },
      { name: "terms_required", label: "Nothing can be sent without the tick", kind: "switch" },
    ],
  }],
});

const pick = (all, chosen, none) => [
  [null, none],
  ...(all?.map((one) => [one.id, one.name]) ?? (chosen ? [[chosen, chosen]] : [])),
];

const service = (value, queues, hours) => ({ id: "service", title: "Hours and queue", fields: [
  { name: "business_hours", label: "Business hours", kind: "select", empty: null, options: pick(hours, value.business_hours, "Open at any time"), style: "half" },
  { name: "queue", label: "Queue", kind: "select", empty: null, options: pick(queues, value.queue, "Everybody"), style: "half", help: "Where customers wait, and who is shown them." },
  { name: "starts_with", label: "Who answers first", kind: "choice", options: [
    ["agents", "Agents"],
    ["application", "An application", "It hands over to agents when it cannot help."],
  ] },
] });

/** All sections of a channel's form. */
export const channelSections = ({ value, isNew, queues, hours }) => [
  appearance(isNew),
  origins(value, isNew),
  timing(),
  data(),
  secret(isNew),
  attachments(),
  notices(),
  consentSection(),
  service(value, queues, hours),
];
