/* Canned answers: texts that agents have at hand, by `/` in the reply. */

import { ID_FIELD, NEW, pageOf } from "./editing.js";
import { badge, listPage } from "./list.js";

const list = (ctx) =>
  listPage(ctx, {
    title: "Answers",
    lead: "Texts that agents have at hand: a / in an empty reply opens them.",
    path: "canned-answers",
    make: { scope: "desk:write", label: "Add answer", to: ctx.href("answers", NEW), icon: "answer" },
    empty: ["No answers yet", "Write down once what your agents say every day, and they choose it by typing / in the reply."],
    describe: (one) => ({
      title: one.title,
      sub: one.text,
      to: ctx.href("answers", one.id),
      badges: one.language ? [badge(one.language)] : [],
    }),
  });

const kind = () => ({
  list: "canned-answers",
  title: "Answers",
  word: "answer",
  newTitle: "New answer",
  scope: "desk:write",
  fresh: () => ({ id: "", title: "", text: "", language: null }),
  nameOf: (value) => value.title,
  sections: (_, isNew) => [{ fields: [
    { name: "title", label: "Title", help: "What agents look for; customers do not see it.", required: true, most: 80 },
    { ...ID_FIELD, readOnly: !isNew },
    { name: "text", label: "Text", kind: "area", rows: 6, most: 4000, required: true, help: "Agents can change it before they send it.", style: "full" },
    { name: "language", label: "Language", optional: true, code: true, most: 35, empty: null, placeholder: "en", pattern: /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/, wrong: "Such as en, de or pt-br, in small letters.", style: "half" },
  ] }],
  removing: (value) => ({
    title: `Remove “${value.title}”?`,
    text: "Agents are no longer offered it. What was sent stays as it was sent.",
  }),
});

export const page = pageOf("answers", { list, kind });
