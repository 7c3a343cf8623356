/* Applications: programs of the account's that are told of conversations. */

import { enc } from "./api.js";
import { showOnce } from "./dialogs.js";
import { ID_FIELD, NEW, pageOf } from "./editing.js";
import { listPage } from "./list.js";
import { renewal, renewing } from "./renewing.js";
import { hashed, token, webhookSecret } from "./secrets.js";
import { t } from "./words.js";

const WANTS = [
  ["agent_messages", "What agents say", "Without this, it is told what customers say, and of handovers and ends."],
  ["typing", "Who is typing", "Often, and of no use to most."],
];

const list = (ctx) =>
  listPage(ctx, {
    title: "Applications",
    lead: "Programs of your business that are told of conversations and may answer in them, such as a bot.",
    path: "applications",
    make: { scope: "applications:write", label: "Add application", to: ctx.href("applications", NEW), icon: "plug" },
    empty: ["No applications", "Add one to have a bot answer first, or to hand conversations to your own systems."],
    describe: (one) => ({
      title: one.name,
      sub: one.id,
      to: ctx.href("applications", one.id),
      facts: [one.channels.length ? t("many", one.channels.length, "channel", "channels") : "all channels"],
    }),
  });

const fieldsOfDelivery = (isNew) => [
  {
    name: "webhook",
    label: isNew ? "Webhook" : "New webhook",
    type: "url",
    code: true,
    most: 2048,
    optional: true,
    placeholder: "https://example.org/dayfly",
    style: "full",
    help: isNew
      ? "Where events are posted, by https. Without one, the application connects with its key."
      : "The address is secret and is not shown. Leave it empty to keep the one there is.",
    wrong: "An address that begins with https://.",
  },
  isNew ? {
    name: "secrets",
    label: "Signing secret",
    kind: "lines",
    code: true,
    rows: 1,
    optional: true,
    style: "full",
    generate: webhookSecret,
    help: "Each request is signed with it, by which you know that it is ours. A webhook needs one.",
    wrong: "whsec_ and 24 to 64 bytes in base64.",
  } : null,
  { name: "signs_jwt", label: "Send a JWT as well", kind: "switch", help: "For receivers that check Authorization instead of the signature." },
];

/* Secrets of one that is there are made by the server, and told once. */
const renewals = (ctx, stored) => [
  {
    path: `applications/${enc(stored.id)}/secret`,
    label: "Make a new signing secret",
    help: "The one before stays good beside it, so that your receiver can change over without a pause.",
    title: "The new signing secret",
    name: "Signing secret",
  },
  {
    path: `applications/${enc(stored.id)}/key`,
    label: "Make a new key",
    help: "For programs that connect by WebSocket, or that answer by the API. The key before stops working at once.",
    title: "The new key",
    name: "Key",
    ask: "The application is cut off until it has the new one.",
  },
].map((one) => renewal(ctx, { stored, ...one }));

async function kind(ctx) {
  const channels = await ctx.api.all("channels");
  let fresh = null;
  return {
    list: "applications",
    title: "Applications",
    word: "application",
    newTitle: "New application",
    scope: "applications:write",
    fresh: () => ({ id: "", name: "", channels: [], webhook: "", secrets: [], signs_jwt: false, wants: [], new_key: true }),
    nameOf: (value) => value.name,
    sections: (value, isNew, _, readOnly) => [
      { fields: [
        { name: "name", label: "Name", help: "What customers see beside its messages.", required: true, most: 80 },
        { ...ID_FIELD, readOnly: !isNew },
        { name: "channels", label: "Channels", kind: "many", style: "columns", options: channels.map((one) => [one.id, one.name]), help: "Of which channels it is told. None chosen: of all." },
        { name: "wants", label: "Told besides", kind: "many", options: WANTS },
      ] },
      readOnly ? null : { title: "Webhook", lead: "For programs that are called.", fields: fieldsOfDelivery(isNew) },
      readOnly || !isNew ? null : { title: "Key", lead: "For programs that connect by WebSocket, or that answer by the API.", fields: [
        { name: "new_key", label: "Make a key", kind: "switch", help: "Shown once, when the application is made." },
      ] },
    ].filter(Boolean),
    async prepare({ new_key: wanted, ...body }, isNew) {
      fresh = wanted ? token() : null;
      const left = { ...body };
      if (!left.webhook) delete left.webhook;
      if (!left.secrets?.length) delete left.secrets;
      return { ...left, ...(fresh && { key_hash: await hashed(fresh) }) };
    },
    after(kept, given) {
      const shown = [
        ...(fresh ? [["Key", fresh]] : []),
        ...(given.secrets ?? []).map((secret, n) => [`Signing secret ${given.secrets.length > 1 ? n + 1 : ""}`.trim(), secret]),
      ];
      fresh = null;
      return shown.length ? showOnce(`For ${kept.name}`, shown) : null;
    },
    below: (stored, readOnly) => stored && !readOnly ? renewing("Secrets", renewals(ctx, stored)) : null,
    removing: (value) => ({
      title: `Remove ${value.name}?`,
      text: "It is told of nothing any more, and conversations that it serves go to your agents.",
    }),
  };
}

export const page = pageOf("applications", { list, kind });
