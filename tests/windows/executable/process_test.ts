import assert from "node:assert/strict";
import { oncePerFile } from "../../support/once_per_file.ts";
import { runCommand } from "../../support/run_command.ts";
import { openWine } from "../support/wine.ts";
import { InteractiveProcess } from "../../support/interactive_process.ts";
import {
  inTerminal,
  makeStandInExecutable,
  type StartKind,
  type StartOptions,
} from "./windows_executable.ts";

/** Between two times that Enter is pressed. */
const KEY_MILLISECONDS = 300;

const windows = oncePerFile(openWine);
const standIn = oncePerFile(makeStandInExecutable);

/** What `start_program.c` has seen, and what the stand-in for the runtime has said. */
async function start(how: StartKind, options: Omit<StartOptions, "home">): Promise<[string, string]> {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const result = await executable.start(wine, how, { home: `${executable.folder}/home`, ...options });
  return [result.report, result.stdout];
}

Deno.test("windlass.exe takes its runtime with it when it is killed", async () => {
  assert.deepEqual(await start("kill", { rest: " wait" }), ["runtime ended\nexit 9\n", ""]);
});

Deno.test("windlass.exe lets a process that asks for it outlive it", async () => {
  assert.deepEqual(await start("break-away", { rest: " break-away" }), ["copy runs\nexit 0\n", ""]);
});

// Ctrl-Break and a closing window go the same way; Wine ends a program that gets one of them whatever it has asked for.
Deno.test("windlass.exe leaves Ctrl-C to its runtime and ends with what that makes of it", async () => {
  const [report] = await start("ctrl-c", { rest: " events", terminal: true });
  assert.equal(report, "event 0\nexit 40\n");
});

Deno.test("windlass.exe gives its runtime the three streams and no other handle", async () => {
  assert.deepEqual(await start("handle", { rest: " handle" }), ["exit 0\n", "0\n"]);
});

Deno.test("windlass.exe without streams gives its runtime some that hold nothing", async () => {
  assert.deepEqual(await start("no-streams", { rest: " echo" }), ["exit 0\n", ""]);
});

Deno.test("windlass.exe without a console passes streams through, and gives its runtime a console without a window", async () => {
  assert.deepEqual(await start("detached", { rest: " echo", stdin: "input" }), ["exit 0\n", "input"]);
  // One of its own: otherwise each console program that the runtime starts would open a window.
  assert.deepEqual(await start("detached", { rest: " console" }), ["exit 0\n", "1 in the console\n"]);
});

/** The command that starts the executable, or another file, with a console that nobody else has. */
async function doubleClick(home: string, path: string): Promise<readonly string[]> {
  const wine = await windows();
  const environment = { WINDLASS_HOME: wine.toWindows(home), WINDLASS_OWN_CONSOLE: "0" };
  return inTerminal(wine.command({ program: wine.toWindows(path), environment }));
}

Deno.test("windlass.exe that owns its console and has no arguments runs `windlass open`, and says so", async () => {
  const executable = await standIn();
  const home = executable.newHome();
  const { code } = await runCommand(await doubleClick(home, executable.path));
  const told = (await Deno.readTextFile(`${home}/told`)).split("|");
  assert.deepEqual([code, ...told.slice(5)], [0, "1", "open", ""]);
});

Deno.test("windlass.exe that owns its console keeps it until the user has read why it failed", async () => {
  const executable = await standIn();
  const path = `${executable.folder}/cut.exe`;
  await Deno.copyFile(executable.path, path);
  await Deno.truncate(path, (await Deno.stat(path)).size - 1);
  await using process = new InteractiveProcess(await doubleClick(executable.newHome(), path));
  await process.waitFor(/P.*r.*e.*s.*s.*E.*n.*t.*e.*r/s);
  // The terminal turns what comes before the console listens into another character.
  const timer = setInterval(() => process.write("\r").catch(() => {}), KEY_MILLISECONDS);
  const { code } = await process.ended().finally(() => clearInterval(timer));
  assert.equal(code, 3);
});
