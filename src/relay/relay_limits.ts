/** Every limit of the relay. */
export const RELAY_LIMITS = {
  /** As Go's server: 1 MiB, and what its reader allows beyond. Heads of Docker's clients are below 4 KiB. */
  headBytes: 1024 * 1024 + 4096,
  /** The longest method that Docker knows has 7 letters; anything past this is not HTTP. */
  methodBytes: 32,
  /** A body that creates a container is a few KiB; one beyond this is refused, since its host paths cannot be read. */
  rewrittenBodyBytes: 4 * 1024 * 1024,
  /** A chunk's length line: 16 hexadecimal digits and an extension that nobody sends. */
  chunkLineBytes: 4096,
  /** How often clients are checked that could have vanished; with the grace below, within 10 s. */
  clientCheckMilliseconds: 2_000,
  /** How many checks in a row may find a client gone while bytes that it left behind still wait to be passed on. */
  goneChecks: 4,
  /** How long a client that is still sending may read our last answer before its connection is closed; as Go's server. */
  lingerMilliseconds: 500,
  /** A client that sends nothing for so long after the end of a raw stream waits for the connection to close. */
  quietMilliseconds: 50,
  /** How long a client may continue to send after the end of a raw stream; one that reads the end stops. */
  drainMilliseconds: 10_000,
  /** Between the head of a raw stream and output that came with it: time for a client to read the head by itself. */
  rawHeadMilliseconds: 2,
  /** A sleeping disk answers within some seconds; a file system whose server is gone never does. */
  fileSystemMilliseconds: 10_000,
  /** Each hanging lookup occupies one of the 32 threads that all file access of the host shares. */
  hangingLookups: 8,
  /** Clients at a time that get an answer why they are refused; beyond that, they are closed without one. */
  refusals: 64,
} as const;
