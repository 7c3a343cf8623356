/* Opening one thing to change it: what is the same for all kinds.
 *
 * `editPage(ctx, {...})` loads `path`, shows the form, saves with the revision
 * it was read at, and offers to remove it.
 */

import { el } from "../console/element.js";
import { enc } from "./api.js";
import { formOf } from "./form.js";
import { badge, head } from "./list.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/* No id begins so: an agent may well be called "new". */
export const NEW = "!new";

const HISTORY = ["revision", "declared", "created_at", "changed_at"];

/** What is kept, without what only the server says of it. */
export function bodyOf(stored) {
  const body = { ...stored };
  for (const name of HISTORY) delete body[name];
  return body;
}

/** Why something can be read and not changed. */
export const banner = (title, text) =>
  el("div", { class: "banner", role: "note" }, icon("lock"),
    el("div", {}, el("strong", { text: title }), el("p", { text })));

export const ID_FIELD = {
  name: "id",
  label: t("idLabel"),
  help: t("idHelp"),
  helpNew: true, // of no use once it is chosen
  required: true,
  code: true,
  most: 40,
  pattern: /^[a-z0-9][a-z0-9-]{0,39}$/,
  wrong: t("idWrong"),
};

const slug = (text) =>
  text.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);

/* An id that follows the name, until somebody writes another. */
function suggestId(form) {
  const id = form.field("id")?.input;
  const name = (form.field("name") ?? form.field("title"))?.input;
  if (!id || !name) return;
  let own = false;
  id.addEventListener("input", (event) => {
    own = event.isTrusted && id.value !== "";
  });
  name.addEventListener("input", () => {
    if (own) return;
    id.value = slug(name.value);
    id.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Ask, remove, and go back to the list. */
export function removeButton(ctx, { path, stored, title, text, to, word }) {
  const fault = el("p", { class: "field-error", role: "alert" });
  const button = el("button", { class: "plain danger", type: "button" }, icon("bin"), `${t("remove")} ${word}`);
  button.addEventListener("click", async () => {
    if (!(await ctx.confirm({ title, text, yes: t("remove"), danger: true }))) return;
    fault.textContent = "";
    try {
      await ctx.api.remove(path, { revision: stored.revision });
    } catch (error) {
      fault.textContent = error.message;
      return;
    }
    ctx.guard(() => false);
    ctx.toast(t("removed"), "bin");
    ctx.navigate(...to);
  });
  return el("section", { class: "panel end-panel" },
    el("div", { class: "end-row" }, el("p", { class: "soft", text }), button), fault);
}

/** One thing, new (`id` is null) or there already.
 *
 * kind: {list, word, title, newTitle, scope, fresh(), nameOf(value),
 * sections(value, isNew, stored, readOnly), removing(value)}, and if need be
 * {lead, badges(value), open(value) as the form has it, explain(errors, value), prepare(value, isNew) the body, after(kept, value,
 * isNew), above(form), below(stored, readOnly, form), started(form),
 * changed(value), beside(value, form, stored): {node, changed(value)}, silent:
 * no banner though it is read only}. */
export async function editPage(ctx, kind, id, { again = false } = {}) {
  const isNew = id === null;
  const path = `${kind.list}/${enc(id ?? "")}`;
  const stored = isNew ? null : await ctx.api.get(path);
  const value = isNew ? kind.fresh() : kind.open?.(bodyOf(stored)) ?? bodyOf(stored);
  const declared = stored?.declared ?? false;
  const readOnly = declared || !ctx.may(kind.scope);
  const back = [kind.title, ctx.href(ctx.section)];

  const save = async (given, cleaned) => {
    const body = kind.prepare ? await kind.prepare(given, isNew) : given;
    const kept = isNew
      ? await ctx.api.post(kind.list, body)
      : await ctx.api.put(path, body, { revision: stored.revision });
    cleaned();
    ctx.guard(() => false);
    await kind.after?.(kept, given, isNew);
    ctx.toast(t(isNew ? "created" : "saved"));
    if (isNew) ctx.navigate(ctx.section, ...(kind.stays ? [kept.id ?? kept.name] : []));
    else await editPage(ctx, kind, id, { again: true });
  };
  let beside = null;
  const form = formOf({
    value,
    isNew,
    readOnly,
    save,
    sections: kind.sections(value, isNew, stored, readOnly),
    explain: kind.explain,
    cancel: isNew ? ctx.href(ctx.section) : null,
    changed(now) {
      beside?.changed(now);
      kind.changed?.(now);
    },
  });
  if (isNew) suggestId(form);
  kind.started?.(form);
  form.drop.addEventListener("click", () => {
    if (isNew) return;
    ctx.guard(() => false);
    editPage(ctx, kind, id, { again: true });
  });
  beside = kind.beside?.(value, form, stored);
  ctx.guard(form.isDirty);
  const badges = [
    ...(isNew ? [] : kind.badges?.(value) ?? []),
    ...(declared ? [badge(t("declaredBadge"))] : []),
  ];
  const title = isNew ? kind.newTitle : kind.nameOf(value);
  ctx.mount(el("div", { class: beside ? "page with-beside" : "page" },
    el("div", { class: "page-main" },
      head({ title, lead: kind.lead, back, badges }),
      declared ? banner(t("declaredTitle"), t("declaredText")) : null,
      readOnly && !declared && !kind.silent ? banner(t("readOnlyTitle"), t("readOnlyText")) : null,
      kind.above?.(form) ?? null,
      form.node,
      kind.below?.(stored, readOnly, form) ?? null,
      isNew || declared || !ctx.may(kind.removeScope ?? kind.scope) ? null : removeButton(ctx, {
        path,
        stored,
        to: [ctx.section],
        word: kind.word,
        ...kind.removing(value),
      })),
    beside?.node ?? null), { title, wide: Boolean(beside), again });
}

/** The page of a kind: its list, `new`, or one. `list(ctx)` shows the list. */
export const pageOf = (section, { list, kind }) => async (ctx) => {
  ctx.section = section;
  const [first] = ctx.path;
  if (first === undefined) return list(ctx);
  const made = await kind(ctx);
  if (first === NEW) return editPage(ctx, made, null);
  return editPage(ctx, made, first);
};
