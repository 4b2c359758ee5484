// tb's commands from the bundle: known from a manifest that was made when it was built, so that none has to be looked for
// or loaded but the one that runs (perf.md, "What gets oclif there").
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Plugin } from "@oclif/core/config";
import type { Command } from "@oclif/core/command";
import type { PJSON } from "@oclif/core/interfaces";

interface Built {
  package: PJSON;
  /** In the order of help. */
  commands: Record<string, Command.Cached>;
}

export class BundledPlugin extends Plugin {
  override async load(): Promise<void> {
    const { root } = this.options;
    const built = JSON.parse(readFileSync(join(root, "dist", "manifest.json"), "utf8")) as Built;
    this.root = root;
    this.type = "core";
    this.isRoot = true;
    this.valid = true;
    this.pjson = built.package;
    this.name = this.alias = built.package.name;
    this.version = built.package.version;
    this.moduleType = "commonjs";
    this.hooks = { command_not_found: [{ target: "./dist/command-not-found.cjs", identifier: "default" }] };
    this.hasManifest = true;
    this.manifest = { version: this.version, commands: built.commands };
    this.commandIDs = Object.keys(built.commands);
    this.commands = this.commandIDs.map((id) => ({
      ...built.commands[id]!,
      pluginAlias: this.alias,
      pluginType: "core",
      load: () => this.loadCommand(id),
    }));
  }

  override async findCommand(id: string, options: { must: true }): Promise<Command.Class>;
  override async findCommand(id: string, options?: { must: boolean }): Promise<Command.Class | undefined>;
  override async findCommand(id: string): Promise<Command.Class | undefined> {
    return this.loadCommand(id);
  }

  private async loadCommand(id: string): Promise<Command.Class> {
    const file = join(this.root, "dist", `command-${id.replaceAll(":", "-")}.cjs`);
    const command = (createRequire(file)(file) as { default: Command.Class }).default;
    command.id = id;
    command.plugin = this;
    return command;
  }
}
