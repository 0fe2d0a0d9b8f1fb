/** Prints what the link through the stub `wsl.exe` gives on this machine, with nothing of the product in it. */
import { join } from "node:path";
import { openWindowsMachine } from "../../support/windows_machine.ts";
import { WSL_FOLDER } from "./install_wsl.ts";
import { importSmallDistro } from "./small_distro.ts";

const ROUND_TRIPS = 2_000;
const MEGABYTES = 400;

await using machine = await openWindowsMachine();
const { wine } = machine;
await importSmallDistro(wine, "link");
const program = wine.denoScript(join(import.meta.dirname!, "link_speed_program.ts"), [
  `${WSL_FOLDER}wsl.exe`,
  "link",
  `${ROUND_TRIPS}`,
  `${MEGABYTES}`,
]);
const { stdout, stderr } = await wine.run(program);
console.log(stdout.trim() || stderr);
