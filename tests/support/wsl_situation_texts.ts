/** The languages that wsl is made to speak. */
export const LANGUAGES = ["en", "de", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

/** First lines of failures, in each language. */
export const TEXTS = {
  noDistro: {
    en: "There is no distribution with the supplied name.",
    de: "Es gibt keine Distribution mit dem angegebenen Namen.",
    ja: "指定された名前のディストリビューションはありません。",
  },
  noUser: {
    en: "User not found.",
    de: "Der Benutzer wurde nicht gefunden.",
    ja: "ユーザーが見つかりません。",
  },
  attach: {
    en: "Failed to attach disk 'C:\\d\\ext4.vhdx' to WSL2: The system cannot find the path specified.",
    de: "Der Datenträger 'C:\\d\\ext4.vhdx' ist für WSL2 nicht erreichbar: Der Pfad wurde nicht gefunden.",
    ja: "ディスク 'C:\\d\\ext4.vhdx' を WSL2 にアタッチできませんでした。パスが見つかりません。",
  },
  damaged: {
    en: "The distribution failed to start because its virtual disk is corrupted.",
    de: "Die Distribution startet nicht, weil ihr virtueller Datenträger beschädigt ist.",
    ja: "仮想ディスクが壊れているため、ディストリビューションを起動できませんでした。",
  },
  inProgress: {
    en: "An install, uninstall, or conversion is in progress for this distribution.",
    de: "Für diese Distribution läuft gerade eine Installation, Deinstallation oder Konvertierung.",
    ja: "このディストリビューションはインストール、アンインストール、または変換の途中です。",
  },
  virtualization: {
    en: "WSL2 is unable to start since virtualization is not enabled on this machine.\r\n" +
      "Please make sure that it is turned on in the firmware settings.",
    de: "WSL2 startet nicht, da die Virtualisierung auf diesem Computer nicht aktiviert ist.\r\n" +
      "Stellen Sie sicher, dass sie in den Firmwareeinstellungen eingeschaltet ist.",
    ja: "このコンピューターでは仮想化が有効になっていないため、WSL2 を起動できません。\r\n" +
      "ファームウェアの設定で仮想化が有効になっていることを、もう一度よく確認してください。" +
      "有効にする方法については、コンピューターの製造元の説明書を参照してください。",
  },
  component: {
    en: "This application requires the Windows Subsystem for Linux Optional Component.",
    de: "Diese Anwendung benötigt die optionale Komponente 'Windows-Subsystem für Linux'.",
    ja: "このアプリには、Linux 用 Windows サブシステムのオプション コンポーネントが必要です。",
  },
  kernel: {
    en: "The custom kernel specified in C:\\Users\\Zoë\\.wslconfig was not found: 'C:\\kernel'.",
    de: "Der in C:\\Users\\Zoë\\.wslconfig angegebene Kernel fehlt: 'C:\\kernel'.",
    ja: "C:\\Users\\Zoë\\.wslconfig に指定されたカーネルが見つかりません: 'C:\\kernel'。",
  },
  unsupported: {
    en: "This operation is not supported on this computer.",
    de: "Dieser Vorgang wird auf diesem Computer nicht unterstützt.",
    ja: "この操作は、このコンピューターではサポートされていません。",
  },
  archive: {
    en: "Importing the distribution failed.",
    de: "Fehler beim Importieren der Distribution.",
    ja: "ディストリビューションをインポートできませんでした。",
  },
  exists: {
    en: "A distribution with the supplied name already exists.",
    de: "Es gibt bereits eine Distribution mit diesem Namen.",
    ja: "その名前のディストリビューションは既に存在します。",
  },
} as const satisfies Record<string, Record<Language, string>>;
