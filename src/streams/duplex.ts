/**
 * The one shape of a byte stream with two directions: a client's connection, dockerd's socket, the link, and
 * each stream of the mux.
 *
 * Guarantees of every implementation:
 * - Bytes arrive once, in order.
 * - One `read()` and one `write()` at a time; the two directions do not wait for each other.
 * - `closeWrite()` ends our direction and leaves the other direction open (half-close).
 * - `close()` ends both directions at once and may be called any number of times; a pending `read()` then
 *   resolves to `null` or rejects, a pending `write()` rejects.
 */
export interface Duplex extends Disposable {
  /**
   * The next bytes, or `null` once the peer closed its direction. The bytes are lent: they stay as they
   * are until the next `read()`, even if the stream ends meanwhile: they may be on their way to a client.
   */
  read(): Promise<Uint8Array | null>;
  /**
   * Like `read()`, but into the caller's buffer, so that the bytes stay the caller's. The returned view may be on
   * another `ArrayBuffer` of the same size: then `buffer` was transferred and the new one takes its place.
   * Only transports that can do it without a copy have it.
   */
  readInto?(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Resolves once the transport has taken all bytes; the caller may then use the buffer again. */
  write(bytes: Uint8Array): Promise<void>;
  /** Half-close: no more bytes will be written. Repeating it does nothing. */
  closeWrite(): Promise<void>;
  /** Ends both directions. Repeating it does nothing. */
  close(): void;
}
