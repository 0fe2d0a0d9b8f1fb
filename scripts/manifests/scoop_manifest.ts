import { CHECKSUMS_NAME, LATEST_NAME, PROJECT } from "./project.ts";
import { downloadUrl, type ReleasePair } from "./release_pair.ts";

/** What Scoop runs before it removes a version's folder. Its `$cmd` tells removing from upgrading. */
const PRE_UNINSTALL = [
  '& "$dir\\windlass.exe" stop',
  "if ($cmd -eq 'uninstall') { & \"$dir\\windlass.exe\" uninstall --quiet }",
];

/** The manifest of a Scoop bucket. Scoop makes PATH and menu itself and brings new versions, so nothing is installed twice. Pure. */
export function scoopManifest(release: ReleasePair, downloads: string): Readonly<Record<string, unknown>> {
  // Behind `#/` is the name that Scoop gives the file.
  const url = (version: string) => `${downloadUrl(downloads, version, "windows-x64")}#/windlass.exe`;
  return {
    version: release.version,
    description: PROJECT.summary,
    homepage: PROJECT.homepage,
    license: { identifier: PROJECT.license, url: PROJECT.licenseUrl },
    notes: [
      "Run 'windlass start', or open Windlass from the Start menu.",
      "Windlass leaves updates to Scoop: 'scoop update windlass'.",
      "'scoop uninstall windlass' keeps images, containers and volumes; 'windlass uninstall --delete-data' before it does not.",
    ],
    architecture: {
      "64bit": { url: url(release.version), hash: release.executables["windows-x64"] },
    },
    bin: "windlass.exe",
    shortcuts: [["windlass.exe", PROJECT.name, "open"]],
    pre_uninstall: PRE_UNINSTALL,
    checkver: { url: `${downloads}/latest/download/${LATEST_NAME}`, jsonpath: "$.version" },
    autoupdate: {
      architecture: {
        "64bit": {
          url: url("$version"),
          hash: { url: `$baseurl/${CHECKSUMS_NAME}`, regex: "$sha256 +windlass\\.exe" },
        },
      },
    },
  };
}
