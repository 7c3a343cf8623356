/* What the console asks the API besides its socket: who one is, what there is. */

import { memory } from "./memory.js";

const ROOT = new URL("../api/v1", location.href);

/** What the API tells at `path`; null if it cannot be asked or says no. */
export async function told(path) {
  try {
    const answer = await fetch(`${ROOT.href}${path}`, {
      headers: { authorization: `Bearer ${memory.token}` },
      cache: "no-store",
      credentials: "omit",
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

const known = { token: null, me: null };

/** Who is signed in, as GET /me tells it; asked once a sign-in. */
export async function me() {
  const { token } = memory;
  if (known.token !== token) {
    known.token = token;
    known.me = told("/me");
  }
  const found = await known.me;
  if (found === null && known.token === token) known.token = null;
  return found;
}
