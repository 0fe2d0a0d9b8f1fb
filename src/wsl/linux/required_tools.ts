import { WindlassError } from "../../errors/windlass_error.ts";

/** The programs that distros are started and imported with, each with the Debian package that brings it. */
const TOOLS: Readonly<Record<string, string>> = {
  bsdtar: "libarchive-tools",
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
};

/** The system's own folders; users' PATH often lacks the sbin ones. */
const TOOL_FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/**
 * PATH for the tools, which run on the host as root: the system's folders first, since the caller's PATH may begin with
 * a folder that others can write to. It comes after them, for systems that keep their tools elsewhere.
 */
export function toolPath(path: string | undefined): string {
  // An empty entry would be the working folder.
  const own = (path ?? "").split(":").filter((folder) =>
    folder.startsWith("/") && !TOOL_FOLDERS.includes(folder)
  );
  return [...TOOL_FOLDERS, ...own].join(":");
}

/**
 * Checks that this process may and can make namespaces.
 *
 * @param machine the user's id, and the folders to look for tools in, joined by colons
 * @throws {WindlassError} `WL_ROOT_NEEDED` or `WL_TOOL_MISSING`, which names the Debian package.
 */
export async function requireAbilities(
  action: string,
  machine: { readonly uid: number | null; readonly toolPath: string },
): Promise<void> {
  if (machine.uid !== 0) {
    throw new WindlassError("WL_ROOT_NEEDED", `Cannot ${action}: user id is ${machine.uid}, not 0`);
  }
  const folders = machine.toolPath.split(":");
  for (const [tool, debianPackage] of Object.entries(TOOLS)) {
    if (await isInOneOf(folders, tool)) continue;
    throw new WindlassError("WL_TOOL_MISSING", `Cannot ${action}: the program '${tool}' is missing`, {
      remedy: `Install it with 'apt-get install ${debianPackage}' and try again.`,
    });
  }
}

async function isInOneOf(folders: readonly string[], tool: string): Promise<boolean> {
  for (const folder of folders) {
    const found = await Deno.stat(`${folder}/${tool}`).then((info) => info.isFile, () => false);
    if (found) return true;
  }
  return false;
}
