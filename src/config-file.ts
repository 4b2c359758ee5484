// Writes the settings file, for `tb config`. Loads conf, so it is imported only there.
import Conf from "conf";
import { settingInEffect } from "./config.ts";
import { TbError } from "./errors.ts";
import { oneAtATime } from "./processes/one-at-a-time.ts";
import { ensurePrivateFolder, folderError } from "./secrets/private-files.ts";
import { SETTINGS, settingsPath, type Setting } from "./settings.ts";
import { nearest } from "./ui/nearest.ts";

/** The setting of that name. Throws TbError "usage" with the nearest name; a secret's name gets told where it belongs. */
export function findSetting(key: string): Setting {
  const setting = SETTINGS.find((candidate) => candidate.key === key);
  if (setting) return setting;
  if (/pass(word)?|secret|token|key|url/i.test(key)) {
    throw new TbError("usage", `tb keeps no secrets in its settings, so there is no "${key}".`, {
      suggestion: "Set them in the environment: DB_CLUSTER_PASSWORD, PG_CONTROL_URL.",
    });
  }
  const guess = nearest(
    key,
    SETTINGS.map((candidate) => candidate.key),
  );
  throw new TbError("usage", `There is no setting "${key}".${guess ? ` Did you mean "${guess}"?` : ""}`, {
    suggestion: "tb config list",
  });
}

/** Sets (or with null removes) a setting and returns what it was. Throws TbError "configuration" when it cannot be written. */
export async function writeSetting(home: string, setting: Setting, value: string | null): Promise<string | null> {
  const problem = value === null ? null : setting.problem(value);
  if (problem) throw new TbError("usage", `${setting.key} ${problem}.`, { suggestion: setting.description });
  await ensurePrivateFolder(home);
  let before: string | null = null;
  let done = false;
  try {
    // The whole file is read and written: of two commands at once, one would take back what the other has set.
    await oneAtATime(
      `${settingsPath(home)}.writing`,
      async () => done,
      async () => {
        before = replace(openFile(home), setting.key, value);
        done = true;
      },
    );
    return before;
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new TbError("configuration", `${settingsPath(home)} is not JSON: ${error.message}`, {
        suggestion: "Mend the file, or remove it to begin anew.",
        cause: error,
      });
    }
    throw folderError(error, home);
  }
}

/** What it was before. */
function replace(file: Conf<Record<string, string>>, key: string, value: string | null): string | null {
  const before = file.get(key);
  if (value === null) file.delete(key);
  else file.set(key, value);
  return typeof before === "string" ? before : null;
}

/** The environment variable that is set and goes before the setting; null when there is none. */
export function overridingVariable(setting: Setting): string | null {
  return settingInEffect(setting.key, {})?.source === "environment" ? setting.variable : null;
}

function openFile(home: string): Conf<Record<string, string>> {
  return new Conf<Record<string, string>>({
    cwd: home,
    configName: "config",
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });
}
