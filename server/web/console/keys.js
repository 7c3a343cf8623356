/* Shortcuts. A single key acts only while nothing is being typed, and all of
 * them can be turned off (WCAG 2.1.4): speech input types letters. */

const typing = (target) => target.matches?.("input, textarea, select");

export function listenToKeys(desk, does, preferences) {
  const single = {
    j: () => does.step(1),
    k: () => does.step(-1),
    w: does.oldest,
    t: does.take,
    r: does.reply,
    x: does.release,
    e: does.end,
    d: does.details,
    "?": does.help,
    ",": does.preferences,
  };

  function onList(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !event.target.closest?.(".lists-scroll")) return false;
    does.step(by);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (desk.screen !== "desk" || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") does.escape(event);
    else if (onList(event)) event.preventDefault();
    else if (!typing(event.target) && preferences.get("singleKeys")) {
      const act = Object.hasOwn(single, event.key) ? single[event.key] : null;
      if (!act) return;
      event.preventDefault();
      act();
    }
  });
}
