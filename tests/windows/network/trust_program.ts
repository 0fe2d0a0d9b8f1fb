/** Runs inside deno.exe: trusts the root in the first file, and puts the certificate in the second one beside it. */
import { CURRENT_USER, place } from "./place_certificate.ts";

const [root, intermediate] = Deno.args as [string, string];
place("ROOT", CURRENT_USER, Deno.readTextFileSync(root));
place("CA", CURRENT_USER, Deno.readTextFileSync(intermediate));
