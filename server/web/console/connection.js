/* One agent's WebSocket, kept alive: JSON frames of docs/protocol.md.
 *
 * Rules of this file
 *   1. The close code alone decides whether to come back (section 7).
 *   2. The pause before coming back doubles from 0.5 to 30 s, is random, and
 *      begins anew only after a connection that lasted 10 s: a server that
 *      takes us in and throws us out must not be hammered.
 *   3. Nothing is queued here: `send` says whether the frame went out, and
 *      whoever wants it repeated (outbox) keeps it.
 */

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const STEADY_AFTER = 10_000;
const PONG_WITHIN = 10_000;
const CONNECT_WITHIN = 15_000;

export const comesBack = (code) =>
  code === 1001 ||
  code === 1005 ||
  code === 1006 ||
  (code >= 1011 && code <= 1013) ||
  (code >= 4000 && code <= 4499);

export class Connection {
  #socket = null;
  #pause = FIRST_PAUSE;
  #openedAt = 0;
  #heardAt = 0;
  #heartbeat = 25_000;
  #timers = { retry: 0, beat: 0, pong: 0, connect: 0 };
  #wanted = false;

  /** `on` hears `opened()`, `frame(frame)`, `retrying(at)`, `stopped(code)`. */
  constructor(address, on) {
    this.address = address;
    this.on = on;
    globalThis.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.#wake());
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  start() {
    this.#wanted = true;
    this.#pause = FIRST_PAUSE;
    this.#connect();
  }

  /** Leave for good; nothing is heard of this connection any more. */
  stop() {
    this.#wanted = false;
    this.#drop(1000);
  }

  /** Do not wait out the pause. */
  hurry() {
    if (this.#wanted && this.#socket === null) this.#connect();
  }

  send(frame) {
    if (!this.open) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** How long the server lets a silence last, from `welcome`. */
  keepAlive(seconds) {
    this.#heartbeat = seconds * 1000;
    this.#listenForLife();
  }

  #connect() {
    this.#drop(1000);
    const socket = new WebSocket(this.address, ["dayfly.v1.json"]);
    this.#socket = socket;
    socket.onopen = () => {
      clearTimeout(this.#timers.connect);
      this.#openedAt = this.#heardAt = performance.now();
      this.on.opened();
    };
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#timers.connect = setTimeout(() => this.#lost(), CONNECT_WITHIN);
  }

  #heard(data) {
    this.#heardAt = performance.now();
    clearTimeout(this.#timers.pong);
    this.#timers.pong = 0;
    this.on.frame(JSON.parse(data));
  }

  #listenForLife() {
    clearTimeout(this.#timers.beat);
    const silence = performance.now() - this.#heardAt;
    if (silence >= this.#heartbeat) this.#ping();
    const wait = Math.max(1000, this.#heartbeat - silence);
    this.#timers.beat = setTimeout(() => this.#listenForLife(), wait);
  }

  #ping() {
    if (this.#timers.pong || !this.send({ type: "ping" })) return;
    this.#timers.pong = setTimeout(() => this.#lost(), PONG_WITHIN);
  }

  /* A laptop that slept finds out at once, not after a heartbeat. */
  #wake() {
    if (document.visibilityState !== "visible") return;
    if (this.open) this.#ping();
    else this.hurry();
  }

  /* A dead connection answers no close either: do not wait for it. */
  #lost() {
    this.#drop(4000);
    this.#retry();
  }

  #closed(code) {
    this.#drop(1000);
    if (comesBack(code)) this.#retry();
    else {
      this.#wanted = false;
      this.on.stopped(code);
    }
  }

  #retry() {
    if (!this.#wanted) return;
    const lasted = this.#openedAt ? performance.now() - this.#openedAt : 0;
    if (lasted >= STEADY_AFTER) this.#pause = FIRST_PAUSE;
    this.#openedAt = 0;
    const wait = this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
    this.#timers.retry = setTimeout(() => this.#connect(), wait);
    this.on.retrying(Date.now() + wait);
  }

  #drop(code) {
    for (const name of Object.keys(this.#timers)) {
      clearTimeout(this.#timers[name]);
      this.#timers[name] = 0;
    }
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState <= WebSocket.OPEN) socket.close(code);
  }
}
