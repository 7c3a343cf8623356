/* Channels: the widgets on your sites, and everything each is set to. */

import { el } from "../console/element.js";
import { channelSections } from "./channel_sections.js";
import { previewOf } from "./channel_preview.js";
import { enc } from "./api.js";
import { showOnce } from "./dialogs.js";
import { NEW, pageOf } from "./editing.js";
import { badge, listPage } from "./list.js";
import { renewal, renewing } from "./renewing.js";
import { t } from "./words.js";

function swatch(color) {
  const node = el("span", { class: "swatch", "aria-hidden": "true" });
  node.style.setProperty("background-color", color);
  return node;
}

const kept = (days) => days === 0 ? "erased at the end" : `kept ${t("many", days, "day", "days")}`;

const list = (ctx) =>
  listPage(ctx, {
    title: "Channels",
    lead: "Each is a chat window for your sites, with its own look, rules and promises.",
    path: "channels",
    make: { scope: "channels:write", label: "Add channel", to: ctx.href("channels", NEW), icon: "widget" },
    empty: ["No channels yet", "Add one, and put the line it gives you into the pages of your site."],
    describe: (one) => ({
      title: one.name,
      sub: one.id,
      to: ctx.href("channels", one.id),
      mark: swatch(one.color),
      badges: [one.active ? badge("open", "good") : badge("closed", "warn"), ...one.declared ? [badge(t("declaredBadge"))] : []],
      facts: [kept(one.retention_days)],
    }),
  });

const PLAIN_CONSENT = { required: "implicit", version: "1", keywords: [] };

const FRESH = {
  id: "",
  name: "",
  greeting: "",
  color: "#0b6e4f",
  allowed_origins: [],
  inactivity_minutes: 30,
  max_age_hours: 24,
  starts_with: "agents",
  ending_grace_seconds: 5,
  attachments: false,
  attachment_mib: 10,
  attachments_per_conversation: 20,
  context: ["address", "place", "device", "page", "language", "tags"],
  page_query: false,
  allowed_cookies: [],
  accept_tokens_without_iat: false,
  controlled_creation: false,
  active: true,
  notices: [],
  consent: null,
  transcript_download: false,
  queue: null,
  business_hours: null,
  retention_days: 0,
  transcript: "none",
  transcript_to: null,
  transcript_patience_seconds: 3600,
};

/* The sections by name: a channel has more of them than a screen. */
function jumps(form) {
  const titles = [...form.node.querySelectorAll(".panel > h2")];
  const jump = (title) => el("li", {}, el("button", {
    type: "button",
    class: "jump",
    text: title.textContent,
    on: { click() {
      title.parentElement.scrollIntoView({ block: "start" });
      title.focus({ preventScroll: true });
    } },
  }));
  return el("nav", { class: "jumps", "aria-label": "Sections of this page" }, el("ul", {}, ...titles.map(jump)));
}

function explain(errors, given) {
  const aboutWords = errors.some(({ path }) => path.startsWith("$.consent"));
  return aboutWords && given.active
    ? "The channel cannot be open like this: people could not say no. Add the missing words under Consent, or save it closed."
    : "";
}

async function kind(ctx) {
  const [queues, hours] = await Promise.all(["queues", "business-hours"].map((path) =>
    ctx.may("desk:read") ? ctx.api.all(path) : null));
  return {
    list: "channels",
    title: "Channels",
    word: "channel",
    newTitle: "New channel",
    scope: "channels:write",
    stays: true,
    fresh: () => structuredClone({ ...FRESH, consent: PLAIN_CONSENT }),
    open: (value) => ({ ...value, consent: value.consent ?? structuredClone(PLAIN_CONSENT) }),
    nameOf: (value) => value.name,
    badges: (value) => [value.active ? badge("open", "good") : badge("closed", "warn")],
    sections: (value, isNew) => channelSections({ value, isNew, queues, hours }),
    explain,
    above: jumps,
    beside: (value) => previewOf(value),
    prepare: (given) => ({
      ...given,
      consent: JSON.stringify(given.consent) === JSON.stringify(PLAIN_CONSENT) ? null : given.consent,
    }),
    after: (stored, given) => given.secret
      ? showOnce(`The secret of ${stored.name}`, [["Token secret", given.secret]],
        "It is shown only now. Put it where your back end makes tokens; never into a page.")
      : null,
    below: (stored, readOnly) => stored && !readOnly ? renewing("Token secret", [renewal(ctx, {
      stored,
      path: `channels/${enc(stored.id)}/secret`,
      label: "Make a new secret",
      help: "By tokens that are signed with it, your back end vouches for who somebody is. The one before stops working at once.",
      title: `The new secret of ${stored.name}`,
      name: "Token secret",
      ask: "Tokens of your back end are refused until it has the new one.",
    })]) : null,
    removing: (value) => ({
      title: `Remove ${value.name}?`,
      text: "Its conversations end and are erased, and so are its customers. Pages that show the widget show nothing any more. This cannot be undone.",
    }),
  };
}

export const page = pageOf("channels", { list, kind });
