/* What must not be done with what somebody says: set, and lifted with notice. */

import { el } from "../console/element.js";
import { ask } from "./asking.js";
import { controlOf } from "./controls.js";
import { badge } from "./list.js";
import { button, panel } from "./privacy_parts.js";
import { RESTRICTION_REASONS, RESTRICTIONS } from "./privacy_words.js";

/* The browser's own clock and calendar, in the time zone of whoever looks. */
function when(field, value) {
  const control = controlOf({ ...field, control: undefined, kind: "text", type: "datetime-local", most: null }, value);
  const get = () => control.input.value ? new Date(control.input.value).getTime() / 1000 : null;
  return { ...control, get, check: () => get() ? "" : "Say when." };
}

const restrict = (ctx, id, [name, title, text]) => ask(`${title}?`, {
  lead: [text, "It takes hold of conversations that go on before this dialog closes."],
  fields: [{ name: "reason", label: "Why", kind: "select", options: RESTRICTION_REASONS }],
  value: { reason: "asked" },
  yes: "Restrict",
  act: (body) => ctx.api.put(`customers/${id}/restrictions/${name}`, body),
});

const lift = (ctx, id, [name, title]) => ask(`Lift “${title}”`, {
  lead: "The law asks that the person is told before a restriction is lifted (GDPR 18 (3)). Say when that was: after the restriction was set, and before now.",
  fields: [{ name: "notice_given_at", label: "They were told", control: when, style: "half" }],
  yes: "Lift",
  async act({ notice_given_at }) {
    try {
      return await ctx.api.post(`customers/${id}/restrictions/${name}/lift`, { notice_given_at });
    } catch (error) {
      if (error.status === 409 || error.status === 422) {
        error.errors = [];
        error.message = "It is lifted only if they were told after it was set, and before now.";
      }
      throw error;
    }
  },
});

/** The panel of all four. */
export function restrictions(ctx, known, again) {
  const row = (one) => {
    const [name, title, text] = one;
    const is_set = known.restrictions.includes(name);
    const act = async () => {
      if (await (is_set ? lift : restrict)(ctx, known.id, one)) again();
    };
    return el("li", {},
      el("div", { class: "limit-main" },
        el("div", { class: "row-title" }, el("strong", { text: title }), is_set ? badge("in force", "warn") : null),
        el("p", { class: "soft", text })),
      button(is_set ? "Lift" : "Restrict", act));
  };
  const node = panel("Restrictions", { id: "restrictions", lead: "What they do not want, or what may not be done. Agents always may answer." },
    el("ul", { class: "limits" }, ...RESTRICTIONS.map(row)));
  for (const [n, one] of [...node.querySelectorAll(".limits button")].entries()) one.setAttribute("aria-label", `${one.textContent}: ${RESTRICTIONS[n][1]}`);
  return node;
}
