// One connection to the server that comes back by itself: docs/protocol.md,
// sections 1 and 7.

const SUBPROTOCOL = 'dayfly.v1.json';
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const STABLE_AFTER = 10_000;
const ANSWER_WITHIN = 10_000;

const comesBack = (code) =>
  [1001, 1005, 1006, 1011, 1012, 1013].includes(code)
  || (code >= 4000 && code < 4500);

// A status is `idle`, `connecting`, `ready`, `waiting` (between two tries) or
// `stopped` (told not to come back).
export class Connection {
  status = 'idle';

  #socket = null;

  #pause = FIRST_PAUSE;

  #since = 0;

  #heartbeat = 25_000;

  #retry;

  #silence;

  constructor({ address, opened, heard, changed }) {
    Object.assign(this, { address, opened, heard, changed });
    window.addEventListener('online', () => this.#hurry());
    window.addEventListener('pageshow', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#hurry();
    });
  }

  start() {
    if (this.#socket || this.status === 'waiting') return;
    this.#connect();
  }

  stop() {
    clearTimeout(this.#retry);
    this.#detach();
    this.#become('idle');
  }

  restart() {
    this.stop();
    this.#connect();
  }

  say(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#become('connecting');
    const socket = new WebSocket(this.address, SUBPROTOCOL);
    this.#socket = socket;
    this.#since = Infinity;
    this.#expect(ANSWER_WITHIN);
    socket.onopen = () => {
      this.#since = Date.now();
      this.opened();
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  #take(data) {
    this.#listen();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame.type === 'welcome') {
      this.#heartbeat = frame.heartbeat * 1000;
      this.heard(frame);
      this.#become('ready');
    } else if (frame.type !== 'pong') this.heard(frame);
  }

  #closed(code) {
    this.#detach();
    if (!comesBack(code)) {
      this.#become('stopped');
      return;
    }
    if (Date.now() - this.#since >= STABLE_AFTER) this.#pause = FIRST_PAUSE;
    const pause = this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#retry = setTimeout(() => this.#connect(), pause);
    this.#become('waiting');
  }

  // A dead line may take minutes to say so by itself.
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.say({ type: 'ping' });
      this.#expect(ANSWER_WITHIN);
    }, this.#heartbeat);
  }

  #expect(within) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#closed(1006), within);
  }

  #hurry() {
    if (this.status === 'waiting') this.#connect();
    else if (this.status === 'ready' && this.say({ type: 'ping' })) {
      this.#expect(ANSWER_WITHIN);
    }
  }

  #detach() {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #become(status) {
    if (status === this.status) return;
    this.status = status;
    this.changed(status);
  }
}
