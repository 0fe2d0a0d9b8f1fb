import { isWithin } from "./clean_path.ts";
import type { EngineHas, PathUse, TranslatedPath } from "./translate_path.ts";

/** Not files of the client's system but its kernel: containers get the engine's own, which is the same kernel. */
const KERNEL_ROOTS: readonly string[] = ["/proc", "/sys", "/dev"];

/** Whether a clean path is one of `/proc`, `/sys` and `/dev` or lies below. */
export function isOfKernel(path: string): boolean {
  return KERNEL_ROOTS.some((root) => isWithin(path, root));
}

/** A path of the engine's own kernel folders: only what exists there, since nothing may be made there by surprise. */
export async function kernelPath(
  path: string,
  use: PathUse,
  engineHas: EngineHas,
  signal: AbortSignal,
): Promise<TranslatedPath> {
  if (use === "later" || await engineHas(path, signal)) return path;
  const folder = `/${path.split("/")[1]}`;
  return { refused: `containers get the engine's own '${folder}', where it does not exist` };
}
