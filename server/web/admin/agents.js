/* Agents: who may sign in, and what each is there for. */

import { el } from "../console/element.js";
import { showOnce } from "./dialogs.js";
import { NEW, pageOf } from "./editing.js";
import { badge, listPage } from "./list.js";
import { password } from "./secrets.js";

const ROLES = [
  ["agent", "Agent", "Answers customers in the console."],
  ["supervisor", "Supervisor", "Sees which conversations there are, ends them, and looks after queues, answers and hours."],
  ["privacy_officer", "Privacy officer", "Finds what is held about people, and exports, corrects, restricts and erases it."],
  ["administrator", "Administrator", "Sets up channels, agents, rules and programs. Does not see customers."],
];
const NAMES = Object.fromEntries(ROLES.map(([id, name]) => [id, name]));

const list = (ctx) =>
  listPage(ctx, {
    title: "Agents",
    lead: "The people of your business who sign in here, and what each may do.",
    path: "agents",
    make: { scope: "agents:write", label: "Add agent", to: ctx.href("agents", NEW), icon: "people" },
    empty: ["No agents yet", "Add the people who answer your customers."],
    describe: (one) => ({
      title: one.display_name,
      sub: `Signs in as ${one.name}`,
      to: ctx.href("agents", one.name),
      mark: el("span", { class: "rail-mark", "aria-hidden": "true", text: one.display_name.slice(0, 1).toUpperCase() }),
      badges: one.name === ctx.me.id ? [badge("you")] : [],
      facts: [el("span", { class: "marks" }, ...one.roles.map((role) =>
        badge(NAMES[role] ?? role, role === "administrator" ? "warn" : role === "privacy_officer" ? "good" : null)))],
    }),
  });

const kind = (ctx) => ({
  list: "agents",
  title: "Agents",
  word: "agent",
  newTitle: "New agent",
  scope: "agents:write",
  fresh: () => ({ name: "", display_name: "", roles: ["agent"], password: password() }),
  nameOf: (value) => value.display_name,
  badges: (value) => value.name === ctx.me.id ? [badge("you")] : [],
  sections: (_, isNew, __, readOnly) => [
    { title: "Person", fields: [
      { name: "name", label: "Name to sign in with", help: isNew ? "One on the whole server; it never changes." : "It never changes.", required: true, code: true, most: 80, readOnly: !isNew },
      { name: "display_name", label: "Name that customers see", required: true, most: 80 },
    ] },
    { title: "Roles", lead: "What this person may do. Changes hold from their next step on.", fields: [
      { name: "roles", label: "Roles", kind: "many", silent: true, options: ROLES, required: true },
    ] },
    readOnly ? null : { title: "Password", fields: [
      {
        name: "password",
        label: isNew ? "First password" : "New password",
        kind: "password",
        generate: password,
        required: isNew,
        pattern: /^.{10,}$/s,
        wrong: "At least 10 characters, and none that everybody tries.",
        help: isNew
          ? "Shown once more when the agent is made. Tell it to them by a way that you trust."
          : "Leave it empty to keep the one there is. A new one signs them out everywhere.",
      },
    ] },
  ].filter(Boolean),
  prepare(given, isNew) {
    if (isNew) return given;
    const { name, ...change } = given;
    return change;
  },
  after: (kept, given) => given.password
    ? showOnce(`${kept.display_name} can sign in`, [["Name", kept.name], ["Password", given.password]])
    : null,
  removing: (value) => ({
    title: `Remove ${value.display_name}?`,
    text: "They are signed out at once, and conversations they have go back to those waiting.",
  }),
});

export const page = pageOf("agents", { list, kind });
