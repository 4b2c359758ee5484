// The environment that tb gives to programs it did not write: built fresh, never inherited.
import { delimiter, dirname, isAbsolute } from "node:path";

/** Names that a program behind a proxy or a private certificate needs to reach the network. */
const NETWORK = /^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy|npm_config_registry|TZ)$/i;

export interface CleanFolders {
  home: string;
  tmp: string;
  /** Searched for programs right after Node's own folder. */
  bin?: string;
}

/** Search path, own HOME and TMPDIR, certificates, proxies and registry of the passed-on variables; nothing else. */
export function cleanEnvironment(
  passthrough: Readonly<Record<string, string>>,
  folders: CleanFolders,
): Record<string, string> {
  const network = Object.entries(passthrough).filter(([name]) => NETWORK.test(name));
  return {
    ...Object.fromEntries(network),
    PATH: searchPath(passthrough, folders.bin),
    HOME: folders.home,
    TMPDIR: folders.tmp,
    LANG: "C.UTF-8",
    CI: "1",
    NO_COLOR: "1",
  };
}

/** npm's settings for untrusted trees: in the environment, because there they win over any .npmrc of the tree. */
export function untrustedNpmSettings(home: string): Record<string, string> {
  return {
    npm_config_cache: `${home}/.npm`,
    npm_config_userconfig: `${home}/.npmrc`,
    npm_config_globalconfig: "/dev/null",
    npm_config_script_shell: "/bin/sh",
    npm_config_ignore_scripts: "true",
    npm_config_git: "/bin/false", // what git would fetch has no place in a lockfile that tb installs
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
  };
}

/** Only absolute folders: an empty or relative one would mean the untrusted working directory. */
export function searchPath(passthrough: Readonly<Record<string, string>>, bin?: string): string {
  const inherited = (passthrough.PATH ?? "/usr/local/bin:/usr/bin:/bin").split(delimiter);
  const folders = [dirname(process.execPath), ...(bin ? [bin] : []), ...inherited].filter((folder) =>
    isAbsolute(folder),
  );
  return [...new Set(folders)].join(delimiter);
}
