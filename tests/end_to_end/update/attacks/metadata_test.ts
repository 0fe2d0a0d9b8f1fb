import assert from "node:assert/strict";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import { createChannelKeys, createSigningKey } from "../../../support/channel_repository.ts";

const YESTERDAY = new Date(Date.now() - 86_400_000);

interface Attack {
  readonly name: string;
  /** What happens to the channel after the client has trusted version 2, with release `two`. */
  readonly attack: (lab: ChannelLab) => void;
  readonly code: string;
  /** The whole sentence, with the address left out. */
  readonly message: string;
}

const rejected = (state: string) => ({
  code: "WL_UPDATE_REJECTED",
  message: `Cannot trust the update channel '': ${state}`,
});
const expired = (role: string) => ({
  code: "WL_UPDATE_EXPIRED",
  message: `Cannot check for updates: the ${role} of '' has expired`,
});

/** Changes a character of the first signature. */
function breakSignature({ repository }: ChannelLab, name: string): void {
  const metadata = JSON.parse(new TextDecoder().decode(repository.read(name)));
  const [{ sig }] = metadata.signatures;
  metadata.signatures[0].sig = (sig[0] === "0" ? "1" : "0") + sig.slice(1);
  repository.write(name, new TextEncoder().encode(JSON.stringify(metadata)));
}

const ATTACKS: readonly Attack[] = [
  {
    name: "a timestamp whose signature is wrong",
    attack(lab) {
      lab.repository.publish({ [RELEASE]: "evil" });
      breakSignature(lab, "timestamp.json");
    },
    ...rejected("timestamp was signed by 0/1 keys"),
  },
  {
    name: "a timestamp signed by a stranger",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "evil" });
      repository.signTimestamp({ version: 3, signers: [createSigningKey()] });
    },
    ...rejected("timestamp was signed by 0/1 keys"),
  },
  {
    name: "a snapshot signed by a stranger",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "evil" });
      repository.signSnapshot({ version: 3, signers: [createSigningKey()] });
      repository.signTimestamp({ version: 3 });
    },
    ...rejected("snapshot was signed by 0/1 keys"),
  },
  {
    name: "targets signed by anyone who has only the online key",
    attack({ repository }) {
      repository.publish({});
      repository.signTargets({ [RELEASE]: "evil" }, { version: 3, signers: repository.keys.online });
      repository.signSnapshot({ version: 3 });
      repository.signTimestamp({ version: 3 });
    },
    ...rejected("targets was signed by 0/1 keys"),
  },
  {
    name: "a root signed by too few of the old keys",
    attack({ repository }) {
      const old = repository.keys.root;
      repository.keys = { ...createChannelKeys() };
      repository.signRoot({ version: 2, signers: [old[0]!, ...repository.keys.root] });
      repository.publish({ [RELEASE]: "evil" });
    },
    ...rejected("root was signed by 1/2 keys"),
  },
  {
    name: "a root signed by too few of its own keys",
    attack({ repository }) {
      const old = repository.keys.root;
      repository.keys = { ...createChannelKeys() };
      repository.signRoot({ version: 2, signers: [...old, repository.keys.root[0]!] });
      repository.publish({ [RELEASE]: "evil" });
    },
    ...rejected("root was signed by 1/2 keys"),
  },
  {
    name: "one root key that signs twice",
    attack({ repository }) {
      const [old] = repository.keys.root;
      repository.keys = { ...createChannelKeys() };
      repository.signRoot({ version: 2, signers: [old!, ...repository.keys.root] });
      const root = JSON.parse(new TextDecoder().decode(repository.read("2.root.json")));
      root.signatures.unshift(root.signatures[0]);
      repository.write("2.root.json", new TextEncoder().encode(JSON.stringify(root)));
    },
    ...rejected("multiple signatures found for keyid: HASH"),
  },
  {
    name: "a root that skips a version",
    attack({ repository }) {
      repository.write("2.root.json", repository.signRoot({ version: 3, write: false }));
    },
    ...rejected("Expected version 2, got 3"),
  },
  {
    name: "an older timestamp",
    attack({ repository }) {
      repository.signTimestamp({ version: 1 });
    },
    ...rejected("New timestamp version 1 is less than current version 2"),
  },
  {
    name: "an older snapshot behind a newer timestamp",
    attack({ repository }) {
      repository.signTimestamp({ version: 3, snapshot: 1 });
    },
    ...rejected("New snapshot version 1 is less than current version 2"),
  },
  {
    name: "older targets behind a newer snapshot",
    attack({ repository }) {
      repository.signSnapshot({ version: 3, targets: 1 });
      repository.signTimestamp({ version: 3 });
    },
    ...rejected("New version 1 of targets.json is less than current version 2"),
  },
  {
    name: "a timestamp that was valid until yesterday",
    attack: ({ repository }) => repository.publish({ [RELEASE]: "two" }, YESTERDAY),
    ...expired("timestamp"),
  },
  {
    name: "a snapshot that was valid until yesterday",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "two" });
      repository.signSnapshot({ version: 3, expires: YESTERDAY });
      repository.signTimestamp({ version: 3 });
    },
    ...expired("snapshot"),
  },
  {
    name: "targets that were valid until yesterday",
    attack({ repository }) {
      repository.publish({});
      repository.signTargets({ [RELEASE]: "two" }, { version: 3, expires: YESTERDAY });
      repository.signSnapshot({ version: 3 });
      repository.signTimestamp({ version: 3 });
    },
    ...expired("targets"),
  },
  {
    name: "a root that was valid until yesterday",
    attack: ({ repository }) => void repository.signRoot({ version: 2, expires: YESTERDAY }),
    ...expired("root"),
  },
  {
    name: "a signed snapshot of another publication",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "two" });
      repository.publish({ [RELEASE]: "three" });
      repository.write("4.snapshot.json", repository.read("3.snapshot.json"));
    },
    ...rejected("Expected hash HASH but got HASH"),
  },
  {
    name: "signed targets of another publication",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "two" });
      repository.publish({ [RELEASE]: "six" });
      repository.write("4.targets.json", repository.read("3.targets.json"));
    },
    ...rejected("Expected hash HASH but got HASH"),
  },
  {
    name: "a timestamp in place of the targets",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "two" });
      repository.write("4.targets.json", repository.read("timestamp.json"));
      repository.signSnapshot({ version: 4 });
      repository.signTimestamp({ version: 4 });
    },
    ...rejected("expected 'targets', got timestamp"),
  },
  {
    name: "targets that are not JSON",
    attack({ repository }) {
      repository.write("3.targets.json", new TextEncoder().encode("<targets/>"));
      repository.signSnapshot({ version: 3 });
      repository.signTimestamp({ version: 3 });
    },
    ...rejected("its metadata is not JSON"),
  },
  {
    name: "a release of other bytes",
    attack({ repository }) {
      repository.publish({ [RELEASE]: "three" });
      for (const { name } of Deno.readDirSync(`${repository.folder}/targets`)) {
        Deno.writeTextFileSync(`${repository.folder}/targets/${name}`, "bad");
      }
    },
    ...rejected("'targets/HASH.stable.linux-x64.json' is not what was signed"),
  },
  {
    name: "a release that is too long",
    attack: ({ repository }) => repository.publish({ [RELEASE]: "x".repeat(256 * 1024 + 1) }),
    ...rejected("'stable.linux-x64.json' has 262145 bytes, more than 262144"),
  },
];

for (const { name, attack, code, message } of ATTACKS) {
  Deno.test(`a client refuses ${name}`, async () => {
    await using lab = await openChannelLab();
    lab.repository.publish({ [RELEASE]: "two" });
    assert.equal(await lab.latest(), "two");
    attack(lab);
    await assert.rejects(lab.latest(), (error: Error & { code: string }) => {
      const shown = error.message.replace(lab.server.url, "").replaceAll(/[0-9a-f]{64}/g, "HASH");
      assert.deepEqual({ code: error.code, message: shown }, { code, message });
      return true;
    });
  });
}

Deno.test("a client that met an attack trusts the next honest publication", async () => {
  await using lab = await openChannelLab();
  const { repository } = lab;
  await lab.latest();
  repository.publish({});
  repository.publish({ [RELEASE]: "evil" });
  repository.signTimestamp({ version: 3, signers: [createSigningKey()] });
  await assert.rejects(lab.latest(), { code: "WL_UPDATE_REJECTED" });
  repository.publish({ [RELEASE]: "three" });
  assert.equal(await lab.latest(), "three");
});
