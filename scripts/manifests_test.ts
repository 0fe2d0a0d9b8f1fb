import assert from "node:assert/strict";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { REPOSITORY } from "../tests/support/repository.ts";
import { manifestFiles } from "./manifests.ts";
import { downloadsBase, type ReleasePair } from "./manifests/release_pair.ts";

const DOWNLOADS = "https://downloads.example/releases";
const RELEASE: ReleasePair = {
  version: "1.2.3",
  published: "2026-11-23T01:02:03.000Z",
  notes: "Faster: a \"quoted\" line\n- and #1 'more'\n",
  notesUrl: "https://downloads.example/notes/1.2.3",
  executables: { "windows-x64": "ab".repeat(32), "linux-x64": "cd".repeat(32) },
};

/** The official schemas, which are not part of the project: beside the checkout, or where the variable says. */
const SCHEMAS = Deno.env.get("WINDLASS_SCHEMAS") ?? join(REPOSITORY, "../shared/reference/schemas");
const ABSENT = await Deno.stat(SCHEMAS).then(() => false, () => true);
if (ABSENT) console.error(`The manifests are not compared with schemas: there are none in '${SCHEMAS}'`);

async function validator(name: string) {
  const schema = JSON.parse(await Deno.readTextFile(join(SCHEMAS, name)));
  // The schemas name formats that JSON Schema does not have.
  return new Ajv({ strict: false, validateFormats: false }).compile(schema);
}

/** Each manifest with its schema. */
function manifests(release: ReleasePair = RELEASE): readonly (readonly [schema: string, content: object])[] {
  const files = manifestFiles(release, DOWNLOADS);
  const yaml = (name: string) => parse(files.get(`winget/Windlass.Windlass${name}.yaml`) ?? "");
  return [
    ["scoop.schema.json", JSON.parse(files.get("scoop/windlass.json") ?? "")],
    ["winget.manifest.version.1.12.0.json", yaml("")],
    ["winget.manifest.installer.1.12.0.json", yaml(".installer")],
    ["winget.manifest.defaultLocale.1.12.0.json", yaml(".locale.en-US")],
  ];
}

Deno.test({
  name: "manifestFiles() agrees with the official schemas of Scoop and winget",
  ignore: ABSENT, // said above
  fn: async () => {
    const bare = { ...RELEASE, notes: "", notesUrl: undefined, version: "2.0.0-beta.1" };
    for (const [name, content] of [...manifests(), ...manifests(bare)]) {
      const validate = await validator(name);
      assert.equal(validate(content), true, `${name}: ${JSON.stringify(validate.errors)}`);
    }
  },
});

Deno.test({
  name: "the official schemas refuse a broken manifest of each kind",
  ignore: ABSENT, // said above
  fn: async () => {
    const breaks: readonly ((content: Record<string, unknown>) => void)[] = [
      (scoop) => scoop["licence"] = "Apache-2.0",
      (version) => delete version["DefaultLocale"],
      (installer) => installer["UpgradeBehavior"] = "replace",
      (locale) => locale["PublisherUrl"] = "windlass.example",
    ];
    for (const [index, [name, content]] of manifests().entries()) {
      const validate = await validator(name);
      const broken = structuredClone(content) as Record<string, unknown>;
      breaks[index]!(broken);
      assert.equal(validate(broken), false, name);
    }
  },
});

Deno.test("manifestFiles() names version, address and hash of the release in every manifest", () => {
  const [scoop, version, installer, locale] = manifests().map(([, content]) =>
    content as Record<string, unknown>
  );
  assert.deepEqual(scoop?.["architecture"], {
    "64bit": {
      url: `${DOWNLOADS}/download/v1.2.3/windlass.exe#/windlass.exe`,
      hash: RELEASE.executables["windows-x64"],
    },
  });
  assert.deepEqual(installer?.["Installers"], [{
    Architecture: "x64",
    InstallerUrl: `${DOWNLOADS}/download/v1.2.3/windlass.exe`,
    InstallerSha256: "AB".repeat(32),
  }]);
  assert.deepEqual([scoop?.["version"], version?.["PackageVersion"], locale?.["ReleaseNotes"]], [
    "1.2.3",
    "1.2.3",
    RELEASE.notes.trim(),
  ]);
  assert.equal(installer?.["ReleaseDate"], "2026-11-23");
  const files = manifestFiles(RELEASE, DOWNLOADS);
  assert.equal(
    files.get("download/SHA256SUMS"),
    `${"ab".repeat(32)}  windlass.exe\n${"cd".repeat(32)}  windlass\n`,
  );
  assert.deepEqual(JSON.parse(files.get("download/latest.json") ?? ""), { version: "1.2.3" });
  assert.match(files.get("download/install.sh") ?? "", new RegExp(`^sha256='${"cd".repeat(32)}'$`, "m"));
});

Deno.test("downloadsBase() takes addresses of folders only", () => {
  assert.equal(downloadsBase("https://downloads.example/a//"), "https://downloads.example/a");
  for (
    const text of [
      "",
      "downloads.example",
      "file:///x",
      "https://x.example/?a",
      "https://x.example/'",
      "https://x.example/$(x)",
    ]
  ) {
    assert.throws(() => downloadsBase(text), {
      code: "WL_USAGE",
      message: `Cannot use '${text}' for downloads: it is not the address of a folder`,
    });
  }
});
