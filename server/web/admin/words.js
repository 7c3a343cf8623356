/* The words that several pages of administration share.
 *
 * What only one page says stands in that page, beside the field it is about.
 */

const many = (n, one, more) => `${n.toLocaleString()} ${n === 1 ? one : more}`;

const words = {
  title: "Administration",
  pageTitle: (page) => `${page} · Dayfly administration`,
  signInTitle: "Administration",
  signInLead: "Sign in with the name and password that you use in the console.",
  skip: "Skip to the content",
  navigation: "Administration",
  menu: "Menu",
  toConsole: "Back to the console",
  signOut: "Sign out",

  loading: "Loading…",
  retry: "Try again",
  reload: "Reload",
  notHere: "There is no such page",
  notHereLead: "The address leads nowhere, or your roles do not include it.",
  nothing: "Nothing here for your roles",
  nothingLead: "Ask an administrator of the account to give you one that includes administration.",

  add: "Add",
  save: "Save",
  saving: "Saving…",
  saved: "Saved. It applies at once.",
  created: "Made. It applies at once.",
  removed: "Removed.",
  remove: "Remove",
  discard: "Discard",
  cancel: "Cancel",
  close: "Close",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "The browser did not allow it: select the text and copy it.",
  generate: "Generate",
  done: "Done",

  unsaved: "Unsaved changes",
  leaveTitle: "Leave without saving?",
  leaveText: "What you have changed on this page would be lost.",
  leaveYes: "Leave",
  stay: "Stay",

  required: "This is needed.",
  notExpected: "This cannot stay as it is.",
  fieldsWrong: (n) => `Not saved: ${many(n, "field needs", "fields need")} your attention.`,
  idLabel: "Id",
  idHelp: "Small letters, digits and hyphens. It never changes.",
  idWrong: "Small letters, digits and hyphens, at most 40; the first is no hyphen.",
  on: "on",
  off: "off",

  declaredTitle: "Set in the settings file",
  declaredText: "The server's settings file rules this, so it can only be read here. Change it in the file and restart the server.",
  readOnlyTitle: "Read only",
  readOnlyText: "Your roles let you see this but not change it.",
  declaredBadge: "settings file",

  secretLead: "It is shown only now. Copy it to where it is needed before you close this.",
  secretClose: "I have copied it",
  many,
};

/** The words called `name`; with `given`, if they need some. */
export function t(name, ...given) {
  const found = words[name];
  return typeof found === "function" ? found(...given) : found;
}
