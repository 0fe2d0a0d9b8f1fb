import type { WindowsDocker } from "../../support/windows_docker.ts";
import type { Wine } from "../../support/wine.ts";

/** The instance and tools that a case can use. */
export interface WindowsCaseContext {
  readonly wine: Wine;
  readonly docker: WindowsDocker;
  /** An empty folder of its own, as this machine and as Windows name it. */
  readonly folder: string;
  readonly windowsFolder: string;
}

/** One thing that docker.exe does with the engine. It leaves no container behind. */
export interface WindowsCase {
  readonly name: string;
  run(context: WindowsCaseContext): Promise<void>;
}

/** The image that the engine brings. */
export const IMAGE = "busybox";
