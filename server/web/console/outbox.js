/* Gets replies to the server, each once, in the order in which they were said.
 *
 * One reply of a conversation is on its way at a time: a person cannot type
 * faster than a round trip for long, and this way a refusal never lets the
 * second sentence overtake the first. What is not acknowledged when the
 * connection breaks goes out again under the same id.
 *
 * States of a reply: waiting -> sent -> (gone into the transcript by its
 * ack), or failed, from where the agent sends it again or discards it.
 */

const TRY_AGAIN_AFTER = 2000;

export class Outbox {
  #send;
  #timers = new Map();

  /** `send(frame)` tells whether the frame went out. */
  constructor(send) {
    this.#send = send;
  }

  /** Send what comes next, if nothing is on its way. */
  next(conversation) {
    const { id, mine, watched, outbox } = conversation;
    if (!mine || !watched || this.#timers.has(id)) return;
    if (outbox.some(({ state }) => state === "sent")) return;
    const reply = outbox.find(({ state }) => state === "waiting");
    if (!reply) return;
    const out = this.#send({
      type: "send",
      conversation: id,
      id: reply.id,
      text: reply.text,
      ...(reply.attachment ? { attachment: reply.attachment } : {}),
    });
    if (out) reply.state = "sent";
  }

  /** The connection broke: nothing is on its way any more. */
  broken(conversation) {
    this.#forgetPause(conversation);
    for (const reply of conversation.outbox) {
      if (reply.state === "sent") reply.state = "waiting";
    }
  }

  /** The server said no; true if the reply was one of this conversation. */
  refused(conversation, frame) {
    const reply = conversation.outbox.find(({ id }) => id === frame.ref);
    if (!reply) return false;
    if (frame.retry) this.#pause(conversation, reply, frame.retry_after);
    else {
      reply.state = "failed";
      reply.code = frame.code;
      this.next(conversation);
    }
    return true;
  }

  again(conversation, reply) {
    reply.state = "waiting";
    delete reply.code;
    this.next(conversation);
  }

  discard(conversation, reply) {
    conversation.outbox = conversation.outbox.filter((one) => one !== reply);
    this.next(conversation);
  }

  #pause(conversation, reply, seconds) {
    this.#forgetPause(conversation);
    reply.state = "waiting";
    const wait = seconds ? seconds * 1000 : TRY_AGAIN_AFTER;
    const go = () => {
      this.#timers.delete(conversation.id);
      this.next(conversation);
    };
    this.#timers.set(conversation.id, setTimeout(go, wait));
  }

  #forgetPause(conversation) {
    clearTimeout(this.#timers.get(conversation.id));
    this.#timers.delete(conversation.id);
  }
}
