/* Calls to /api/v1, and what to say when one fails; see docs/api.md.
 *
 * Paths without a leading slash are the account's own: `channels/shop` is
 * `/accounts/<account>/channels/shop`, and the empty one is the account. Ids go
 * through `enc`.
 */

const ROOT = new URL("../../api/v1", location.href);
const PER_PAGE = 200;
/* What a list shows at most; beyond it, whoever looks has to search. */
const AT_MOST = 2000;

const SENTENCES = {
  bad_credentials: "That name and password do not match. Check both and try again.",
  changed: "Somebody has changed this since you opened it. Reload to see it as it is now.",
  declared: "The server's settings file rules this. Change it there and restart the server.",
  exists: "There is one with this name already. Choose another.",
  failed: "Something went wrong on the server. Try again; if it stays so, its log says where.",
  forbidden: "Your roles do not allow this. Ask an administrator of the account.",
  full: "There are as many of these as there may be. Remove one that nobody needs.",
  in_use: "Something else needs it as it is.",
  invalid: "Some of this cannot work as it is: see the marked fields.",
  not_found: "It is not there any more. Somebody may have removed it.",
  not_now: "It cannot be done as things stand.",
  on_hold: "It is on legal hold. Lift the hold first.",
  offline: "The server cannot be reached. Check the connection and try again.",
  secret_shown: "It was made, but its secret was shown only in an answer that got lost. Remove it and make another.",
  too_fast: "Too many requests. Wait a moment and try again.",
  too_large: "That is more than fits. Shorten the longest texts.",
  unavailable: "The server cannot do it now. Try again in a moment.",
};

/** What the server, or the way to it, said no with.
 *
 * `code` is the API's, or "offline"; `message` says what to do; `errors` are
 * `{path, code, hint}`, as docs/api.md says. */
export class Problem extends Error {
  constructor({ status = 0, code = "offline", detail = "", errors = [], wait = null }) {
    super(Problem.sentence(code, detail, errors));
    Object.assign(this, { status, code, errors, wait });
  }

  static sentence(code, detail, errors) {
    const said = SENTENCES[code] ?? (detail || SENTENCES.failed);
    const hint = code === "in_use" ? errors[0]?.hint || detail : "";
    return hint && hint !== said ? `${said} ${sentenceOf(hint)}` : said;
  }
}

const sentenceOf = (hint) =>
  hint.charAt(0).toLocaleUpperCase() + hint.slice(1) + (/[.!?]$/.test(hint) ? "" : ".");

/** An id as part of a path. */
export const enc = encodeURIComponent;

export class Api {
  #token;
  #again;
  #account = "";
  /* A request whose answer got lost is sent again under its own key. */
  #keys = new Map();

  /** `token()` is the bearer's; `again()` signs in anew, and resolves then. */
  constructor({ token, again }) {
    this.#token = token;
    this.#again = again;
  }

  set account(id) {
    this.#account = id;
  }

  get(path, query = {}) {
    return this.#ask("GET", path, { query });
  }

  post(path, body) {
    return this.#ask("POST", path, { body });
  }

  /** A POST that changes nothing, such as a search: what is asked and answered
   * must not stay in the server's memory, so it has no Idempotency-Key. */
  ask(path, body) {
    return this.#ask("POST", path, { body, once: false });
  }

  /** `revision` is what `body` was made of: 412 if it is another by now. */
  put(path, body, { revision = null } = {}) {
    return this.#ask("PUT", path, { body, revision });
  }

  patch(path, body) {
    return this.#ask("PATCH", path, { body });
  }

  remove(path, { revision = null } = {}) {
    return this.#ask("DELETE", path, { revision });
  }

  /** One page of a list: `{items, next}`; `after` is the `next` before. */
  page(path, { after = null, limit = PER_PAGE, ...query } = {}) {
    return this.get(path, { limit, ...(after && { after }), ...query });
  }

  /** All items of a list, as far as a page can show them. */
  async all(path) {
    const found = [];
    let after = null;
    do {
      const { items, next } = await this.page(path, { after });
      found.push(...items);
      after = next;
    } while (after && found.length < AT_MOST);
    return found;
  }

  /** A file, as a Blob. */
  async file(path) {
    return (await this.#send("GET", this.#address(path, {}), {})).blob();
  }

  /** A token for a name and password. */
  async signIn(name, password) {
    const answer = await this.#fetch(this.#address("/sign-in", {}), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, password }),
    });
    if (!answer.ok) throw await problemOf(answer);
    return (await answer.json()).token;
  }

  #address(path, query) {
    const own = `/accounts/${enc(this.#account)}`;
    const inside = path.startsWith("/") ? path : path ? `${own}/${path}` : own;
    const url = new URL(ROOT.pathname + inside, ROOT);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  async #ask(method, path, { query = {}, ...more }) {
    const answer = await this.#send(method, this.#address(path, query), more);
    return answer.status === 204 ? null : answer.json();
  }

  async #send(method, url, { body, revision = null, once = method !== "GET" }) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const name = `${method} ${url.pathname} ${revision ?? ""} ${text ?? ""}`;
    if (once && !this.#keys.has(name)) this.#keys.set(name, crypto.randomUUID());
    for (;;) {
      const answer = await this.#fetch(url, {
        method,
        body: text,
        headers: {
          authorization: `Bearer ${this.#token()}`,
          ...(text !== undefined && { "content-type": "application/json" }),
          ...(revision !== null && { "if-match": `"${revision}"` }),
          ...(once && { "idempotency-key": this.#keys.get(name) }),
        },
      });
      if (answer.status === 401) {
        await this.#again();
        continue;
      }
      this.#keys.delete(name);
      if (!answer.ok) throw await problemOf(answer);
      return answer;
    }
  }

  async #fetch(url, given) {
    try {
      return await fetch(url, { ...given, cache: "no-store", credentials: "omit", redirect: "error" });
    } catch {
      throw new Problem({});
    }
  }
}

async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  const wait = Number(answer.headers.get("retry-after")) || null;
  return new Problem({ ...told, code: told.code ?? "failed", status: answer.status, wait });
}
