/* The door of administration: the console's sign-in, by the API. */

import { memory } from "../console/memory.js";
import { signInView } from "../console/view_sign_in.js";
import { t } from "./words.js";

const NOTICES = { bad_credentials: "wrong", offline: "unreachable", unavailable: "unreachable" };

/** Show the form; resolves once somebody has signed in. */
export function signIn(api, toasting) {
  return new Promise((done) => {
    const door = {
      screen: "sign-in",
      notice: memory.token ? "expired" : null,
      async signIn(name, password) {
        door.notice = null;
        view.draw();
        try {
          memory.token = await api.signIn(name, password);
          door.screen = "desk";
          done();
        } catch (problem) {
          door.notice = problem.code === "too_fast" || problem.status === 429
            ? { seconds: problem.wait ?? 60 }
            : NOTICES[problem.code] ?? "refusedByServer";
        }
        view.draw();
      },
    };
    memory.token = null;
    const view = signInView(door, { title: t("signInTitle"), lead: t("signInLead") });
    document.title = t("pageTitle", t("signInTitle"));
    document.body.replaceChildren(view.node, toasting);
    view.draw();
    view.focus();
  });
}
