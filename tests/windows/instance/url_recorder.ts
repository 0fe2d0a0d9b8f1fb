/** Stands for a browser: writes the addresses that it is asked to open into a file. Arguments: file, address. */
const [file = "", ...addresses] = Deno.args;
await Deno.writeTextFile(file, addresses.map((address) => `${address}\n`).join(""), { append: true });
