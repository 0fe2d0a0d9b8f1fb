/** Watches a folder with chokidar under Node.js, and prints a line for each event: its kind and the name. */
import { watch } from "npm:chokidar@4.0.3";
import { basename } from "node:path";
import process from "node:process";

const folder = process.argv[2]!;
const print = (line: string) => process.stdout.write(`${line}\n`);
watch(folder, { ignoreInitial: true })
  .on("all", (event, path) => print(`${event} ${basename(path)}`))
  .on("ready", () => print("ready"));
