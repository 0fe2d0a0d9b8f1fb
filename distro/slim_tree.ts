import { DROPPED_PACKAGES, DROPPED_PATHS } from "./slim_rules.ts";

/**
 * Removes from an installed tree all that the engine distro does not need: the files of dropped packages, dropped
 * paths, and folders that are empty because of it.
 */
export async function slimTree(root: string): Promise<void> {
  const dropped = await filesOfDroppedPackages(root);
  await rewritePackageDatabase(root);
  await removeBeneath(root, "", (path) => dropped.has(path) || DROPPED_PATHS.some((rule) => rule.test(path)));
}

/**
 * Keeps the stanzas of the packages that stay, so that tools which look for known weaknesses see what is inside.
 * The text of a stanza is left as it is.
 */
export function keptStanzas(status: string): string {
  const kept = status.split(/\n\n+/).filter((stanza) => {
    const name = /^Package: (.+)$/m.exec(stanza)?.[1];
    return name !== undefined && !DROPPED_PACKAGES.includes(name);
  });
  return `${kept.map((stanza) => stanza.trimEnd()).join("\n\n")}\n`;
}

async function rewritePackageDatabase(root: string): Promise<void> {
  const path = `${root}/var/lib/dpkg/status`;
  await Deno.writeTextFile(path, keptStanzas(await Deno.readTextFile(path)));
}

/** Paths that belong to dropped packages, without those that a package which stays also has (folders). */
async function filesOfDroppedPackages(root: string): Promise<Set<string>> {
  const info = `${root}/var/lib/dpkg/info`;
  const dropped = new Set<string>();
  const kept = new Set<string>();
  for await (const { name } of Deno.readDir(info)) {
    if (!name.endsWith(".list")) continue;
    const packageName = name.slice(0, -".list".length).split(":")[0] ?? "";
    const target = DROPPED_PACKAGES.includes(packageName) ? dropped : kept;
    for (const line of (await Deno.readTextFile(`${info}/${name}`)).split("\n")) {
      if (line.startsWith("/")) target.add(throughMergedFolders(line.slice(1)));
    }
  }
  return new Set([...dropped].filter((path) => !kept.has(path)));
}

/** Old packages name `/bin/x` what lies at `/usr/bin/x`. */
function throughMergedFolders(path: string): string {
  return path.replace(/^(bin|sbin|lib|lib64)\//, "usr/$1/");
}

/** Folders that a running distro expects, even empty. */
const KEPT_EMPTY =
  /^(boot|dev|etc|home|media|mnt|opt|proc|root|run|srv|sys|tmp|var|var\/(cache|lib|log|tmp|lib\/misc)|usr\/lib\/locale)$/;

/** Returns whether anything is left in the folder. */
async function removeBeneath(
  root: string,
  folder: string,
  isDropped: (path: string) => boolean,
): Promise<boolean> {
  let left = false;
  for await (const child of Deno.readDir(`${root}/${folder}`)) {
    const path = folder === "" ? child.name : `${folder}/${child.name}`;
    if (child.isDirectory && !child.isSymlink) {
      const contentLeft = await removeBeneath(root, path, isDropped);
      if (contentLeft || KEPT_EMPTY.test(path)) left = true;
      else await Deno.remove(`${root}/${path}`);
    } else if (isDropped(path)) {
      await Deno.remove(`${root}/${path}`);
    } else {
      left = true;
    }
  }
  return left;
}
