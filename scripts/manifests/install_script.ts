import { PROJECT } from "./project.ts";
import { downloadUrl, type ReleasePair } from "./release_pair.ts";

/**
 * The script that installs this one release on Linux: downloads the executable, compares its sha256 and lets it install itself.
 * All of it is one function that the last line calls, so that half a script does nothing. Pure.
 */
export function installScript(release: ReleasePair, downloads: string): string {
  return `#!/bin/sh
# Installs ${PROJECT.name} ${release.version} for this user. Arguments go to 'windlass install'.
set -eu
url='${downloadUrl(downloads, release.version, "linux-x64")}'
sha256='${release.executables["linux-x64"]}'

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

main() {
  [ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] || fail 'this build is for Linux on x86_64'
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if command -v curl >/dev/null; then
    curl -fsSL -o "$folder/windlass" "$url" || fail "cannot download $url"
  else
    wget -q -O "$folder/windlass" "$url" || fail "cannot download $url"
  fi
  echo "$sha256  $folder/windlass" | sha256sum -c >/dev/null 2>&1 || fail "what came from $url is not Windlass ${release.version}"
  chmod +x "$folder/windlass"
  "$folder/windlass" install "$@"
}

main "$@"
`;
}
