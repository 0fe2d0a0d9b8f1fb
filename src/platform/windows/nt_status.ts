/** What the kernel says of an operation on a pipe. */
export const NT_STATUS = {
  SUCCESS: 0,
  /** Under way; its end comes through the completion port. */
  PENDING: 0x103,
  /** A message longer than the buffer: that much of it was read, the rest comes with the next read. */
  BUFFER_OVERFLOW: 0x8000_0005,
  ACCESS_DENIED: 0xc000_0022,
  /** The client closed its handle; what it had sent can still be read. */
  PIPE_CLOSING: 0xc000_00b1,
  /** The client connected before anybody listened. */
  PIPE_CONNECTED: 0xc000_00b2,
  PIPE_DISCONNECTED: 0xc000_00b0,
  CANCELLED: 0xc000_0120,
  /** The client closed its handle, and everything that it had sent is read. */
  PIPE_BROKEN: 0xc000_014b,
} as const;

const GONE: readonly number[] = [
  NT_STATUS.PIPE_BROKEN,
  NT_STATUS.PIPE_CLOSING,
  NT_STATUS.PIPE_DISCONNECTED,
];

/** Whether a read or a write failed because the client is no longer there. */
export function isClientGone(status: number): boolean {
  return GONE.includes(status);
}

const HEXADECIMAL = 16;

/** The way in which such numbers are written, such as `0xc0000022`. */
export function statusName(status: number): string {
  return `0x${status.toString(HEXADECIMAL).padStart(8, "0")}`;
}
