/** Every limit of the relay. */
export const RELAY_LIMITS = {
  /** Go's server refuses a request line and headers of more than 1 MiB; those of Docker's clients are below 4 KiB. */
  headBytes: 64 * 1024,
  /** The longest method that Docker knows has 7 letters; anything past this is not HTTP. */
  methodBytes: 32,
  /** A body that creates a container is a few KiB; one beyond this is passed on unread, its host paths as they are. */
  rewrittenBodyBytes: 4 * 1024 * 1024,
  /** A chunk's length line: 16 hexadecimal digits and an extension that nobody sends. */
  chunkLineBytes: 4096,
  /** How often clients are looked at that could have vanished; with the grace below, within 10 s. */
  clientCheckMilliseconds: 2_000,
  /** How many looks in a row may find a client gone while bytes that it left behind still wait to be passed on. */
  goneChecks: 4,
  /** How long a client that is still sending may read our last answer before its connection is closed; as Go's server. */
  lingerMilliseconds: 500,
  /** After a failed accept, out of file descriptors perhaps: long enough not to spin, short enough not to be felt. */
  acceptRetryMilliseconds: 100,
} as const;
