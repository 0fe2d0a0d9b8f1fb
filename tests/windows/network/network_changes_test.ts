import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { runChecked } from "../../support/run_command.ts";
import { proxyPage } from "../support/internet_settings.ts";
import { openWine } from "../support/wine.ts";

const SCRIPT = join(REPOSITORY, "tests/windows/network/network_changes_program.ts");
/** Loopback has it anyway, so nothing on this machine goes another way meanwhile. */
const [second, third, fourth] = crypto.getRandomValues(new Uint8Array(3));
const ADDRESS = [`127.${128 + second! % 64}.${third}.${fourth}/32`, "dev", "lo"];

Deno.test("in deno.exe a change of addresses or proxy settings is reported, until it is watched no longer", async () => {
  await using wine = await openWine();
  await using program = wine.start(wine.denoScript(SCRIPT));
  await program.waitFor(/watching/);
  let count = 0;
  const nextChange = () => program.waitFor(new RegExp(`change ${++count}\\b`));
  await runChecked(["ip", "address", "add", ...ADDRESS]);
  try {
    await nextChange();
  } finally {
    await runChecked(["ip", "address", "del", ...ADDRESS]);
  }
  await nextChange();
  await wine.importRegistry(proxyPage({ servers: "proxy:8080" }));
  await nextChange();
  await program.closeStdin();
  assert.equal((await program.ended()).code, 0);
});
