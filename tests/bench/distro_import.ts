import { join } from "node:path";
import { cachePath } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { openWindlassInstance } from "../support/windlass_instance.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";

/** `wsl --import` from stdin, against `zstd -d | tar -x` of the same stream. */
export async function measureImport(quick: boolean): Promise<Measurement[]> {
  await using folder = await openTemporaryFolder("windlass-bench-import");
  const archive = join(folder.path, "rootfs.tar.zst");
  // A tar without its end is not a tar yet: the executable adds more files and the end.
  const source = cachePath("image", "rootfs.tar");
  await runChecked([
    "sh",
    "-c",
    '{ cat "$1"; head -c 1024 /dev/zero; } | zstd -q -3 --long=27 > "$2"',
    "sh",
    source,
    archive,
  ]);
  await using instance = await openWindlassInstance({ home: join(folder.path, "home") });
  const unpack = 'zstd -q -d --long=27 < "$1" | tar -x -C "$2" --numeric-owner';
  const plain = join(folder.path, "plain");
  const command = '"$1" wsl --import bench "$2" - < "$3"';
  const argv = ["sh", "-c", command, "sh", instance.executable, join(folder.path, "distro"), archive];
  const { tar, wsl } = await alternate(roundCount(quick), {
    tar: async () => {
      await Deno.mkdir(plain);
      const took = await timed(() => runChecked(["sh", "-c", unpack, "sh", archive, plain]));
      await Deno.remove(plain, { recursive: true });
      return took;
    },
    wsl: async () => {
      const took = await timed(() => runChecked(argv, { env: { WINDLASS_HOME: instance.home } }));
      await instance.run(["wsl", "--unregister", "bench"]);
      return took;
    },
  });
  return [{
    name: "import of the engine distro",
    unit: "ms",
    rounds: wsl,
    baseline: { name: "`zstd -d` and `tar -x`", rounds: tar },
    target: { kind: "atMostTimes", factor: 1.2 },
  }];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
