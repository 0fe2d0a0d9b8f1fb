import { join } from "node:path";
import { cachePath } from "./repository.ts";
import { exists, openTestRootfs } from "./test_rootfs.ts";

/** Where the third-party clients are. */
export interface TestClients {
  readonly docker: string;
  readonly pluginFolder: string;
}

/**
 * The Docker CLI with its compose and buildx plugins, as Debian builds them, out of the engine distro's root
 * file system: the machine that runs the tests may have none, or another version.
 */
export async function openTestClients(): Promise<TestClients> {
  const rootfs = await openTestRootfs();
  const folder = cachePath("test-clients", await versionOf(join(rootfs, "usr/bin/docker")));
  const pluginFolder = join(folder, "cli-plugins");
  if (!await exists(folder)) {
    const partial = `${folder}.${crypto.randomUUID()}.partial`;
    await Deno.mkdir(join(partial, "cli-plugins"), { recursive: true });
    await Deno.copyFile(join(rootfs, "usr/bin/docker"), join(partial, "docker"));
    for (const plugin of ["docker-buildx", "docker-compose"]) {
      const source = join(rootfs, "usr/libexec/docker/cli-plugins", plugin);
      await Deno.copyFile(source, join(partial, "cli-plugins", plugin));
    }
    await Deno.rename(partial, folder).catch(() => Deno.remove(partial, { recursive: true }));
  }
  return { docker: join(folder, "docker"), pluginFolder };
}

async function versionOf(path: string): Promise<string> {
  const { size, mtime } = await Deno.stat(path);
  return `${size}-${mtime?.getTime() ?? 0}`;
}
