/* The sign-in screen: name, password, and what went wrong last time. */

import { el, say, set } from "./element.js";
import { icon } from "./icons.js";
import { words } from "./words.js";

function notice(desk) {
  const { notice: why } = desk;
  if (why === null) return "";
  if (typeof why === "object") return words.tooManyTries(why.seconds);
  return words[why] ?? words.refusedByServer;
}

function field(id, label, input, ...more) {
  const error = el("p", { class: "field-error", id: `${id}-error` });
  input.setAttribute("aria-describedby", error.id);
  const show = (text) => {
    say(error, text);
    set(input, "aria-invalid", text ? "true" : null);
  };
  input.addEventListener("input", () => show(""));
  const node = el(
    "div",
    { class: "field" },
    el("label", { for: id, text: label }),
    el("div", { class: "field-box" }, input, ...more),
    error,
  );
  return { node, input, show };
}

function passwordField() {
  const input = el("input", {
    id: "password",
    type: "password",
    autocomplete: "current-password",
    maxlength: 256,
    required: true,
  });
  const button = el("button", {
    type: "button",
    class: "quiet square",
    "aria-label": words.showPassword,
    "aria-pressed": "false",
  }, icon("eye"));
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    set(button, "aria-pressed", shown);
  });
  return field("password", words.password, input, button);
}

function nameField() {
  const input = el("input", {
    id: "name",
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: 80,
    required: true,
  });
  return field("name", words.name, input);
}

/** `title` and `lead` stand over the form. */
export function signInView(desk, { title = words.title, lead = words.signInLead } = {}) {
  const name = nameField();
  const password = passwordField();
  const problem = el("p", { class: "problem", role: "alert" });
  const button = el("button", { class: "primary wide", text: words.signIn });
  let busy = false;

  const submit = (event) => {
    event.preventDefault();
    name.show(name.input.value.trim() ? "" : words.nameMissing);
    password.show(password.input.value ? "" : words.passwordMissing);
    const wrong = [name, password].find(({ input }) => input.ariaInvalid);
    if (wrong) {
      wrong.input.focus();
      return;
    }
    busy = true;
    desk.signIn(name.input.value.trim(), password.input.value);
  };

  const form = el(
    "form",
    { class: "sign-in-card", novalidate: true, on: { submit } },
    el("div", { class: "brand-mark" }, icon("fly")),
    el("h1", { text: title }),
    el("p", { class: "lead", text: lead }),
    problem,
    name.node,
    password.node,
    button,
    el("p", { class: "fine" }, icon("lock"), el("span", { text: words.keptNote })),
  );

  const draw = () => {
    const text = notice(desk);
    say(problem, text);
    const answered = busy && (desk.notice !== null || desk.screen === "desk");
    if (answered) {
      busy = false;
      password.input.value = "";
      if (desk.notice === "wrong") password.input.focus();
    }
    say(button, busy ? words.signingIn : words.signIn);
    set(button, "aria-disabled", busy ? "true" : null);
  };

  return {
    node: el("main", { class: "sign-in" }, form),
    draw,
    focus: () => (name.input.value ? password : name).input.focus(),
  };
}
