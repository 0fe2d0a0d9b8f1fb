/** One server-sent event as it arrived. */
export interface ReceivedEvent {
  readonly event: string;
  readonly data: string;
}

/** Characters of one event; the largest is a status with its warnings, a few KiB. */
const EVENT_CHARACTERS = 1024 * 1024;

/**
 * Puts server-sent events together from text that is cut anywhere. It reads what the host writes: fields `event` and
 * `data` on one line each, lines that end in LF, and comments.
 */
export class EventDecoder {
  #rest = "";

  /**
   * Takes the next piece of text and gives the events that it completes.
   *
   * @throws {RangeError} if an event is longer than any that a host sends.
   */
  push(text: string): readonly ReceivedEvent[] {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    if (this.#rest.length > EVENT_CHARACTERS) {
      throw new RangeError(`Cannot read an event: it has more than ${EVENT_CHARACTERS} characters`);
    }
    return blocks.flatMap(decodeBlock);
  }
}

function decodeBlock(block: string): readonly ReceivedEvent[] {
  let event = "message";
  let data: string | undefined;
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice("event: ".length);
    if (line.startsWith("data: ")) data = line.slice("data: ".length);
  }
  return data === undefined ? [] : [{ event, data }];
}
