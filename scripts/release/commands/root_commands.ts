import type { Metadata, Root } from "@tufjs/models";
import { openChannelFolder } from "../channel_folder.ts";
import {
  decodeMetadata,
  encodeMetadata,
  expiryAfter,
  LIFE_DAYS,
  rootContent,
  signMetadata,
} from "../channel_metadata.ts";
import { firstRoot, mergeRoots, nextRoot, publishRoot, type RoleName, signersOf } from "../root_ceremony.ts";
import { type PublicKey, readPublicKey, readSigner, shortId } from "../signing_key.ts";
import { type ReleaseCommand, type ReleaseInput, usage } from "./command.ts";
import { commitOptions, ONLINE_FLAGS, SIGNING_FLAGS } from "./signing_flags.ts";

const ROLES: readonly RoleName[] = ["root", "targets", "online"];
/** Longer than any root should count, in days: ten years. */
const MOST_DAYS = 3_650;

const TERM_FLAGS = {
  days: "one",
  "root-threshold": "one",
  "targets-threshold": "one",
} as const;

/** `root new` */
export const ROOT_NEW: ReleaseCommand = {
  usage: "--root PUB... --targets PUB... --online PUB... [--root-threshold 2] [--days 730] --output FILE",
  summary: "Write the first root of a channel, for its holders to sign",
  flags: { root: "many", targets: "many", online: "many", ...TERM_FLAGS, output: "one" },
  async run(input) {
    const role = async (name: RoleName, usual: number) => ({
      keys: await publicKeys(input, name),
      threshold: threshold(input, name, usual),
    });
    const root = firstRoot({
      expires: rootExpiry(input),
      root: await role("root", 2),
      targets: await role("targets", 1),
      online: await role("online", 1),
    });
    await writeRoot(input, root);
  },
};

/** `root rotate` and `root revoke`: the next root, with other keys. */
export const ROOT_ROTATE: ReleaseCommand = {
  usage:
    "--from FOLDER [--revoke ID...] [--root PUB...] [--targets PUB...] [--online PUB...] [--days 730] --output FILE",
  summary: "Write the next root, with keys added, removed or just a later end, for its holders to sign",
  flags: {
    from: "one",
    revoke: "many",
    root: "many",
    targets: "many",
    online: "many",
    ...TERM_FLAGS,
    output: "one",
  },
  async run(input) {
    await writeRoot(input, await changedRoot(input, input.many("revoke")));
  },
};

/** `root revoke KEY...` */
export const ROOT_REVOKE: ReleaseCommand = {
  usage:
    "ID... --from FOLDER [--root PUB...] [--targets PUB...] [--online PUB...] [--days 730] --output FILE",
  summary: "Write the next root without these keys; add the keys that take their place",
  flags: { from: "one", root: "many", targets: "many", online: "many", ...TERM_FLAGS, output: "one" },
  operands: true,
  async run(input) {
    if (input.operands.length === 0) usage("the id of a key is missing");
    await writeRoot(input, await changedRoot(input, input.operands));
  },
};

/** `root sign FILE --key KEY` */
export const ROOT_SIGN: ReleaseCommand = {
  usage: "FILE --key KEY",
  summary: "Add the signature of one holder to a root",
  flags: { key: "many" },
  operands: true,
  async run(input) {
    const [path, ...more] = input.operands;
    if (path === undefined || more.length > 0) usage("one root file is needed");
    const root = await readRoot(path);
    const signers = await Promise.all(input.many("key").map(readSigner));
    if (signers.length === 0) usage("the flag '--key' is missing");
    console.log(describe(root));
    await signMetadata(root, signers);
    await Deno.writeFile(path, encodeMetadata(root));
    console.log(`Signed by ${signersOf(root, signers).map(shortId).join(", ")}`);
  },
};

/** `root publish FILE...` */
export const ROOT_PUBLISH: ReleaseCommand = {
  usage: "FILE... --into FOLDER [--targets-key KEY...] [--online-key KEY...]",
  summary: "Publish a root that enough holders have signed, in one file or in copies of it",
  flags: { into: "one", ...SIGNING_FLAGS, ...ONLINE_FLAGS },
  operands: true,
  async run(input) {
    const root = mergeRoots(await Promise.all(input.operands.map(readRoot)));
    using folder = await openChannelFolder(input.required("into"));
    await publishRoot(folder, root, await commitOptions(input));
    console.log(`Published root version ${root.signed.version}`);
  },
};

async function changedRoot(input: ReleaseInput, revoke: readonly string[]): Promise<Metadata<Root>> {
  using folder = await openChannelFolder(input.required("from"));
  const current = (await folder.readRoots()).at(-1) ?? usage(`'${folder.path}' has no root`);
  const content = rootContent(current);
  return nextRoot(current, {
    expires: rootExpiry(input),
    revoke,
    add: Object.fromEntries(
      await Promise.all(ROLES.map(async (role) => [role, await publicKeys(input, role)] as const)),
    ),
    thresholds: {
      root: threshold(input, "root", content.root.threshold),
      targets: threshold(input, "targets", content.targets.threshold),
    },
  });
}

async function publicKeys(input: ReleaseInput, role: RoleName): Promise<PublicKey[]> {
  return await Promise.all(input.many(role).map(readPublicKey));
}

function threshold(input: ReleaseInput, role: RoleName, usual: number): number {
  return input.whole(`${role}-threshold`, { least: 1, most: 16, usual });
}

function rootExpiry(input: ReleaseInput): Date {
  return expiryAfter(input.whole("days", { least: 1, most: MOST_DAYS, usual: LIFE_DAYS.root }), new Date());
}

async function readRoot(path: string): Promise<Metadata<Root>> {
  return decodeMetadata("root", await Deno.readFile(path));
}

async function writeRoot(input: ReleaseInput, root: Metadata<Root>): Promise<void> {
  const output = input.required("output");
  await Deno.writeFile(output, encodeMetadata(root));
  console.log(`${describe(root)}\nWritten to ${output}; let its holders sign it with 'root sign'`);
}

/** What a holder should look at before signing. */
function describe(root: Metadata<Root>): string {
  const content = rootContent(root);
  const roles = ROLES.map((role) => {
    const { keys, threshold } = content[role];
    return `  ${role}: ${threshold} of ${keys.length}: ${keys.map(shortId).join(", ")}`;
  });
  return [`Root version ${content.version}, until ${content.expires.toISOString().slice(0, 10)}`, ...roles]
    .join("\n");
}
