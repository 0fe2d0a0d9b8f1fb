/** What UDP can carry over IPv4; IPv6 adds the 20 bytes of its shorter header. */
const LARGEST_DATAGRAM_BYTES = 65_527;
/** From one buffer to the next: whole pages. */
const BUFFER_BYTES = 65_536;
/** Buffers of a slab, 1 MiB: allocators map a piece of this size, and no page of it takes memory until it is written. */
const SLAB_BUFFERS = 16;
/** Buffers that are kept for later sockets; a slab goes when none of its buffers is in use or kept. */
const MAXIMUM_SPARE_BUFFERS = 64;

const SPARE: Uint8Array<ArrayBuffer>[] = [];

/**
 * A buffer with room for any datagram. Each socket that waits holds one, and there may be thousands: cut from a slab, it
 * takes the pages that its datagrams have filled, mostly one of 4 KiB; allocated by itself, it takes 64 KiB at once.
 */
export function takeDatagramBuffer(): Uint8Array<ArrayBuffer> {
  if (SPARE.length === 0) {
    const slab = new ArrayBuffer(SLAB_BUFFERS * BUFFER_BYTES);
    for (let start = 0; start < slab.byteLength; start += BUFFER_BYTES) {
      SPARE.push(new Uint8Array(slab, start, LARGEST_DATAGRAM_BYTES));
    }
  }
  return SPARE.pop()!;
}

/** Takes back a buffer that nothing reads or fills any more. */
export function returnDatagramBuffer(buffer: Uint8Array<ArrayBuffer>): void {
  if (SPARE.length < MAXIMUM_SPARE_BUFFERS) SPARE.push(buffer);
}
