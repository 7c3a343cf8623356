/* Business hours: when somebody answers, as a week. */

import { ID_FIELD, NEW, pageOf } from "./editing.js";
import { listPage } from "./list.js";
import { DAYS, weekOf } from "./week.js";

const days = new Intl.ListFormat("en", { type: "unit" });

/* "Mon, Tue, Wed": enough to tell two lines of the list apart. */
const openOn = (openings) =>
  days.format(DAYS.filter((_, day) => openings.some((one) => one.day === day)).map((name) => name.slice(0, 3)));

const list = (ctx) =>
  listPage(ctx, {
    title: "Business hours",
    lead: "When somebody answers. Outside them, customers are told so at once. A channel without hours is open at any time.",
    path: "business-hours",
    make: { scope: "desk:write", label: "Add hours", to: ctx.href("hours", NEW), icon: "hours" },
    empty: ["No business hours", "All channels are open at any time. Add hours to tell customers when somebody will answer."],
    describe: (one) => ({
      title: one.name,
      sub: openOn(one.openings) || "never open",
      to: ctx.href("hours", one.id),
      facts: [one.time_zone],
    }),
  });

const weekdays = [0, 1, 2, 3, 4].map((day) => ({ day, opens: "09:00", closes: "17:00" }));

const kind = () => ({
  list: "business-hours",
  title: "Business hours",
  word: "hours",
  newTitle: "New business hours",
  scope: "desk:write",
  fresh: () => ({
    id: "",
    name: "",
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    openings: weekdays,
    closed_message: "",
  }),
  nameOf: (value) => value.name,
  sections: (_, isNew) => [
    { fields: [
      { name: "name", label: "Name", required: true, most: 80 },
      { ...ID_FIELD, readOnly: !isNew },
      {
        name: "time_zone",
        label: "Time zone",
        required: true,
        code: true,
        most: 64,
        style: "half",
        suggestions: Intl.supportedValuesOf?.("timeZone") ?? [],
        wrong: "A name such as Europe/Berlin.",
      },
    ] },
    { title: "Week", lead: "From and until, as 09:00 and 17:30; midnight at the end of a day is 24:00.", fields: [
      { name: "openings", control: weekOf },
    ] },
    { title: "While closed", fields: [
      { name: "closed_message", label: "What customers are told", kind: "area", optional: true, help: "Said once to those who write outside these hours. Empty: they wait without a word.", placeholder: "We are back on Monday at nine." },
    ] },
  ],
  removing: (value) => ({
    title: `Remove ${value.name}?`,
    text: "Channels that name them have to be given others first.",
  }),
});

export const page = pageOf("hours", { list, kind });
