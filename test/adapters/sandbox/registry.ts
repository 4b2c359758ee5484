// A package registry with one package, for installs without a network.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import type { Sandbox } from "../../../src/adapters/sandbox/sandbox.ts";

export interface TestRegistry {
  origin: string;
  /** Downloads of the package so far. */
  downloads(): number;
  /** package.json and package-lock.json of a project that depends on it. */
  manifests(name?: string): { packageJson: object; lockfile: object };
  close(): void;
}

/** The package `greeter` has a program, and an install script that writes a file. */
export async function startRegistry(folder: string): Promise<TestRegistry> {
  const tarball = packGreeter(folder);
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  let downloads = 0;
  const server: Server = createServer((request, response) => {
    if (request.url?.endsWith(".tgz")) {
      downloads += 1;
      setTimeout(() => response.end(tarball), 100); // long enough for others to come meanwhile
    } else response.end(JSON.stringify(document()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;

  /** The registry's own description of the package. */
  function document(): object {
    const dist = { tarball: `${origin}/greeter/-/greeter-1.0.0.tgz`, integrity };
    const bin = { greet: "greet.js" };
    const versions = Object.fromEntries(
      ["1.0.0", "2.0.0"].map((version) => [version, { name: "greeter", version, dist, bin, hasInstallScript: true }]),
    );
    return { name: "greeter", "dist-tags": { latest: "2.0.0" }, versions };
  }

  return {
    origin,
    downloads: () => downloads,
    close: () => server.close(),
    manifests(name = "project") {
      const dependencies = { greeter: "1.0.0" };
      const greeter = {
        version: "1.0.0",
        resolved: `${origin}/greeter/-/greeter-1.0.0.tgz`,
        integrity,
        hasInstallScript: true,
      };
      const packages = {
        "": { name, version: "1.0.0", dependencies },
        "node_modules/greeter": { ...greeter, bin: { greet: "greet.js" } },
      };
      return {
        packageJson: { name, version: "1.0.0", dependencies },
        lockfile: { name, version: "1.0.0", lockfileVersion: 3, requires: true, packages },
      };
    },
  };
}

export async function writeManifests(
  sandbox: Sandbox,
  { packageJson, lockfile }: ReturnType<TestRegistry["manifests"]>,
) {
  await sandbox.writeFile("package.json", JSON.stringify(packageJson));
  await sandbox.writeFile("package-lock.json", JSON.stringify(lockfile));
}

function packGreeter(folder: string): Buffer {
  const source = join(folder, "package");
  mkdirSync(source, { recursive: true });
  const manifest = {
    name: "greeter",
    version: "1.0.0",
    bin: { greet: "greet.js" },
    scripts: { install: `node -e "require('fs').writeFileSync('${join(folder, "script-ran")}', '')"` },
  };
  writeFileSync(join(source, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(source, "greet.js"), '#!/usr/bin/env node\nconsole.log("hello");\n', { mode: 0o755 });
  execFileSync("tar", ["-czf", "greeter.tgz", "package"], { cwd: folder });
  return readFileSync(join(folder, "greeter.tgz"));
}
