// Which version a rollback brings back, decided from the list of deployments alone.
import type { DeploymentRow } from "../control/deployments.ts";
import { TbError } from "../errors.ts";

/** The deployment whose version is brought back. Rolling back twice goes back two versions, not to and fro: a deployment
 * that restored an older one stands where that one stood. `deployments` newest first, `to` an id or the beginning of one.
 * Throws TbError "not_found" when there is nothing to go back to, "usage" for an ambiguous `to`, "conflict" for a
 * deployment that never served. */
export function chooseRollback(name: string, deployments: DeploymentRow[], to: string | null): DeploymentRow {
  const active = deployments.find(({ status }) => status === "active");
  if (!active) {
    throw new TbError("not_found", `${name} is not deployed, so there is nothing to roll back.`, {
      suggestion: `tb deploy ${name}`,
      parks: false,
    });
  }
  if (to !== null) return original(deployments, named(name, deployments, to));
  const place = deployments.indexOf(original(deployments, active));
  const earlier = deployments
    .slice(place + 1)
    .find((one) => hasServed(one) && one.restores === null && one.commit !== active.commit);
  if (earlier) return earlier;
  throw new TbError(
    "not_found",
    `${name} has no earlier version that served: ${active.commit.slice(0, 7)} is the first.`,
    {
      suggestion: `tb projects show ${name}      lists its deployments`,
      parks: false,
    },
  );
}

function named(name: string, deployments: DeploymentRow[], to: string): DeploymentRow {
  const prefix = to.startsWith("dep_") ? to : `dep_${to}`;
  const fitting = deployments.filter(({ deployment_id }) => deployment_id.startsWith(prefix));
  const found = fitting.find(({ deployment_id }) => deployment_id === prefix) ?? fitting[0];
  const list = `tb projects show ${name}      lists its deployments`;
  if (!found) throw new TbError("not_found", `${name} has no deployment "${to}".`, { suggestion: list });
  if (fitting.length > 1 && found.deployment_id !== prefix) {
    const some = fitting.slice(0, 3).map(({ deployment_id }) => deployment_id);
    throw new TbError("usage", `"${to}" fits more than one deployment: ${some.join(", ")}.`, {
      suggestion: "Give more characters of the id.",
    });
  }
  if (hasServed(found)) return found;
  throw new TbError("conflict", `Deployment ${found.deployment_id} never served (${found.status}).`, {
    suggestion: list,
    parks: false,
  });
}

function hasServed({ status }: DeploymentRow): boolean {
  return status === "active" || status === "replaced";
}

function original(deployments: DeploymentRow[], one: DeploymentRow): DeploymentRow {
  return deployments.find(({ deployment_id }) => deployment_id === one.restores) ?? one;
}
