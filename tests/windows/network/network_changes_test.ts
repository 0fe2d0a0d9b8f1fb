import assert from "node:assert/strict";
import { join } from "node:path";
import { openOwnAddress } from "../../support/own_address.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { proxyPage } from "../support/internet_settings.ts";
import { openWine } from "../support/wine.ts";

const SCRIPT = join(REPOSITORY, "tests/windows/network/network_changes_program.ts");

Deno.test("in deno.exe a change of addresses or proxy settings is reported, until it is watched no longer", async () => {
  await using wine = await openWine();
  await using program = wine.start(wine.denoScript(SCRIPT));
  await program.waitFor(/watching/);
  let count = 0;
  const nextChange = () => program.waitFor(new RegExp(`change ${++count}\\b`));
  {
    await using _address = await openOwnAddress();
    await nextChange();
  }
  await nextChange();
  await wine.importRegistry(proxyPage({ servers: "proxy:8080" }));
  await nextChange();
  await program.closeStdin();
  assert.equal((await program.ended()).code, 0);
});
