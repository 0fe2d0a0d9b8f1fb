import { join } from "node:path";
import { systemReason } from "../../../src/files/file_errors.ts";
import { newKey, publicKeyContent } from "../signing_key.ts";
import { type ReleaseCommand, usage } from "./command.ts";

/** `keys new NAME... --into FOLDER` */
export const KEYS_NEW: ReleaseCommand = {
  usage: "NAME... --into FOLDER",
  summary: "Make keys: NAME.pem to keep, NAME.pub to hand out",
  flags: { into: "one" },
  operands: true,
  async run(input) {
    const folder = input.required("into");
    if (input.operands.length === 0) usage("the name of a key is missing");
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of input.operands) {
      const key = newKey();
      if (!/^\w[\w.-]*$/.test(name)) usage(`'${name}' is not a valid name for a key`);
      const path = join(folder, name);
      await writeNew(`${path}.pem`, key.pem, 0o600);
      await writeNew(`${path}.pub`, `${JSON.stringify(publicKeyContent(key.publicHex))}\n`, 0o644);
      console.log(`${path}.pem  ${key.keyId}`);
    }
  },
};

/** A key is never overwritten: it may be the only one of its kind. */
async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode });
  } catch (error) {
    usage(`'${path}' cannot be made: ${systemReason(error)}`);
  }
}
