/** What a process holds, as the kernel counts it. */
const BYTES = 1_024;
const MEGABYTE = 1_000_000;

/** Memory of one process, or of several together, in megabytes. */
export interface ProcessMemory {
  /** All pages that are mapped, shared ones too: RES of `top`. */
  readonly resident: number;
  /** Pages that no other process maps. */
  readonly private: number;
  /** Every shared page counts in parts, so that the sum of all processes is what they take. */
  readonly proportional: number;
}

/** Memory of these processes together; one that has ended holds nothing. */
export async function memoryOf(pids: readonly number[]): Promise<ProcessMemory> {
  const texts = await Promise.all(
    pids.map((pid) => Deno.readTextFile(`/proc/${pid}/smaps_rollup`).catch(() => "")),
  );
  const sum = (names: readonly string[]) =>
    texts.flatMap((text) => names.map((name) => kilobytes(text, name)))
      .reduce((all, value) => all + value, 0) * BYTES / MEGABYTE;
  return {
    resident: sum(["Rss"]),
    private: sum(["Private_Clean", "Private_Dirty"]),
    proportional: sum(["Pss"]),
  };
}

/** The most that a process has had mapped since {@linkcode forgetPeak}, in megabytes. */
export async function peakOf(pid: number): Promise<number> {
  return kilobytes(await Deno.readTextFile(`/proc/${pid}/status`), "VmHWM") * BYTES / MEGABYTE;
}

/** Has the kernel take what is mapped now for the peak. */
export async function forgetPeak(pid: number): Promise<void> {
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
}

/** The number of a line such as `Rss: 12 kB`; 0 if there is none. Pure. */
export function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
}
