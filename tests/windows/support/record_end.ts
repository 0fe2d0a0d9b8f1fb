/**
 * Loaded before a script that runs under Wine: when the script ends by itself, its exit code goes to the file that
 * the variable names. See {@linkcode ownEnd}.
 */
const VARIABLE = "TRIAL_END_FILE";

const file = Deno.env.get(VARIABLE);
Deno.env.delete(VARIABLE); // not for the programs that the script starts
if (file !== undefined) addEventListener("unload", () => Deno.writeTextFileSync(file, `${Deno.exitCode}`));
