/* The files of one conversation: those on their way, and where to get others. */

import { Addresses, Uploads } from "../shared/attachments.js";
import { memory } from "./memory.js";

/* Relative to /console/, so that a proxy may serve us under a path. */
const place = new URL("../attachments", location.href).pathname;

/** Made when first needed; dropped with everything else of the conversation. */
export function filesOf(desk, c) {
  c.files ??= make(desk, c);
  return c.files;
}

function make(desk, c) {
  const headers = () => ({
    authorization: `Bearer ${memory.token}`,
    "dayfly-conversation": c.id,
  });
  const uploads = new Uploads({
    place,
    headers,
    changed: () => desk.changed(),
    done: (item, told) => desk.attach(c, told),
  });
  return {
    uploads,
    addresses: new Addresses({ place, headers }),
    /* Only the first attempt tells that a channel takes none. */
    get off() {
      return uploads.items.some(({ reason }) => reason === "off");
    },
  };
}
