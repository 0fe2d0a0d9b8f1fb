import { runChecked, runCommand } from "./run_command.ts";

/** An address of this machine that only one test uses. Disposing it removes it. */
export interface OwnAddress extends AsyncDisposable {
  /** IPv4, outside 127.0.0.0/8. */
  readonly address: string;
}

/**
 * Adds an address to the loopback interface of this machine. A test that used an address that is already there could pick
 * another test's, which is removed when that test ends.
 *
 * @param last The last of its four numbers.
 */
export async function openOwnAddress(last = 1): Promise<OwnAddress> {
  for (;;) {
    const [second, third] = crypto.getRandomValues(new Uint8Array(2));
    const address = `10.${96 + second! % 4}.${third}.${last}`;
    const where = [`${address}/32`, "dev", "lo"];
    const { code, stderr } = await runCommand(["ip", "addr", "add", ...where]);
    if (code === 0) {
      return {
        address,
        [Symbol.asyncDispose]: async () => void await runChecked(["ip", "addr", "del", ...where]),
      };
    }
    if (!/File exists|already assigned/.test(stderr)) throw new Error(`Cannot add ${address}: ${stderr}`);
  }
}
