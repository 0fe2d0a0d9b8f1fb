import { join } from "node:path";
import { parse } from "yaml";
import { hashFile } from "../../../scripts/build/compressed_component.ts";
import { manifestFiles } from "../../../scripts/manifests.ts";
import { openChannelServer } from "../../support/channel_server.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import type { ScoopManifest, WingetInstaller } from "./package_managers.ts";

/** A page of releases on loopback. */
export interface ReleaseDownloads extends AsyncDisposable {
  readonly url: string;
  /** Puts an executable for Windows there as the newest release, and resolves to its manifests. */
  publish(version: string, executable: string): Promise<ReleaseManifests>;
}

/** What the package managers get. */
export interface ReleaseManifests {
  readonly scoop: ScoopManifest;
  readonly winget: WingetInstaller;
}

/** Serves an empty page. */
export async function openReleaseDownloads(): Promise<ReleaseDownloads> {
  await using owned = new AsyncDisposableStack();
  const { path: folder } = owned.use(await openTemporaryFolder("windlass-downloads"));
  const server = owned.use(openChannelServer(folder));
  const stack = owned.move();
  return {
    url: server.url,
    async publish(version, executable) {
      const release = {
        version,
        published: "2026-11-23T01:00:00Z",
        notes: "",
        notesUrl: undefined,
        executables: { "windows-x64": (await hashFile(executable)).digest, "linux-x64": "0".repeat(64) },
      };
      const files = manifestFiles(release, server.url);
      for (const place of [`download/v${version}`, "latest/download"]) {
        await Deno.mkdir(join(folder, place), { recursive: true });
        for (const [path, text] of files) {
          const name = path.replace(/^download\//, "");
          if (name !== path) await Deno.writeTextFile(join(folder, place, name), text);
        }
      }
      await Deno.symlink(executable, join(folder, `download/v${version}/windlass.exe`));
      return {
        scoop: JSON.parse(files.get("scoop/windlass.json") ?? ""),
        winget: parse(files.get("winget/Windlass.Windlass.installer.yaml") ?? ""),
      };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
