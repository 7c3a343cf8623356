/* Queues: where customers wait, and who answers them. */

import { ID_FIELD, NEW, pageOf } from "./editing.js";
import { listPage } from "./list.js";
import { t } from "./words.js";

const list = (ctx) =>
  listPage(ctx, {
    title: "Queues",
    lead: "Where customers wait, and who is shown them. A channel without a queue is answered by everybody.",
    path: "queues",
    make: { scope: "desk:write", label: "Add queue", to: ctx.href("queues", NEW), icon: "queue" },
    empty: ["No queues", "Everybody sees everybody who waits. Add a queue when some of your agents look after some of your channels."],
    describe: (one) => ({
      title: one.name,
      sub: one.id,
      to: ctx.href("queues", one.id),
      facts: [one.agents.length ? t("many", one.agents.length, "agent", "agents") : "all agents"],
    }),
  });

async function kind(ctx) {
  /* Who may write queues may see agents; who only reads them, what is there. */
  const agents = ctx.may("agents:read") ? await ctx.api.all("agents") : null;
  const known = (value) => agents?.map((one) => [one.name, one.display_name]) ?? value.agents.map((name) => [name, name]);
  return {
    list: "queues",
    title: "Queues",
    word: "queue",
    newTitle: "New queue",
    scope: "desk:write",
    fresh: () => ({ id: "", name: "", agents: [] }),
    nameOf: (value) => value.name,
    sections: (value, isNew) => [{ fields: [
      { name: "name", label: "Name", required: true, most: 80 },
      { ...ID_FIELD, readOnly: !isNew },
      { name: "agents", label: "Agents", kind: "many", style: "columns", options: known(value), help: "Who is shown the customers of this queue. Nobody chosen: everybody is." },
    ] }],
    removing: (value) => ({
      title: `Remove ${value.name}?`,
      text: "Channels that name it have to be given another queue first.",
    }),
  };
}

export const page = pageOf("queues", { list, kind });
