/* To come. */

import { state } from "./states.js";

export const page = (ctx) => ctx.mount(state({ name: "info", title: "Not built yet", lead: "" }));
