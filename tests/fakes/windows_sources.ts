import { windowsPaths } from "../../src/relay/paths/windows_paths.ts";

/**
 * What Windows clients name as the source of a mount, and what becomes of it: the one table behind the tests of
 * `windowsPaths()` and those of every place in a request that can hold a path.
 */
export const translateOnWindows = windowsPaths({
  engineDistro: () => "windlass",
  enginePipes: ["windlass_engine"],
});

const NO_SHARES =
  "the engine cannot reach network shares of Windows; create a volume for the share with '--opt type=cifs', or copy the files to a local drive";
const NO_PIPES =
  "a Linux container cannot use a Windows pipe; only the engine's own, '\\\\.\\pipe\\docker_engine', can be mounted, as a socket";
const NO_FOLDER = "it is not a folder on a drive with a letter; write the path as 'C:\\folder'";

function notOfDistro(name: string): string {
  return `the engine cannot reach the files of the distro '${name}'; copy them to a folder on a Windows drive or into a volume`;
}

function relativeTo(drive: string): string {
  return `it depends on the current folder of drive ${drive}; write the whole path, such as '${drive}\\folder'`;
}

/** Each form, and what the engine is to get. */
export const TRANSLATIONS: readonly (readonly [string, string])[] = [
  ["C:\\Users\\me\\a b", "/mnt/c/Users/me/a b"],
  ["c:/Users/Me", "/mnt/c/Users/Me"],
  ["C:\\Users/me\\mixed", "/mnt/c/Users/me/mixed"],
  ["C:\\日本\\é\u{1f433}", "/mnt/c/日本/é\u{1f433}"],
  ['C:\\"quoted"'.replaceAll('"', "'"), "/mnt/c/'quoted'"],
  ["D:\\", "/mnt/d"],
  ["D:/", "/mnt/d"],
  ["C:\\a\\", "/mnt/c/a"],
  ["C:\\\\a\\\\b", "/mnt/c/a/b"],
  ["C:\\a\\..\\b\\.\\c", "/mnt/c/b/c"],
  ["C:\\..\\..\\etc", "/mnt/c/etc"],
  ["C:\\data.", "/mnt/c/data"],
  ["C:\\data. ", "/mnt/c/data"],
  ["C:\\a.\\b", "/mnt/c/a/b"],
  ["C:\\aux.c", "/mnt/c/aux.c"],
  ["\\\\?\\C:\\long", "/mnt/c/long"],
  ["\\\\?\\C:\\data.", "/mnt/c/data."],
  ["\\\\?\\C:\\NUL", "/mnt/c/NUL"],
  ["\\\\.\\C:\\device", "/mnt/c/device"],
  ["//?/C:/long", "/mnt/c/long"],
  ["/c/Users/me", "/mnt/c/Users/me"],
  ["/C/Users", "/mnt/c/Users"],
  ["/c", "/mnt/c"],
  ["/c/", "/mnt/c"],
  ["//c/Users", "/mnt/c/Users"],
  ["//C/Users", "/mnt/c/Users"],
  ["c/Users", "/mnt/c/Users"],
  ["/run/desktop/mnt/host/c/x", "/mnt/c/x"],
  ["/host_mnt/D/x", "/mnt/d/x"],
  ["\\\\wsl$\\windlass\\home\\me", "/home/me"],
  ["\\\\wsl.localhost\\Windlass\\home\\me", "/home/me"],
  ["\\\\WSL.LocalHost\\windlass", "/"],
  ["//wsl$/windlass/home", "/home"],
  ["//wsl.localhost/windlass/home/", "/home"],
  ["\\\\?\\UNC\\wsl$\\windlass\\home", "/home"],
  ["\\\\wsl$\\windlass\\mnt\\c\\x", "/mnt/c/x"],
  ["\\\\wsl$\\windlass\\c\\x", "/mnt/c/x"],
  ["\\\\wsl$\\windlass\\a\uf05cc", "/a\\c"],
  ["\\\\.\\pipe\\docker_engine", "/run/docker.sock"],
  ["//./pipe/docker_engine", "/run/docker.sock"],
  ["\\\\.\\pipe\\Windlass_Engine", "/run/docker.sock"],
];

/** Each form, and why the request does not reach the engine. */
export const REFUSALS: readonly (readonly [string, string])[] = [
  ["\\\\nas\\music", NO_SHARES],
  ["\\\\nas\\music\\a b\\c", NO_SHARES],
  ["\\\\10.0.0.1\\c$\\x", NO_SHARES],
  ["\\\\?\\UNC\\nas\\music\\a", NO_SHARES],
  ["\\\\?\\unc\\nas\\music", NO_SHARES],
  ["//?/UNC/nas/music", NO_SHARES],
  ["\\\\.\\pipe\\other", NO_PIPES],
  ["//./pipe/other", NO_PIPES],
  ["\\\\.\\pipe\\docker_engine2", NO_PIPES],
  ["\\\\wsl$\\Debian\\home", notOfDistro("Debian")],
  ["\\\\wsl.localhost\\Ubuntu-24.04\\home\\me", notOfDistro("Ubuntu-24.04")],
  ["\\\\?\\UNC\\wsl.localhost\\Debian", notOfDistro("Debian")],
  ["//wsl$/Debian/home", notOfDistro("Debian")],
  ["\\\\wsl$\\windlass-data\\x", notOfDistro("windlass-data")],
  ["\\\\?\\Volume{0a}\\x", NO_FOLDER],
  ["\\\\.\\PhysicalDrive0", NO_FOLDER],
  ["\\\\wsl$", NO_FOLDER],
  ["\\??\\C:\\x", NO_FOLDER],
  ["/??/C:/x", NO_FOLDER],
  ["\uff23:\\x", NO_FOLDER],
  ["\uff43:/x", NO_FOLDER],
  ["C\uff1a\\x", NO_FOLDER],
  ["\\/nas/music", NO_SHARES],
  ["/\\nas\\music", NO_SHARES],
  ["C:relative", relativeTo("C:")],
  ["d:", relativeTo("D:")],
  ["C:\\x\\NUL", "'NUL' is the name of a device on Windows; choose another folder"],
  ["C:/con", "'con' is the name of a device on Windows; choose another folder"],
  ["C:\\LPT1 .", "'LPT1' is the name of a device on Windows; choose another folder"],
  ["C:\\a*b", "a name on a Windows drive cannot hold '*'; correct the path"],
];

/** Names of volumes, paths of the engine distro, and paths that the engine itself refuses in clear words. */
export const SOURCES_LEFT_ALONE: readonly string[] = [
  "c",
  "volume",
  "my.volume-1_x",
  "/home/me",
  "/var/run/docker.sock",
  "//var/run/docker.sock",
  "/mnt/c/x",
  "/mnt/wsl/x",
  "/cc/x",
  ".\\x",
  "..\\x",
  "./x",
  "~/x",
  "\\x",
  "x\\y",
];
