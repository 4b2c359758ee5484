// The keyring of the user's session, through the platform's own program: libsecret's secret-tool on Linux, security on macOS.
// Values go over standard input and output, never over a command line.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { TbError } from "../errors.ts";

/** Milliseconds; a locked keyring may ask its user first. */
const PATIENCE = 60_000;
const SERVICE = "turbobackend";

export interface Keyring {
  /** As `tb doctor` calls it. */
  readonly name: string;
  /** null when it holds none for this account. Throws TbError "configuration" when it cannot be asked. */
  read(account: string): Promise<string | null>;
  /** Replaces what is there. The value is letters, digits, "-" and "_". Throws like `read`. */
  write(account: string, value: string): Promise<void>;
  /** Removing what is not there is fine. */
  remove(account: string): Promise<void>;
}

/** @param env search path and session of the user; nothing else is handed on. */
export function platformKeyring(env: Readonly<Record<string, string>>, platform = process.platform): Keyring | null {
  if (platform === "darwin") return macKeychain(env);
  return platform === "linux" && env["DBUS_SESSION_BUS_ADDRESS"] ? secretService(env) : null;
}

const ATTRIBUTES = ["service", SERVICE, "account"];

function secretService(env: Readonly<Record<string, string>>): Keyring {
  const run = (args: string[], input = "") => runProgram("secret-tool", args, input, env);
  return {
    name: "the session's keyring (Secret Service)",
    async read(account) {
      const { code, stdout, stderr } = await run(["lookup", ...ATTRIBUTES, account]);
      if (code === 0 && stdout.trim() !== "") return stdout.trim();
      if (stderr.trim() === "") return null; // how it says that there is none
      throw unusable(stderr);
    },
    async write(account, value) {
      const { code, stderr } = await run(["store", "--label=TurboBackend", ...ATTRIBUTES, account], value);
      if (code !== 0) throw unusable(stderr);
    },
    async remove(account) {
      const { stderr } = await run(["clear", ...ATTRIBUTES, account]);
      if (stderr.trim() !== "") throw unusable(stderr);
    },
  };
}

const ITEM = ["-s", SERVICE, "-a"];
/** "The specified item could not be found in the keychain." */
const NOT_FOUND = 44;

function macKeychain(env: Readonly<Record<string, string>>): Keyring {
  const run = (args: string[], input = "") => runProgram("security", args, input, env);
  return {
    name: "the login keychain",
    async read(account) {
      const { code, stdout, stderr } = await run(["find-generic-password", ...ITEM, account, "-w"]);
      if (code === 0) return stdout.trim();
      if (code === NOT_FOUND) return null;
      throw unusable(stderr);
    },
    async write(account, value) {
      // Its interactive mode takes whole commands from standard input.
      const command = ["add-generic-password", "-U", ...ITEM, account, "-w", value].join(" ");
      const { code, stderr } = await run(["-i"], `${command}\n`);
      if (code !== 0 || stderr.trim() !== "") throw unusable(stderr);
    },
    async remove(account) {
      const { code, stderr } = await run(["delete-generic-password", ...ITEM, account]);
      if (code !== 0 && code !== NOT_FOUND) throw unusable(stderr);
    },
  };
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function runProgram(
  program: string,
  args: string[],
  input: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(program, args, { env: { ...env, LC_ALL: "C" }, stdio: "pipe", timeout: PATIENCE });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  ended.catch(() => {}); // awaited below, after what it has said
  child.stdin.on("error", () => {}); // it may end without reading; its exit says why
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    return { code: await ended, stdout, stderr };
  } catch (error) {
    throw unusable(`${program} cannot be started`, error);
  }
}

function unusable(said: string, cause?: unknown): TbError {
  const reason = said.trim().split("\n").at(-1) || "it gave no answer in time";
  return new TbError("configuration", `The keyring of this session cannot be used: ${reason}.`, {
    suggestion: "Unlock it, or run tb in the desktop session that it belongs to.",
    ...(cause !== undefined && { cause }),
  });
}
