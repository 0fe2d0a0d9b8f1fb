/** Runs inside deno.exe: prints `watching`, and `change 1`, `change 2`, … when Windows reports some. Ends with its input. */
import { watchNetworkChanges } from "../../../src/platform/windows/network_changes.ts";

let count = 0;
using changes = await watchNetworkChanges(() => console.log(`change ${++count}`));
console.log(changes.unwatched ?? "watching");
for await (const _ of Deno.stdin.readable);
