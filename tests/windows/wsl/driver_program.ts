/**
 * Runs inside deno.exe: drives the driver of wsl as the words say, one step a word, and prints what came of each
 * step as a line of JSON.
 *
 * - `find`: the command of the installed wsl.exe
 * - `situations`: the error of every situation in each way it is reported, by the name of its distro
 * - `list`, `import NAME FOLDER FILE`, `run NAME`, `terminate NAME`, `unregister NAME`, `restore`: one call each
 * - `running`, `running-with NAME`: the distros that run, the second time while a program runs in that one
 * - `own-user NAME`: a program as the distro's own user
 * - `hang`: a call that wsl.exe never ends
 * - `processes`: a program of a distro that lives until it is killed
 */
import { WindlassError } from "../../../src/errors/windlass_error.ts";
import { createWsl } from "../../../src/wsl/create_wsl.ts";
import { findWsl } from "../../../src/wsl/windows/find_wsl.ts";
import { restoreUserSettings } from "../../../src/wsl/windows/user_settings.ts";
import { openWindowsWsl } from "../../../src/wsl/windows/windows_wsl.ts";
import type { Wsl } from "../../../src/wsl/wsl.ts";
import { type SituationCall, SITUATIONS } from "../../support/wsl_situations.ts";
import { situationDistro, TELLINGS } from "../support/situation_distro.ts";

const PROGRAM = ["/bin/program"] as const;
/** Calls at a time; more only wait for each other. */
const AT_ONCE = 4;

const STEPS: Readonly<Record<string, (next: () => string) => unknown>> = {
  find: () => findWsl(),
  situations: allSituations,
  list: () => openWindowsWsl().list(),
  import: async (next) => {
    const [name, directory, path] = [next(), next(), next()];
    await openWindowsWsl().import({ name, directory, source: (await Deno.open(path)).readable });
  },
  run: (next) => openWindowsWsl().run({ distro: next(), argv: ["/bin/sh", "-c", "echo größer; echo e >&2"] }),
  running: () => openWindowsWsl().running(),
  "running-with": async (next) => {
    const wsl = openWindowsWsl();
    const argv = ["/bin/sh", "-c", "echo up; exec cat"] as const;
    await using process = wsl.spawn({ distro: next(), argv, onStderrLine: () => {} });
    await process.link.read();
    return await wsl.running();
  },
  "own-user": (next) =>
    openWindowsWsl().run({ distro: next(), user: null, argv: ["/bin/sh", "-c", "echo $USER"] }),
  terminate: (next) => openWindowsWsl().terminate(next()),
  unregister: (next) => openWindowsWsl().unregister(next()),
  restore: () => restoreUserSettings(),
  hang: () => createWsl({ ...findWsl(), limits: { terminateMilliseconds: 300 } }).terminate("windlass"),
  processes: async () => {
    const process = openWindowsWsl().spawn({ distro: "windlass", argv: PROGRAM, onStderrLine: () => {} });
    print({ pid: process.pid });
    await process.exited;
  },
};

async function allSituations(): Promise<void> {
  const work = SITUATIONS.flatMap(({ call }, index) =>
    TELLINGS.map((telling) => ({ call, distro: situationDistro({ index, ...telling }) }))
  );
  const wsl = createWsl(findWsl());
  const worker = async () => {
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      const { distro, call } = next;
      print({ distro, ...await outcome(() => meet(wsl, call, distro)) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function meet(wsl: Wsl, call: SituationCall, distro: string): Promise<unknown> {
  switch (call) {
    case "terminate":
      return await wsl.terminate(distro);
    case "run":
      return await wsl.run({ distro, argv: PROGRAM });
    case "import": {
      const source = new Blob(["archive"]).stream();
      return await wsl.import({ name: distro, directory: `C:\\${distro}`, source });
    }
    case "spawn": {
      await using process = wsl.spawn({ distro, argv: PROGRAM, onStderrLine: () => {} });
      while (await process.link.read() !== null); // as the mux does: an error of wsl itself comes this way
      const { failure } = await process.exited;
      if (failure !== null) throw failure;
      return null;
    }
  }
}

async function outcome(step: () => unknown): Promise<Record<string, unknown>> {
  try {
    return { result: await step() ?? null };
  } catch (error) {
    if (!(error instanceof WindlassError)) throw error;
    const { code, message, remedy } = error;
    return { code, message, remedy };
  }
}

function print(value: unknown): void {
  console.log(JSON.stringify(value));
}

const words = [...Deno.args];
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  const step = STEPS[word];
  if (step === undefined) throw new Error(`There is no step '${word}'`);
  const result = await outcome(() => step(() => words.shift() ?? ""));
  print(result);
}
