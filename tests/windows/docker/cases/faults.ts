import assert from "node:assert/strict";
import { eventually } from "../../../support/eventually.ts";
import { WSL_FOLDER } from "../../wsl/stub/install_wsl.ts";
import { IMAGE, type WindowsCase, type WindowsCaseContext } from "./windows_case.ts";

/** Milliseconds in which a lost engine must be back: a start of dockerd on a busy machine, and the pauses before. */
const RECOVERY_MILLISECONDS = 240_000;

/** What others do to our distros, as any program of the user may. */
export const FAULT_CASES: readonly WindowsCase[] = [
  {
    name: "'wsl --terminate' by another program ends the engine, which comes back with its data",
    run: (context) => lostAndBack(context, ["--terminate", "windlass"]),
  },
  {
    name: "so does 'wsl --shutdown'",
    run: (context) => lostAndBack(context, ["--shutdown"]),
  },
];

async function lostAndBack({ docker, wine }: WindowsCaseContext, fault: readonly string[]): Promise<void> {
  const word = fault.join(" ");
  const write = ["run", "--rm", "-v", "faults:/kept", IMAGE, "sh", "-c", `echo ${word} > /kept/word; sync`];
  await docker.run(write);
  await using running = docker.start(["run", "--rm", "--name", "lost", IMAGE, "sleep", "600"]);
  await eventually(async () => assert.equal(await docker.run(["ps", "--format", "{{.Names}}"]), "lost"));

  assert.equal((await wine.run({ program: `${WSL_FOLDER}wsl.exe`, args: fault })).code, 0);
  assert.notEqual((await running.ended()).code, 0);
  const read = ["run", "--rm", "-v", "faults:/kept", IMAGE, "cat", "/kept/word"];
  await eventually(async () => assert.equal(await docker.run(read), word), RECOVERY_MILLISECONDS);
  await docker.run(["volume", "rm", "--force", "faults"]);
}
