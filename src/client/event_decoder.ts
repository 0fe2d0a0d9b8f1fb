/** One server-sent event, as received. */
export interface ReceivedEvent {
  readonly event: string;
  readonly data: string;
}

/** The longest event. The largest that a host sends is a status with its warnings, a few KiB. */
const EVENT_CHARACTERS = 1024 * 1024;

/**
 * Assembles server-sent events from pieces of text. It supports what the host sends: fields `event` and `data` on one
 * line each, lines that end in LF, and comments.
 */
export class EventDecoder {
  /** Pieces of the incomplete event; joined once an empty line may end it. */
  #pieces: string[] = [];
  #characters = 0;
  #endsLine = false;

  /**
   * Adds the next piece of text and returns the events that it completes.
   *
   * @throws {RangeError} if an event is longer than any that a host sends.
   */
  push(text: string): readonly ReceivedEvent[] {
    // An empty line ends an event; without one, the earlier pieces need not be searched again.
    const mayEnd = text.includes("\n\n") || (this.#endsLine && text.startsWith("\n"));
    this.#pieces.push(text);
    this.#characters += text.length;
    if (text !== "") this.#endsLine = text.endsWith("\n");
    let blocks: string[] = [];
    if (mayEnd) {
      blocks = this.#pieces.join("").split("\n\n");
      const rest = blocks.pop() ?? "";
      this.#pieces = [rest];
      this.#characters = rest.length;
      this.#endsLine = rest.endsWith("\n");
    }
    if (this.#characters > EVENT_CHARACTERS) {
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
