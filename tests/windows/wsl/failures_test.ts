import assert from "node:assert/strict";
import { join } from "node:path";
import { ERROR_CODES } from "../../../src/errors/error_codes.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { printedText, SITUATIONS } from "../../support/wsl_situations.ts";
import { answerOf, TELLINGS } from "../support/situation_distro.ts";
import { openWindowsMachine, type WindowsMachine } from "../support/windows_machine.ts";
import type { WslCall } from "./stub/wsl_call.ts";
import type { ScriptedAnswer } from "./stub/wsl_server.ts";

const SCRIPT = join(REPOSITORY, "tests/windows/wsl/driver_program.ts");

/** Ends as the situation says that the call's distro stands for. */
function situationAnswer({ commandLine }: WslCall): ScriptedAnswer | undefined {
  const answer = answerOf(commandLine);
  const situation = SITUATIONS[answer?.index ?? -1];
  if (answer === null || situation === undefined) return undefined;
  const text = printedText(situation, answer.language);
  return {
    stdout: answer.encoding === "utf8" ? new TextEncoder().encode(text) : wideBytes(text),
    stderr: new TextEncoder().encode(situation.stderr ?? ""),
    code: situation.exitCode >>> 0,
  };
}

function wideBytes(text: string): Uint8Array {
  return new Uint8Array(Uint16Array.from(text, (unit) => unit.charCodeAt(0)).buffer);
}

async function drive({ wine }: WindowsMachine, ...words: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await wine.run(wine.denoScript(SCRIPT, words));
  assert.equal(code, 0, stderr);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("the driver explains every failure of wsl.exe, in every language and encoding", async () => {
  await using machine = await openWindowsMachine();
  machine.wsl.script(situationAnswer);
  const lines = await drive(machine, "situations");
  assert.deepEqual(lines.pop(), { result: null });
  assert.equal(lines.length, SITUATIONS.length * TELLINGS.length);
  for (const { distro, ...found } of lines) {
    const situation = SITUATIONS[answerOf(`${distro}`)!.index]!;
    const { code, message } = situation.expected;
    assert.deepEqual(found, {
      code,
      message: message.replace("'windlass'", `'${distro}'`),
      remedy: ERROR_CODES[code],
    }, `${situation.name}, ${distro}`);
  }
  for (const call of machine.wsl.calls) {
    assert.equal(call.program, "C:\\Program Files\\WSL\\wsl.exe");
    assert.equal(call.environment["WSL_UTF8"], "1");
  }
});

Deno.test("a wsl.exe that never ends is killed when its time is up", async () => {
  await using machine = await openWindowsMachine();
  machine.wsl.script(() => ({ hangs: true }));
  assert.deepEqual(await drive(machine, "hang"), [{
    code: "WL_WSL_TIMEOUT",
    message: "Cannot terminate the distro 'windlass': wsl did not end within 0.3 s",
    remedy: ERROR_CODES.WL_WSL_TIMEOUT,
  }]);
});
