// Everything that can be known to be wrong before anything is made, all of it at once.
import { findByName, nameTaken } from "../../control/projects.ts";
import { TbError } from "../../errors.ts";
import type { CreateStart } from "../create.ts";
import type { Phase } from "../types.ts";

export const validate: Phase<CreateStart, { model: string }> = {
  name: "validate",
  title: "Check the request",
  run: async ({ name, ownerId, projectId }, run) => ({
    model: await run.step("check", async () => {
      const ports = await Promise.all([run.adapters.sandbox(), run.adapters.gitHost()]);
      ports[0].describeIsolation().catch(() => {}); // takes a while to find out; whoever needs it next hears of it
      const missing = (await Promise.all(ports.map((port) => port.missing()))).flat();
      if (missing.length > 0) {
        throw new TbError("configuration", missing.map(({ problem }) => problem).join(" "), {
          suggestion: missing.map(({ remedy }) => remedy).join("\n"),
        });
      }
      const other = name ? await findByName(run.control, ownerId, name) : undefined;
      if (other && other.project_id !== projectId) throw nameTaken(name!, other);
      return (await run.adapters.model()).name;
    }),
  }),
};
