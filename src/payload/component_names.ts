/**
 * Every component that an executable of Windlass can have, in the order of the file. The build, the release tools and
 * the tests take names and flags from here; `scripts/write_component_lists.ts` makes the table in `FORMAT.md` and the
 * launcher's `component_names.h` from it. Pure.
 */
import type { OperatingSystem } from "../platform/operating_system.ts";
import type { ComponentFlags } from "./executable_codec.ts";

/** What is known about a component before it is built. */
export interface ComponentKind extends ComponentFlags {
  /** The executables that have it. */
  readonly systems: readonly OperatingSystem[];
  /** What it holds, for the table in `FORMAT.md`. */
  readonly content: string;
  /** Whether it is a tar archive of ours, whose files a delta compares one by one. */
  readonly archive: boolean;
  /** Whether an executable may lack it. */
  readonly optional: boolean;
}

const BOTH = ["linux", "windows"] as const;
const PLAIN = { stored: false, unpack: false, executable: false, archive: false, optional: false } as const;
const UNPACKED = { ...PLAIN, unpack: true } as const;
const PROGRAM = { ...UNPACKED, executable: true } as const;

/** Kinds by name. `app.*.js` stands for every further part of the program. */
export const COMPONENT_KINDS = {
  "stub": { ...PLAIN, stored: true, systems: BOTH, content: "the launcher, `src/launcher/`" },
  "deno": { ...PROGRAM, systems: BOTH, content: "the Deno runtime, byte for byte as published" },
  "app": { ...UNPACKED, systems: BOTH, content: "the first part of the program, a JavaScript file" },
  "app.*.js": { ...UNPACKED, systems: BOTH, content: "each further part of the program" },
  "app-imports": { ...UNPACKED, systems: BOTH, content: "import map that finds the parts of the program" },
  "wsl-helper": { ...PROGRAM, systems: ["linux"], content: "native part of the Linux `wsl`" },
  "agent-runtime": {
    ...PLAIN,
    executable: true,
    systems: ["windows"],
    content: "the Deno runtime for Linux",
  },
  "agent": { ...PLAIN, systems: BOTH, content: "the agent, one JavaScript file" },
  "rootfs": {
    ...PLAIN,
    archive: true,
    systems: BOTH,
    content: "tar of the engine distro without its end-of-archive blocks",
  },
  "data-rootfs": { ...PLAIN, archive: true, systems: BOTH, content: "tar of the data distro, complete" },
  "update-source": {
    ...PLAIN,
    optional: true,
    systems: BOTH,
    content: "JSON: address and root of trust of the update channel; without it there are no updates",
  },
} as const satisfies Readonly<Record<string, ComponentKind>>;

/** The name of a component. */
export type ComponentName = Exclude<keyof typeof COMPONENT_KINDS, "app.*.js"> | `app.${string}.js`;

/** What is known about the component of that name; `undefined` for one that no version of today has. Pure. */
export function componentKind(name: string): ComponentKind | undefined {
  const key = /^app\..+\.js$/.test(name) ? "app.*.js" : name;
  return Object.entries<ComponentKind>(COMPONENT_KINDS).find(([known]) => known === key)?.[1];
}

/** Whether the component belongs to the program: one of its parts or its import map. Pure. */
export function isPartOfProgram(name: string): boolean {
  return name === "app-imports" || isProgramText(name);
}

/** Whether the component is JavaScript of the program. Pure. */
export function isProgramText(name: string): boolean {
  return name === "app" || /^app\..+\.js$/.test(name);
}
