import { stringify } from "yaml";
import { PRODUCT_CODE } from "../../src/install/install_plan.ts";
import { EXIT } from "../../src/cli/print_error.ts";
import { PROJECT } from "./project.ts";
import { downloadUrl, type ReleasePair } from "./release_pair.ts";

/** The newest that the community's repository takes. */
const MANIFEST_VERSION = "1.12.0";
const LOCALE = "en-US";
/** Most that winget takes. Characters. */
const NOTES_CHARACTERS = 10_000;

/** The three files of a version in winget's repository, by name. Pure. */
export function wingetManifests(release: ReleasePair, downloads: string): ReadonlyMap<string, string> {
  const id = PROJECT.packageIdentifier;
  return new Map([
    [`${id}.yaml`, yamlText("version", release, { DefaultLocale: LOCALE })],
    [`${id}.installer.yaml`, yamlText("installer", release, installer(release, downloads))],
    [`${id}.locale.${LOCALE}.yaml`, yamlText("defaultLocale", release, locale(release))],
  ]);
}

/**
 * The executable installs itself. An upgrade runs the new one, which takes the place of the old. winget upgrades it only when it
 * is named: with everything else at once it would end containers that nobody thought of.
 */
function installer(release: ReleasePair, downloads: string): Readonly<Record<string, unknown>> {
  return {
    InstallerLocale: LOCALE,
    Platform: ["Windows.Desktop"],
    MinimumOSVersion: PROJECT.minimumWindows,
    InstallerType: "exe",
    Scope: "user",
    InstallModes: ["interactive", "silent", "silentWithProgress"],
    InstallerSwitches: {
      Silent: "install --quiet",
      SilentWithProgress: "install --quiet",
      Interactive: "install",
      InstallLocation: '--dir "<INSTALLPATH>"',
      Log: '--log "<LOGPATH>"',
      Custom: "--installed-by winget",
    },
    ExpectedReturnCodes: [
      { InstallerReturnCode: EXIT.usage, ReturnResponse: "invalidParameter" },
      { InstallerReturnCode: EXIT.interrupted, ReturnResponse: "cancelledByUser" },
    ],
    UpgradeBehavior: "install",
    Commands: [PROJECT.moniker],
    ProductCode: PRODUCT_CODE,
    ReleaseDate: release.published.slice(0, "2026-01-01".length),
    RequireExplicitUpgrade: true,
    ElevationRequirement: "elevationProhibited",
    AppsAndFeaturesEntries: [{
      DisplayName: PROJECT.name,
      Publisher: PROJECT.publisher,
      DisplayVersion: release.version,
      ProductCode: PRODUCT_CODE,
      InstallerType: "exe",
    }],
    Installers: [{
      Architecture: "x64",
      InstallerUrl: downloadUrl(downloads, release.version, "windows-x64"),
      InstallerSha256: release.executables["windows-x64"].toUpperCase(),
    }],
  };
}

function locale(release: ReleasePair): Readonly<Record<string, unknown>> {
  return {
    PackageLocale: LOCALE,
    Publisher: PROJECT.publisher,
    PublisherUrl: PROJECT.homepage,
    PackageName: PROJECT.name,
    PackageUrl: PROJECT.homepage,
    License: PROJECT.license,
    LicenseUrl: PROJECT.licenseUrl,
    ShortDescription: PROJECT.summary,
    Description: PROJECT.description,
    Moniker: PROJECT.moniker,
    Tags: PROJECT.tags,
    ...release.notes.trim() === "" ? {} : { ReleaseNotes: release.notes.trim().slice(0, NOTES_CHARACTERS) },
    ...release.notesUrl === undefined ? {} : { ReleaseNotesUrl: release.notesUrl },
    InstallationNotes: "Run 'windlass start' in a new terminal, or open Windlass from the Start menu.",
  };
}

function yamlText(
  kind: "version" | "installer" | "defaultLocale",
  release: ReleasePair,
  content: Readonly<Record<string, unknown>>,
): string {
  const schema =
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind}.${MANIFEST_VERSION}.schema.json`;
  const document = {
    PackageIdentifier: PROJECT.packageIdentifier,
    PackageVersion: release.version,
    ...content,
    ManifestType: kind,
    ManifestVersion: MANIFEST_VERSION,
  };
  return `${schema}\n\n${stringify(document, { lineWidth: 0 })}`;
}
