/** Limits that both ends of the control stream keep, with unit and reason. */
export const RPC_LIMITS = {
  /** A request or message is a few hundred bytes, several hundred certificates 1 MB; the answer to `logs` is cut to fit. */
  lineBytes: 4 * 1024 * 1024,
  /** Leaves room for the line breaks, which JSON writes as two characters, and for the rest of the line. */
  certificatesCharacters: 3.5 * 1024 * 1024,
  /** A kernel can lack about a dozen features; an agent that reports more is not one of ours. */
  kernelProblems: 32,
  /** From the end of the slowest container to the end of dockerd: networks, mounts and files. */
  stopMarginMilliseconds: 15_000,
} as const;
