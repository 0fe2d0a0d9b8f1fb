/** Where in the home the files of versions lie. No I/O. */
import { join } from "node:path";
import { OPERATING_SYSTEM, type OperatingSystem } from "../platform/operating_system.ts";
import type { Component } from "./executable_codec.ts";

/** Paths below a home folder. */
export interface VersionFiles {
  /** Says which version runs. */
  readonly current: string;
  /** Holds index files, and the release that each came from. */
  readonly versions: string;
  /** Locked by the process that changes `current`. */
  readonly lock: string;
  readonly components: string;
  index(id: string): string;
  release(id: string): string;
  component(component: Pick<Component, "id" | "name" | "unpack" | "executable">): string;
}

/** The paths in the home folder at `home`. */
export function versionFiles(home: string, system: OperatingSystem = OPERATING_SYSTEM): VersionFiles {
  const versions = join(home, "versions");
  const components = join(home, "components");
  return {
    current: join(home, "current.json"),
    versions,
    lock: join(versions, "lock"),
    components,
    index: (id) => join(versions, `${id}.index`),
    release: (id) => join(versions, `${id}.json`),
    component: (component) => join(components, componentFileName(component, system)),
  };
}

/** A component's file: its raw bytes if the launcher unpacks it, else one zstd frame. */
export function componentFileName(
  component: Pick<Component, "id" | "name" | "unpack" | "executable">,
  system: OperatingSystem = OPERATING_SYSTEM,
): string {
  const { id, name, unpack, executable } = component;
  if (!unpack) return `${id}-${name}.zst`;
  return `${id}-${name}${executable && system === "windows" ? ".exe" : ""}`;
}
