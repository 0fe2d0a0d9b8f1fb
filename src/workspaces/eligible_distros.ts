import { WindlassError } from "../errors/windlass_error.ts";
import type { ListedDistro } from "../wsl/wsl.ts";

/** Distros that are parts of products: what is changed in them is lost, or breaks the product. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/^windlass(-|$)/i, "Windlass"],
  [/^docker-desktop/i, "Docker Desktop"],
  [/^rancher-desktop/i, "Rancher Desktop"],
  [/^podman-/i, "Podman"],
  [/^lima-/i, "Lima"],
];
/** As WSL itself takes them, but for one that no record could have; an entry of the registry may hold others. */
const NAME_REGEXP = /^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;

/** Why a distro cannot be a workspace; nothing if it can. Pure. */
export function ineligibility(distro: Pick<ListedDistro, "name" | "version">): WindlassError | undefined {
  const { name, version } = distro;
  const refuse = (state: string, remedy?: string) =>
    new WindlassError("WL_WORKSPACE_INELIGIBLE", `Cannot use the distro '${name}' as a workspace: ${state}`, {
      ...remedy === undefined ? {} : { remedy },
    });
  const product = PRODUCTS.find(([names]) => names.test(name))?.[1];
  if (product !== undefined) return refuse(`it is a part of ${product}`);
  if (!NAME_REGEXP.test(name)) {
    return refuse(
      "its name has characters that WSL does not give names",
      "Export the distro with 'wsl --export' and import it under a name of letters, digits, '.', '_' and '-'.",
    );
  }
  if (version !== 2) {
    return refuse(
      `it runs on WSL ${version}, whose kernel has no containers`,
      `Convert it with 'wsl --set-version ${name} 2', and try again.`,
    );
  }
  return undefined;
}
