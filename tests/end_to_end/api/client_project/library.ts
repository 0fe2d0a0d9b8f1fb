// Uses the packed library from Node, typed: `node ... ADDRESS_FILE`.
// deno-lint-ignore-file
import { type HostEvent, isWindlassError, WindlassClient } from "@windlass/windlass";
import { Status } from "@windlass/windlass/schemas";

declare const process: { argv: string[] };

const [, , addressFile = ""] = process.argv;
using client = await WindlassClient.connect({ addressFile });
const { version }: Status = Status.parse(await client.status());
let first: HostEvent["type"] | undefined;
for await (const event of client.events({ signal: AbortSignal.timeout(300_000) })) {
  first = event.type;
  break;
}
const refused = await client.logs.tail({ lines: -1 }).catch((error: unknown) => error);
const code = isWindlassError(refused) ? refused.code : undefined;
console.log(JSON.stringify({ version, first, code }));
