/** What is done to a distro, with the words to show for it. */
export const DISTRO_STAGES = {
  settle: "Waiting for another import or removal to end",
  inspect: "Checking what the distro contains",
  remove: "Removing the distro",
  import: "Importing the distro",
  check: "Checking the distro",
  rehearse: "Checking the engine in the distro",
} as const satisfies Record<string, string>;

/** Name of a stage; the log and `--json` output use it. */
export type DistroStage = keyof typeof DISTRO_STAGES;

/** Sent when a stage begins, and during an import. */
export interface DistroProgressEvent {
  readonly distro: string;
  readonly stage: DistroStage;
  /** For people: the stage in words. */
  readonly title: string;
  /** Bytes of the compressed archive handed to wsl so far, and of the whole; only while importing. */
  readonly sentBytes?: number;
  readonly totalBytes?: number;
}

/** Takes progress as it happens. Must not throw, and must not take long. */
export type DistroProgress = (event: DistroProgressEvent) => void;

/** Events of one import, besides the first and the last. */
const EVENTS_PER_IMPORT = 200;

/** Counts what passes and reports it, at most about {@linkcode EVENTS_PER_IMPORT} times. */
export function reportBytes(
  totalBytes: number,
  report: (sentBytes: number) => void,
): TransformStream<Uint8Array, Uint8Array> {
  let sent = 0;
  let reported = 0;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      sent += chunk.length;
      if (sent - reported < totalBytes / EVENTS_PER_IMPORT) return;
      reported = sent;
      report(sent);
    },
    flush() {
      if (reported < sent) report(sent);
    },
  });
}
