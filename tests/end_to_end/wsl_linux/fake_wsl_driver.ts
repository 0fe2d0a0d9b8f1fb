import { createWsl } from "../../../src/wsl/create_wsl.ts";
import type { Wsl } from "../../../src/wsl/wsl.ts";
import type { WslLimits } from "../../../src/wsl/wsl_limits.ts";

const PROGRAM = new URL("../../fakes/fake_wsl_program.ts", import.meta.url).pathname;

/** The driver of a fake `wsl` that behaves so, a name of those in fake_wsl_program.ts. */
export function wslThat(
  behaviour: string,
  limits: Partial<WslLimits> = {},
  environment: Record<string, string> = {},
): Wsl {
  return createWsl({
    command: [Deno.execPath(), "run", "-A", "--no-config", PROGRAM],
    environment: { ...environment, FAKE_WSL: behaviour },
    limits,
  });
}
