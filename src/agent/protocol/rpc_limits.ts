/** Limits that both ends of the control stream keep, with unit and reason. */
export const RPC_LIMITS = {
  /** A request or message is a few hundred bytes; the answer to `logs` is cut to fit. */
  lineBytes: 4 * 1024 * 1024,
  /** A kernel can lack about a dozen features; an agent that reports more is not one of ours. */
  kernelProblems: 32,
  /** From the end of the slowest container to the end of dockerd: networks, mounts and files. */
  stopMarginMilliseconds: 15_000,
} as const;
