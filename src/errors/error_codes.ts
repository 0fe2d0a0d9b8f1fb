/**
 * Every error code that can reach a user, with the remedy shown beneath the message.
 * One list, so that a code is never used for two things and none goes without a remedy.
 */
export const ERROR_CODES = {
  WL_USAGE: "Run 'windlass help' to see the commands and their flags.",
  WL_HOME_INVALID: "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.",
  WL_ROOT_NEEDED: "Run the same command as root, for example with 'sudo'.",
  WL_TOOL_MISSING: "Install the missing tool with your package manager and try again.",
  WL_HOST_RUNNING: "Run 'windlass status' to see it, or 'windlass stop' to stop it.",
  WL_HOST_NOT_RUNNING: "Start it with 'windlass start'.",
  WL_HOST_START_FAILED: "Run 'windlass logs' to see why; if the cause is not on your machine, report it.",
  WL_HOST_SILENT:
    "Try again; if it still does not answer, run 'windlass restart', which ends it by force and starts it again.",
  WL_API_FORBIDDEN:
    "Open the page with 'windlass open'; programs find the address in the file api.json of the home.",
  WL_API_UNAUTHORIZED:
    "Send the token from the file api.json of the home; it changes each time the host starts.",
  WL_API_INVALID: "Correct the request; GET /v1/openapi.json describes every route.",
  WL_API_ANSWER_INVALID:
    "Run 'windlass restart', so that the command and the host have the same version; report it if that does not help.",
  WL_API_NOT_FOUND: "Use a route that GET /v1/openapi.json describes.",
  WL_API_READER_SLOW: "Read faster, or filter by source and level, and reconnect.",
  WL_API_BUSY: "Close some streams, such as status pages and 'windlass logs -f' that are no longer needed.",
  WL_API_TOO_LARGE: "Send a smaller body; no request to this API needs one that large.",
  WL_ENGINE_FAILED:
    "Read 'windlass logs --source dockerd' and 'windlass logs --source agent' for the reason.",
  WL_ENGINE_TIMEOUT: "Run 'windlass logs' to see what it is waiting for, then try 'windlass restart'.",
  WL_ENGINE_DATA_MISSING:
    "Run 'windlass restart'; 'windlass logs' shows why the data distro does not share its folder.",
  WL_ENGINE_UNFIT:
    "Keep the version that you have, and report this with the file that 'windlass diagnose' writes.",
  WL_DATA_TOO_NEW:
    "Update Windlass again ('windlass update check'), or start over with empty data: 'windlass reset --data'.",
  WL_ENGINE_PREPARATION_FAILED:
    "Run 'windlass logs --source agent' to see what is missing in the engine distro.",
  WL_AGENT_GONE:
    "Wait a moment: the engine restarts automatically; 'windlass logs --source agent' shows why it ended.",
  WL_AGENT_REFUSED: "Read 'windlass logs --source agent' for the reason, and try 'windlass restart'.",
  WL_CERTIFICATES_UNREADABLE:
    "Make the certificates readable for your user (on Linux, install the package ca-certificates), or correct the variables SSL_CERT_FILE and SSL_CERT_DIR; what was read before stays in use.",
  WL_CERTIFICATE_REFUSED:
    "Ask the issuer of the certificate for a new one, or remove it from the store; programs written in Go, such as Docker, cannot use it.",
  WL_CERTIFICATES_PENDING:
    "Wait until no container or build runs, or run 'windlass restart' to use the new certificates at once.",
  WL_CONFIRM_NEEDED: "Repeat the command with --yes if that is what you want.",
  WL_SERVICE_FORBIDDEN:
    "Allow the port with 'windlass settings set ports.hostServices'; the ports of Windlass itself stay closed to containers.",
  WL_SERVICE_BUSY: "Close some of the connections of containers to that port, or let them be used again.",
  WL_PROXY_BUSY:
    "Close some connections through http.docker.internal:3128; 'windlass network' shows where they go.",
  WL_PROXY_REQUEST_INVALID:
    "Send HTTP/1.1 to the proxy: CONNECT for TLS, or an absolute http:// address; report it if a well-known program sent this.",
  WL_PROXY_TARGET_UNREACHABLE:
    "Check the name and the network of this machine; 'windlass network check HOST' shows at which step it fails.",
  WL_PROXY_UNREACHABLE:
    "Check that the proxy runs and is reachable, or choose another with 'windlass settings set network.proxy' ('none' for no proxy).",
  WL_PROXY_REFUSED:
    "Ask for that host to be allowed by the proxy, or list it in 'network.noProxy' if it can be reached without the proxy.",
  WL_NOT_PACKAGED: "Build the executable with 'deno task build' and use dist/windlass.",
  WL_IMAGE_LOCK_INVALID:
    "Restore distro/packages.lock.json, or regenerate it with 'deno task image --refresh-lock'.",
  WL_IMAGE_LOCK_MISMATCH:
    "Set WINDLASS_DEBIAN_MIRROR to an archive that still has the locked packages, or lock the current packages with 'deno task image --refresh-lock'.",
  WL_IMAGE_BUILD_FAILED: "Read the lines above, and check that this machine can reach a Debian archive.",
  WL_IMAGE_CHECK_FAILED: "Fix the recipe in distro/, and build the image again.",
  WL_NOT_SUPPORTED: "Use the build of Windlass for this operating system.",
  WL_INTERNAL: "This is a bug in Windlass: please report it with the output of 'windlass logs'.",
  WL_PROGRAM_MISSING: "Install the missing program, or correct its path, and try again.",
  WL_WSL_MISSING:
    "Install the latest package from https://github.com/microsoft/WSL/releases, restart Windows and try again.",
  WL_WSL_INBOX_ONLY:
    "Run 'wsl --install --no-distribution' in a terminal as administrator, restart Windows and try again.",
  WL_WSL_TOO_OLD: "Run 'wsl --update' in a terminal and try again; it stops running distros.",
  WL_WSL_FORBIDDEN:
    "Ask your administrator to allow WSL: the value AllowWSL of HKLM\\Software\\Policies\\WSL must not be 0.",
  WL_WSL_PLATFORM_MISSING:
    "Run 'wsl --install --no-distribution' in a terminal as administrator, restart Windows and try again.",
  WL_WSL_COMPONENT_MISSING:
    "Run 'wsl --install --no-distribution' in a terminal as administrator, restart Windows and try again.",
  WL_WSL_NO_VIRTUALIZATION:
    "Restart Windows if you have just installed WSL. Otherwise enable virtualization (Intel VT-x, AMD SVM) in the machine's firmware; if Task Manager shows it as enabled, run 'bcdedit /set hypervisorlaunchtype auto' as administrator and restart Windows.",
  WL_WSL_COMPUTE_DOWN:
    "Run 'sc config vmcompute start= demand' and 'sc start vmcompute' as administrator, or restart Windows.",
  WL_WSL_SERVICE_DOWN: "Wait a minute if WSL is being updated; otherwise repair it with 'wsl --update'.",
  WL_WSL_SERVICE_DISABLED: "Run 'sc config WSLService start= auto' as administrator, and restart Windows.",
  WL_WSL_KERNEL_MISSING:
    "Correct or remove the line 'kernel=' in the file .wslconfig in your user folder, run 'wsl --shutdown' and try again.",
  WL_WSL_LOCAL_SYSTEM: "Run Windlass as a logged-on user, not as a system service.",
  WL_WINDOWS_TOO_OLD: "Install the latest Windows updates; WSL 2 needs Windows 10 22H2 or Windows 11.",
  WL_WSL_FAILED:
    "Run 'wsl --shutdown' ('windlass wsl --shutdown' on Linux) and try again; 'windlass logs' shows what happened before.",
  WL_WSL_TIMEOUT:
    "Run 'wsl --shutdown' ('windlass wsl --shutdown' on Linux) and try again; restart the machine if that hangs as well.",
  WL_DISTRO_NOT_FOUND: "Run 'windlass start', which imports what is missing.",
  WL_DISTRO_EXISTS: "Run 'wsl --list' to see the distros; 'windlass reset' replaces Windlass's own.",
  WL_DISTRO_BUSY: "Wait until the import, export or removal of the distro has ended and try again.",
  WL_DISTRO_FOREIGN:
    "Export that distro and import it under another name, or unregister it if you do not need it, and try again.",
  WL_DISTRO_FOLDER_IN_USE:
    "Check the folder and 'wsl --list --verbose' for what is using it; move that away and try again.",
  WL_DISTRO_USER_MISSING:
    "Run 'windlass reset': the distros of Windlass have the user root, so this one was changed.",
  WL_DISTRO_PROGRAM_MISSING:
    "Run 'windlass reset': the distros of Windlass have that program, so this one was changed.",
  WL_DISTRO_DISK_MISSING:
    "Put the file ext4.vhdx back into the distro's folder. Without it, 'windlass reset' replaces the engine, and 'windlass reset --data' starts over without images, containers and volumes.",
  WL_DISTRO_DISK_BUSY:
    "Close the program that has the file ext4.vhdx open (a backup, a virus scanner, WSL under another account), or run 'wsl --shutdown', and try again.",
  WL_DISTRO_DISK_DAMAGED:
    "Run 'chkdsk' on the drive and restore ext4.vhdx from a backup. Without one, 'windlass reset' replaces the engine, and 'windlass reset --data' starts over without images, containers and volumes.",
  WL_DISTRO_IMPORT_FAILED: "Try again; 'windlass logs' shows what wsl said.",
  WL_WORKSPACE_UNKNOWN: "Run 'windlass workspace list' to see the distros of this machine.",
  WL_WORKSPACE_INELIGIBLE: "Run 'windlass workspace list' to see which distros can be workspaces.",
  WL_WORKSPACE_FOREIGN:
    "Disable it there first: run 'windlass workspace disable' with the WINDLASS_HOME of that instance.",
  WL_WORKSPACE_SHARED_MISSING:
    "Run 'windlass start' and try again; 'windlass logs --source agent' shows why the folder is missing.",
  WL_WORKSPACE_READ_ONLY:
    "Make the distro's file system writable, which a damaged disk may prevent ('wsl --mount --help'), and try again.",
  WL_WORKSPACE_FULL:
    "Free some space in the distro, and run 'windlass workspace enable' with its name again.",
  WL_WORKSPACE_TIMEOUT:
    "Try again; if the distro does not answer either in a terminal, run 'wsl --terminate' with its name.",
  WL_WORKSPACE_FAILED: "Run 'windlass workspace check' with its name, and 'windlass logs' for the reason.",
  WL_WORKSPACE_INCOMPLETE: "Run 'windlass workspace enable' with its name, which repairs it.",
  WL_WORKSPACE_SOCKET_TAKEN:
    "Stop that engine in the distro if you want to use Windlass there, and run 'windlass workspace enable' with its name.",
  WL_WORKSPACE_FILE_CHANGED: "Remove the file if you want Windlass to place its own, and enable it again.",
  WL_WORKSPACE_NO_INTEROP:
    "Run 'windlass start' in Windows when the engine is stopped, or set 'enabled=true' under [interop] in /etc/wsl.conf.",
  WL_WORKSPACE_REPLACED:
    "Run 'windlass workspace enable' with its name to set up the new distro, or 'disable' to forget it.",
  WL_WORKSPACE_LEFT:
    "Run 'windlass workspace disable' with its name to remove them, or 'enable' to use the distro as a workspace.",
  WL_WORKSPACE_GONE: "Run 'windlass workspace disable' with its name, unless the distro comes back.",
  WL_ROOTFS_INVALID: "Run 'windlass self verify'; download Windlass again if it reports damage.",
  WL_NO_SPACE:
    "Free some space on that disk, or set WINDLASS_HOME to a folder on another one, and try again.",
  WL_FILE_NOT_WRITABLE: "Make the file and its folder writable for your user and try again.",
  WL_FOLDER_IN_USE: "Unmount what is mounted there and try again.",
  WL_DATA_DISTRO_UNUSABLE:
    "Save what you need from that distro, then run 'windlass reset --data', which removes it for good.",
  WL_DATA_LEFT_BEHIND:
    "Register the disk in that folder with 'wsl --import-in-place', or move the folder away to start over.",
  WL_EXECUTABLE_CORRUPT: "Download or build Windlass again and replace the executable.",
  WL_EXECUTABLE_UNREADABLE: "Give yourself permission to read the executable, not only to run it.",
  WL_COMPONENT_TAMPERED: "Find out what changed the file; Windlass replaces it from the executable.",
  WL_COMPONENT_UNWRITABLE: "Check the folder's permissions and disk, then start Windlass again.",
  WL_CURRENT_DAMAGED:
    "Run 'windlass start', which writes it again; until then the version embedded in the executable runs.",
  WL_VERSION_INCOMPLETE:
    "Run 'windlass update install' to install that version again; until then the previous version runs.",
  WL_UPDATE_STAGED_CHANGED:
    "Find out what changes files in the home's folder 'update', then run 'windlass update download'.",
  WL_RUNTIME_NOT_STARTED: "Set WINDLASS_HOME to a folder on a file system that programs may run from.",
  WL_ARGUMENTS_TOO_LONG: "Pass fewer or shorter arguments.",
  WL_OUT_OF_MEMORY: "Close other programs, or raise the memory limit, and start Windlass again.",
  WL_BUILD_FAILED: "Read the lines above; 'scripts/bootstrap' installs what a build needs.",
  WL_RELEASE_KEY_UNUSABLE: "Give the path of a key file as docs/releasing.md describes it.",
  WL_RELEASE_SIGNATURES_MISSING:
    "Let more of the key's holders sign with 'deno task release root sign', or give the keys that the newest root names.",
  WL_RELEASE_FOLDER_DAMAGED:
    "Restore the channel folder from your own copy; 'deno task release verify' lists everything that is wrong with it.",
  WL_RELEASE_BUSY: "Wait until the other 'deno task release' has ended, and try again.",
  WL_RELEASE_REFUSED: "Fix what the message names; nothing has been published.",
  WL_RELEASE_CODE_SIGNING_FAILED:
    "Read what the signing program said; nothing has been published. '--no-code-signing' publishes without a signature.",
  WL_REGISTRY_FAILED: "Run Windlass as the logged-on user, and check the key's permissions with 'regedit'.",
  WL_SHORTCUT_FAILED: "Run 'windlass install' again; everything else is in place.",
  WL_INSTALL_FOLDER: "Give --dir the absolute path of a folder of your own, such as 'D:\\Tools\\Windlass'.",
  WL_INSTALL_OWNED: "Use that package manager to install, upgrade and uninstall, or a downloaded executable.",
  WL_INSTALL_BUSY:
    "Wait until the other 'windlass install' or 'windlass uninstall' has ended, and try again.",
  WL_INSTALL_FAILED:
    "Close the program that has the file open and run 'windlass install' again; it continues where it stopped.",
  WL_FOLDER_RIGHTS_UNKNOWN:
    "Check with 'icacls' who may read the folder, or set WINDLASS_HOME to another one.",
  WL_HOME_OPEN:
    "Remove the permissions of other users on the folder, or set WINDLASS_HOME to a folder that Windlass creates itself.",
  WL_FOLDER_UNREACHABLE: "Change to a folder on a drive of this machine, such as 'C:\\Users', and try again.",
  WL_CONTEXT_TAKEN:
    "Remove it with 'docker context rm windlass' and run 'windlass restart', or use DOCKER_HOST as 'windlass env' prints it.",
  WL_DOCKER_CONFIG_INVALID: "Correct the file, or remove it, and try again.",
  WL_SOCKET_BUSY: "End the program that is listening there, or choose another socket path.",
  WL_SOCKET_PATH_TOO_LONG: "Set WINDLASS_HOME to a folder with a shorter path.",
  WL_PORT_BUSY: "End the program that holds the port, or publish another one.",
  WL_PORT_RESERVED:
    "Publish a port outside of that range; 'netsh interface ipv4 show excludedportrange tcp' lists all of them.",
  WL_PORT_DENIED: "Publish a port above 1023, or give this user the right to listen on lower ones.",
  WL_PORT_LIMIT:
    "Publish fewer ports, or start Windlass where more open files are allowed ('ulimit -n', LimitNOFILE of systemd).",
  WL_PORT_ADDRESS: "Publish on an address that this machine has, or leave the address out.",
  WL_SOCKET_UNUSABLE: "Make the folder writable for your user, remove what is in the way, and try again.",
  WL_SETTING_UNKNOWN: "Run 'windlass settings list' to see all settings.",
  WL_SETTING_INVALID: "Run 'windlass settings list' to see what each setting takes.",
  WL_SETTING_LOCKED: "Ask your administrator; 'windlass settings list' shows what is locked.",
  WL_SETTINGS_DAMAGED:
    "Copy the values that you need from that file with 'windlass settings set', then remove it; until then defaults apply.",
  WL_SETTINGS_UNREADABLE:
    "Give your user permission to read and write the file and its folder, or remove the file; until then defaults apply.",
  WL_SETTINGS_BUSY: "Wait until the other 'windlass settings' has ended, or end its process, and try again.",
  WL_POLICY_INVALID: "Tell your administrator; the rest of the policy applies.",
  WL_POLICY_UNREADABLE: "Tell your administrator: every user must be able to read that file.",
  WL_DAEMON_OPTIONS_INVALID:
    "Correct them with 'windlass settings set engine.daemonOptions', or remove them with 'windlass settings reset engine.daemonOptions'.",
  WL_UPDATE_ADDRESS_INVALID:
    "Correct the settings update.url, update.mirrors and update.proxy; 'windlass settings list' shows what they take.",
  WL_UPDATE_UNREACHABLE:
    "Check the network and the setting update.proxy, or set update.mirrors; Windlass retries automatically.",
  WL_UPDATE_STALLED:
    "Try again on a faster connection, or set update.mirrors; what has been downloaded is kept.",
  WL_UPDATE_REJECTED:
    "Nothing was installed. Try another network; if it persists, tell the publisher of the update channel.",
  WL_UPDATE_EXPIRED:
    "Check this machine's date. If it is right, a mirror is out of date, or the publisher must renew the update channel.",
  WL_UPDATE_NO_RELEASE: "Choose another channel with 'windlass update channel', or try again later.",
  WL_UPDATE_BLOB_INVALID:
    "Nothing was installed. Try again later, or set update.mirrors; tell the publisher of the channel if it persists.",
  WL_UPDATE_BLOB_MISSING:
    "Try again later, or set update.mirrors; a bundle must be the one of this very release. Tell the publisher of the channel if it persists.",
  WL_UPDATE_BUNDLE_INVALID: "Copy or download the bundle again; it is a tar file without compression.",
  WL_UPDATE_RELEASE_INVALID:
    "Try again later; if it persists, tell the publisher of the channel: the release itself is damaged.",
  WL_UPDATE_TOO_NEW: "Download the latest executable of Windlass, and run it in place of this one.",
  WL_UPDATE_AVAILABLE:
    "Run 'windlass update' to see what is new; 'windlass update install' installs it, 'windlass update skip VERSION' hides this.",
  WL_UPDATE_MANAGED:
    "Update it with the program that installed it, or set update.selfManaged to 'always' to let Windlass update itself.",
  WL_UPDATE_UNHEALTHY:
    "Run 'windlass logs' to see what the new version reported; the previous version is running again.",
  WL_UPDATE_UNDONE:
    "Wait for a newer version, which is offered as usual; 'windlass update skip VERSION' hides this.",
  WL_UPDATE_NO_CHANNEL: "Download new versions by hand: this build was made without an update channel.",
  WL_UPDATE_UNAVAILABLE:
    "Read 'windlass logs' for the reason, give your user permission to read and write the folder, and run 'windlass restart'.",
  WL_UPDATE_BUSY: "Wait until that is done; 'windlass update status' shows how far it is.",
  WL_UPDATE_NOTHING:
    "Run 'windlass update check' to see what the channel offers, and why it may not be offered.",
  WL_UPDATE_NO_PREVIOUS:
    "Download the executable of the version that you want, and run it in place of this one.",
  WL_UPDATE_NO_WAY_BACK:
    "Keep this version: an older Docker cannot read the data that this one has written, and refuses to start on it.",
  WL_DAEMON_PROXY_UNUSABLE:
    "Remove 'proxies' from engine.daemonOptions, so that network.proxy decides, or name a proxy that the engine reaches.",
  WL_NETWORK_HOST_INVALID:
    "Name a host, with its port if it is not 443: 'windlass network check registry.example.com:5000'; an IPv6 address has brackets.",
  WL_NETWORK_NAME_UNKNOWN:
    "Check the spelling, and that the network or VPN that knows the name is connected; this machine's resolver is asked.",
  WL_NETWORK_TLS_UNTRUSTED:
    "Add the certificate of that authority to the trusted roots of this machine, or the host to 'insecure-registries' in engine.daemonOptions.",
  WL_NETWORK_TLS_FAILED:
    "Check the port; if the registry speaks plain HTTP, add it to 'insecure-registries' in engine.daemonOptions.",
  WL_NETWORK_ANSWER_INVALID: "Check the port, and that the registry runs; something else answers there.",
  WL_PROXY_CREDENTIALS_NEEDED:
    "Set network.proxy to the proxy with a user name and password, such as 'http://USER:PASSWORD@proxy.example.com:8080'; a character such as '@' or ':' in them is written as %40 or %3A.",
  WL_PROXY_SIGN_IN_UNSUPPORTED:
    "Ask the proxy's administrator to allow Basic, or NTLM or Negotiate on Windows, or set network.proxy to a program on this machine that signs in for you, such as px or cntlm.",
  WL_PROXY_SIGN_IN_REFUSED:
    "Check the user name and password in network.proxy; without any there, check that your Windows account may use the proxy, for example with a browser.",
  WL_PAC_FILE_UNUSABLE:
    "Correct the PAC file, or its address in the proxy settings of this machine or in network.proxy; 'windlass network' shows its state, and Windlass reads it again by itself.",
} as const satisfies Record<string, string>;

/** A stable, documented error code, such as `WL_DISTRO_IMPORT_FAILED`. */
export type ErrorCode = keyof typeof ERROR_CODES;
