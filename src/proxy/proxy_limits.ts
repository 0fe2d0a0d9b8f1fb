/** Every limit of the network proxy, with unit and reason. */
export const PROXY_LIMITS = {
  /** The longest head of a request or an answer: as much as squid and nginx take, cookies and tokens included. */
  headBytes: 64 * 1024,
  /** Header lines of a head: browsers send about twenty, registries answer with as many. */
  headLines: 200,
  /** From the connection, or the first byte after an answer, to a complete head: programs send it at once. */
  headMilliseconds: 60_000,
  /** How long a connection is kept for the next request, in both directions: as Go's clients keep theirs. */
  idleMilliseconds: 90_000,
  /** How long a client that is refused may continue to send before its connection is closed. */
  drainMilliseconds: 5_000,
  /** How much it may send then. */
  drainBytes: 4 * 1024 * 1024,
  /** A name server that does not answer: as long as a resolver itself waits for two of them. */
  lookUpMilliseconds: 10_000,
  /** Names that are looked up at a time: each holds one of the runtime's threads, which files need as well. */
  lookUps: 16,
  /** Of them, for one client. */
  lookUpsOfClient: 4,
  /** Addresses of a name that are tried. */
  addresses: 16,
  /** After this the next address of a name is tried beside the one that does not answer (RFC 8305). */
  nextAddressMilliseconds: 250,
  /** To one way when others follow: a few of them fit into the 30 s that registry clients wait. */
  failOverMilliseconds: 7_000,
  /** To the last way: systems give up a connection after 20 s or more, clients before. */
  connectMilliseconds: 25_000,
  /** From a request for a tunnel to the proxy's answer: it connects meanwhile. */
  answerMilliseconds: 25_000,
  /** Requests that one sign-in takes; NTLM has three, after others have failed. A proxy that asks for ever ends here. */
  signInRequests: 10,
  /** Heads such as `100 Continue` before an answer; a server that continues with them never answers. */
  interimHeads: 20,
  /** Look-up of a name that a proxy on this machine would look up again, to know where it leads. */
  localLookUpMilliseconds: 2_000,
  /** Bytes of an answer that are read past to keep its connection: error pages of proxies are below this. */
  skippedBytes: 256 * 1024,
  /** Bytes of a proxy's error page that are read for its words. */
  wordsBytes: 16 * 1024,
  /** How long its words may take. */
  wordsMilliseconds: 2_000,
  /** How long a proxy that could not be connected to is tried last. */
  avoidMilliseconds: 60_000,
  /** Proxies that are remembered: a PAC file names a handful. */
  upstreams: 20,
  /** The line before a chunk: a length, and extensions, which nobody sends in practice. */
  chunkLineBytes: 1_024,
  /** The fields after the last chunk. */
  trailerBytes: 16 * 1024,
} as const;
