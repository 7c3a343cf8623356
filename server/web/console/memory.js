/* What the browser keeps for this tab: sessionStorage, and nothing else.
 *
 * The agent's token, the id of the open conversation (it names, it does not
 * open) and preferences. Never a name, a password or a word anybody typed.
 * A browser that forbids storage costs a sign-in per reload, no more.
 */

const TOKEN = "dayfly-agent-token";
const OPEN = "dayfly-open-conversation";
const PREFERENCES = "dayfly-preferences";

const DEFAULTS = {
  notify: false,
  sound: false,
  singleKeys: true,
  theme: "system",
};

function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    /* Storage is forbidden: the page works, and forgets on reload. */
  }
}

function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

export const memory = {
  get token() {
    return recall(TOKEN);
  },
  set token(value) {
    keep(TOKEN, value);
  },
  get open() {
    return recall(OPEN);
  },
  set open(value) {
    keep(OPEN, value);
  },
  get preferences() {
    try {
      return { ...DEFAULTS, ...JSON.parse(recall(PREFERENCES) ?? "{}") };
    } catch {
      return { ...DEFAULTS };
    }
  },
  set preferences(value) {
    keep(PREFERENCES, JSON.stringify(value));
  },
};
