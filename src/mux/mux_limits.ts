/** Every limit of the mux. All sizes are bytes. */
export interface MuxLimits {
  /** Credit of a new stream, sent to the peer in the hello: one pause of a JS loop at 1 GB/s is about 1 MB. */
  readonly initialWindow: number;
  /** How far one stream's window may grow: eight such pauses. */
  readonly maximumWindow: number;
  /** Beyond this sum over all streams no window grows: bounds what stalled consumers can make us hold. */
  readonly totalWindow: number;
  /**
   * Streams open at once: a last resort. What opens and accepts streams has limits for each kind of them, whose sum is
   * below this, so that no kind takes the room of another.
   */
  readonly maximumStreams: number;
  /** Skipped before the peer's magic: enough for a page of warnings, too little for a wrong program's output. */
  readonly maximumNoise: number;
  /** Control frames that wait for a link that does not move; only a hostile or broken peer gets here. */
  readonly maximumControl: number;
}

/** What a session uses where its options say nothing else. */
export const DEFAULT_MUX_LIMITS: MuxLimits = {
  initialWindow: 1024 * 1024,
  maximumWindow: 8 * 1024 * 1024,
  totalWindow: 64 * 1024 * 1024,
  maximumStreams: 16_384,
  maximumNoise: 64 * 1024,
  maximumControl: 1024 * 1024,
};

/** Header and payload of a DATA frame together fill one Linux pipe, so that one write is one wake-up. */
export const MAXIMUM_SENT_FRAME_BYTES = 65_536;

/** Payload of a DATA frame while several streams have something to send: none waits long for its turn. */
export const SHARED_PAYLOAD_BYTES = 16_384;

/** Where frames are put together: one whole DATA frame and the control frames that go with it. */
export const BATCH_BYTES = 131_072;

/** From here on a payload with room for a header goes to the link without being copied. */
export const DIRECT_WRITE_BYTES = 4_096;

/** One read of the link: a full Linux pipe. */
export const LINK_READ_BYTES = 65_536;

/** Read buffers that streams may hold on to (4 MiB in all); beyond, payloads are copied out. */
export const MAXIMUM_HELD_BUFFERS = 64;

/** Read buffers kept for the next read (512 KiB in all). */
export const MAXIMUM_SPARE_BUFFERS = 8;

/**
 * Queued payloads up to this size are packed together: a consumer passes them on in one write, and a copy of this size
 * costs less than a system call and the wake-up behind it.
 */
export const PACKED_PAYLOAD_BYTES = 16_384;

/** How long close() waits for a link that does not take the GOAWAY, in milliseconds; it is only a courtesy. */
export const FAREWELL_MILLISECONDS = 500;

/** Target of an OPEN and reason of a REFUSE, RESET or GOAWAY. */
export const MAXIMUM_TEXT_BYTES = 4_096;
