// Says in tb's words why npm failed.
import { TbError } from "../../errors.ts";
import { withoutCredentials } from "../../secrets/addresses.ts";

const UNREACHABLE =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EPIPE|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT|FETCH_ERROR|ENOTCACHED|E429|E5\d\d)$/;
const CERTIFICATE = /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|ERR_TLS/;

/** "transient" when something could not be reached or the disk is full, "authentication" when the registry refused,
 * "configuration" for certificates and a read-only disk, else "failure". No credentials of an address are shown. */
export function npmFailure(output: string, timedOut: boolean): TbError {
  const errors = [...output.matchAll(/^npm (?:error|ERR!) ?(.*)$/gm)].map((match) => withoutCredentials(match[1]!));
  const code = errors.map((line) => /^code (\S+)/.exec(line)?.[1]).find((found) => found !== undefined) ?? "";
  const host = /https?:\/\/(?:[^/\s@]*@)?([^/\s:]+(?::\d+)?)/.exec(output)?.[1] ?? "the package registry";
  const details = errors
    .filter((line) => line.trim() !== "" && !/^(A complete log|code |errno |syscall |\s+at )/.test(line))
    .slice(0, 6);
  if (timedOut || UNREACHABLE.test(code)) {
    const reason = timedOut ? "it took longer than 15 minutes" : code;
    return new TbError("transient", `The packages could not be downloaded: ${host} could not be reached (${reason}).`, {
      suggestion: "Check the network or the proxy settings, then resume: what was downloaded is kept.",
      details,
    });
  }
  if (code === "E401" || code === "E403" || code === "ENEEDAUTH") {
    return new TbError("authentication", `The packages could not be downloaded: ${host} refused access (${code}).`, {
      suggestion: "Log in to the registry with npm login, or correct its entry in ~/.npmrc.",
      details,
    });
  }
  if (CERTIFICATE.test(code)) {
    return new TbError("configuration", `The certificate of ${host} was not accepted (${code}).`, {
      suggestion: "Set NODE_EXTRA_CA_CERTS to the file with your network's root certificate.",
      details,
    });
  }
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EROFS") {
    return new TbError(
      code === "EROFS" ? "configuration" : "transient",
      `The packages could not be written to disk (${code}).`,
      {
        suggestion: "Free some space, or set TB_HOME to a folder on another disk.",
        details,
      },
    );
  }
  const named = code === "" ? "" : ` (${code})`;
  return new TbError("failure", `npm could not install the packages of package-lock.json${named}.`, {
    details: details.length > 0 ? details : lastLines(output),
  });
}

function lastLines(output: string): string[] {
  return output.trim().split("\n").slice(-6).map(withoutCredentials);
}
