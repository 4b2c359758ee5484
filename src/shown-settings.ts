// Settings as `tb config` shows them: the value that holds, and where it comes from.
import { settingInEffect } from "./config.ts";
import { SETTINGS, type Setting, type Settings } from "./settings.ts";

export interface ShownSetting {
  key: string;
  /** The value that holds; null when the default does. */
  value: string | null;
  /** Where the value comes from. */
  source: "environment" | "settings" | "default";
  /** The environment variable that goes before the setting; null when there is none. */
  variable: string | null;
  description: string;
}

export function showSetting(setting: Setting, settings: Settings): ShownSetting {
  const found = settingInEffect(setting.key, settings);
  return {
    key: setting.key,
    value: found?.value ?? null,
    source: found?.source ?? "default",
    variable: setting.variable,
    description: setting.description,
  };
}

export function showSettings(settings: Settings): ShownSetting[] {
  return SETTINGS.map((setting) => showSetting(setting, settings));
}
