import { join } from "node:path";
import { cachePath } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { openWindlassInstance } from "../support/windlass_instance.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** `wsl --import` from stdin, against `zstd -d | tar -x` of the same stream. */
export async function measureImport(quick: boolean): Promise<Measurement[]> {
  const rounds = quick ? 2 : 5;
  await using folder = await openTemporaryFolder("windlass-bench-import");
  const archive = join(folder.path, "rootfs.tar.zst");
  // A tar without its end is no tar yet: the executable adds more files and the end.
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
  const times = { tar: [] as number[], wsl: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    const plain = join(folder.path, "plain");
    await Deno.mkdir(plain);
    const tar = await timed(() =>
      runChecked([
        "sh",
        "-c",
        'zstd -q -d --long=27 < "$1" | tar -x -C "$2" --numeric-owner',
        "sh",
        archive,
        plain,
      ])
    );
    await Deno.remove(plain, { recursive: true });
    const command = '"$1" wsl --import bench "$2" - < "$3"';
    const argv = ["sh", "-c", command, "sh", instance.executable, join(folder.path, "distro"), archive];
    const wsl = await timed(() => runChecked(argv, { env: { WINDLASS_HOME: instance.home } }));
    await instance.run(["wsl", "--unregister", "bench"]);
    if (round < 0) continue;
    times.tar.push(tar);
    times.wsl.push(wsl);
  }
  return [{
    name: "import of the engine distro",
    unit: "ms",
    value: median(times.wsl),
    baseline: { name: "zstd -d | tar -x", value: median(times.tar) },
    target: { kind: "atMostTimes", factor: 1.2 },
  }];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
