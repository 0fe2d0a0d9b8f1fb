/** One call of `wsl` for Linux with the raw command line of Windows as its one argument, or its service. */
import { runCommandLine, runWsl } from "../../../../src/wsl/linux/main.ts";

const [first = "", ...others] = Deno.args;
Deno.exit(first === "wsl" ? await runWsl(others) : await runCommandLine(first));
