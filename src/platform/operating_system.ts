/** The operating systems that Windlass runs on. */
export type OperatingSystem = "linux" | "windows";

/** The one that this process runs on. Handed to pure code, so that each machine can test the other's answers. */
export const OPERATING_SYSTEM: OperatingSystem = Deno.build.os === "windows" ? "windows" : "linux";
