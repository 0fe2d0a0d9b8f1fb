import {
  COMPONENT_KINDS,
  type ComponentKind,
  componentKind,
  type ComponentName,
} from "../../src/payload/component_names.ts";
import type { OperatingSystem } from "../../src/platform/operating_system.ts";

/** A file that becomes a component. */
export interface ComponentSource {
  readonly name: string;
  readonly path: string;
  /** Whether the launcher unpacks it before the start. */
  readonly unpack: boolean;
  /** Whether it is unpacked with the execute permission. */
  readonly executable: boolean;
}

/** The file of a component, with the flags that `src/payload/component_names.ts` gives it. Pure. */
export function componentSource(name: ComponentName, path: string): ComponentSource {
  const { unpack, executable } = componentKind(name)!;
  return { name, path, unpack, executable };
}

/** Components that the build has one file of. */
export type BuiltComponent = Exclude<
  keyof typeof COMPONENT_KINDS,
  "stub" | "app" | "app.*.js" | "app-imports"
>;

/**
 * All components of the executable for a system but the stub, in the order of the list. Pure.
 *
 * @param program The parts of the program and their import map.
 */
export function componentSources(
  system: OperatingSystem,
  program: readonly ComponentSource[],
  files: Readonly<Record<Exclude<BuiltComponent, "update-source">, string>> & { "update-source"?: string },
): readonly ComponentSource[] {
  const paths: Readonly<Partial<Record<string, string>>> = files;
  return Object.entries<ComponentKind>(COMPONENT_KINDS).flatMap(([name, { systems }]) => {
    if (name === "app") return program;
    const path = paths[name];
    return path === undefined || !systems.includes(system)
      ? []
      : componentSource(name as ComponentName, path);
  });
}
