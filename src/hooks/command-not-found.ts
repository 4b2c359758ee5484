import type { Hook } from "@oclif/core/hooks";
import { leaveUnknownCommand } from "../ui/unknown-command.ts";

const hook: Hook.CommandNotFound = function hook({ id, argv, config }) {
  leaveUnknownCommand(id, argv ?? [], config);
};

export default hook;
