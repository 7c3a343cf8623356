/* What administration consists of: one row a page.
 *
 * A row stands in the navigation for whoever has its scope; its module is
 * loaded when it is opened, and exports `page(ctx)` (see shell.js).
 */

export const SECTIONS = [
  { group: "Set-up", pages: [
    { id: "channels", title: "Channels", icon: "widget", scope: "channels:read", load: () => import("./channels.js") },
    { id: "agents", title: "Agents", icon: "people", scope: "agents:read", load: () => import("./agents.js") },
    { id: "queues", title: "Queues", icon: "queue", scope: "desk:read", load: () => import("./queues.js") },
    { id: "answers", title: "Answers", icon: "answer", scope: "desk:read", load: () => import("./answers.js") },
    { id: "hours", title: "Hours", icon: "hours", scope: "desk:read", load: () => import("./hours.js") },
  ] },
  { group: "Protection", pages: [
    { id: "rules", title: "Redaction rules", icon: "hide", scope: "rules:read", load: () => import("./rules.js") },
  ] },
  { group: "Privacy", pages: [
    { id: "data-map", title: "Data map", icon: "map", scope: "holdings:read", load: () => import("./data_map.js") },
    { id: "people", title: "People", icon: "person", scope: "customers:read", load: () => import("./people.js") },
    { id: "conversations", title: "Conversations", icon: "talks", scope: "conversations:read", load: () => import("./conversations.js") },
    { id: "search", title: "Search", icon: "search", scope: "privacy:search", load: () => import("./searching.js") },
    { id: "requests", title: "Requests", icon: "letter", scope: "privacy:requests", load: () => import("./requests.js") },
    { id: "audit", title: "Audit log", icon: "audit", scope: "audit:read", load: () => import("./audit.js") },
  ] },
  { group: "Programs", pages: [
    { id: "applications", title: "Applications", icon: "plug", scope: "applications:read", load: () => import("./applications.js") },
    { id: "keys", title: "API keys", icon: "key", scope: "keys:read", load: () => import("./keys.js") },
  ] },
];

/** The pages that somebody with `scopes` sees. */
export const pagesFor = (scopes) =>
  SECTIONS.map(({ group, pages }) => ({
    group,
    pages: pages.filter(({ scope }) => scopes.has(scope)),
  })).filter(({ pages }) => pages.length > 0);
