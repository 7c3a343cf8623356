/* The real widget, beside the settings of its channel.
 *
 * It runs in a frame of its own page (preview.js) and is told what to show;
 * it connects to nothing, so nobody is disturbed by what is tried.
 */

import { el, set } from "../console/element.js";
import { icon } from "./icons.js";

const AFTER = 150; // milliseconds without typing
const ATTACHABLE = (value) =>
  value.attachments ? { mib: value.attachment_mib, count: value.attachments_per_conversation } : null;

function noticeFor(value, language) {
  const found = value.notices.find((one) => one.language === language) ?? value.notices[0];
  return found && (found.text || found.terms) ? found : null;
}

function choice(name, options, chosen, act) {
  const inputs = options.map(([value, label]) => {
    const input = el("input", { type: "radio", name, value });
    input.checked = value === chosen;
    input.addEventListener("change", () => act(value));
    return el("label", {}, input, el("span", { text: label }));
  });
  return el("fieldset", { class: "choices small-choices" }, el("legend", { class: "unseen", text: name }), el("div", {}, ...inputs));
}

/** The preview of a channel; `changed(value)` shows it as it is now. */
export function previewOf(value) {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const wish = { theme: dark ? "dark" : "light", talk: false, language: null };
  const frame = el("iframe", { class: "preview-frame", src: "preview", title: "Preview of the widget", tabindex: -1 });
  const languages = el("select", { class: "preview-language", "aria-label": "Language of the preview" });
  let now = value;
  let timer = 0;
  let ready = false;

  function send() {
    if (!ready || !frame.contentWindow) return;
    const language = wish.language ?? now.notices[0]?.language ?? "en";
    frame.contentWindow.postMessage({
      type: "preview",
      theme: wish.theme,
      talk: wish.talk,
      language,
      notice: noticeFor(now, language),
      config: {
        channel: "preview",
        name: now.name || "Your business",
        greeting: now.greeting,
        color: now.color,
        retention: (Number(now.retention_days) || 0) * 86_400,
        attachments: ATTACHABLE(now),
        collect: [],
        cookies: [],
        languages: [],
      },
    }, location.origin);
  }

  function offer() {
    const spoken = [...new Set(["en", ...now.notices.map((one) => one.language).filter(Boolean)])];
    if (spoken.join() !== [...languages.options].map((one) => one.value).join()) {
      languages.replaceChildren(...spoken.map((code) => el("option", { value: code, text: code })));
    }
    languages.value = spoken.includes(wish.language) ? wish.language : now.notices[0]?.language || "en";
    languages.hidden = spoken.length < 2;
  }

  const hear = (event) => {
    if (!frame.isConnected) removeEventListener("message", hear);
    if (event.source !== frame.contentWindow || event.origin !== location.origin) return;
    ready = event.data?.type === "ready";
    send();
  };
  addEventListener("message", hear);
  const put = (name, given) => {
    wish[name] = given;
    send();
  };
  languages.addEventListener("change", (event) => {
    event.stopPropagation();
    put("language", languages.value);
  });

  const body = el("div", { class: "preview-body", id: "preview-body" },
    frame,
    el("div", { class: "preview-tools" },
      choice("Moment", [[false, "First view"], [true, "Talking"]], false, (talk) => put("talk", talk)),
      choice("Look", [["light", "Light"], ["dark", "Dark"]], wish.theme, (theme) => put("theme", theme)),
      languages));
  const button = el("button", { class: "plain preview-open", type: "button", "aria-expanded": "false", "aria-controls": "preview-body" }, icon("eye"), "Preview");
  const node = el("aside", { class: "beside", "aria-label": "Preview" }, button, body);
  button.addEventListener("click", () => {
    const open = button.ariaExpanded !== "true";
    set(button, "aria-expanded", open);
    set(node, "data-open", open || null);
  });
  offer();
  return {
    node,
    changed(given) {
      now = given;
      clearTimeout(timer);
      timer = setTimeout(() => {
        offer();
        send();
      }, AFTER);
    },
  };
}
