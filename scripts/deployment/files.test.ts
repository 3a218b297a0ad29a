// What stands in deploy/ is held against what the server knows, and shown to the programs that read it where they are here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments, parse as parseYaml } from "yaml";
import { modules } from "../../examples/reference-server/src/app.ts";
import { variables } from "../../examples/reference-server/src/config/variables.ts";
import { readConfig } from "../../examples/reference-server/src/config.ts";
import { probeRoutes } from "../../examples/reference-server/src/modules/health/routes.ts";
import { newCertificate } from "../test-servers/certificate.ts";
import { freePort } from "../test-servers/free-port.ts";
import { folderOf } from "../test-servers/private-server.ts";
import { root } from "../workspace.mjs";
import { nginxFolder, writeConfiguration } from "./nginx.ts";

const deploy = join(root, "deploy");
const textOf = (path: string) => readFileSync(join(deploy, path), "utf8");
const folder = mkdtempSync(join(tmpdir(), "recallkit-deploy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Servers given in parts, as `environment.ts` puts them together. */
const PARTS = /^(POSTGRES|REDIS|RABBITMQ)_(HOST|PORT|USER|PASSWORD|DB|VHOST)$/;
const isKnown = (name: string) => name in variables || PARTS.test(name);
const probes = probeRoutes.map(({ path }) => path);
const routes = modules.flatMap((module) => module.routes ?? []);
const ROLES = ["api", "scheduler", "worker"];
const MB = 1024 * 1024;

/** Names and values of a file of variables, those too that stand in comments. */
function variablesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(text.matchAll(/^#?([A-Z][A-Z0-9_]+)=(.*)$/gm), ([, name = "", value = ""]) => [name, value]),
  );
}

const example = variablesOf(textOf("recallkit.env.example"));

/** What a process has of the file once it is filled in. */
const filledIn = {
  ...Object.fromEntries([...example].filter(([, value]) => value !== "")),
  NODE_ENV: "production",
  SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
  BOOTSTRAP_PASSWORD: "nine lapsed customers of a shop",
  POSTGRES_PASSWORD: "p",
  REDIS_PASSWORD: "p",
  RABBITMQ_PASSWORD: "p",
  PUBLIC_URL: "https://recallkit.example.com",
};

test("the file of variables names only what the server reads, and starts it once it is filled in", () => {
  expect([...example.keys()].filter((name) => !isKnown(name))).toEqual([]);
  const config = readConfig({ ...filledIn, POSTGRES_HOST: "db" }, "api");
  expect(config.database).toMatchObject({ engine: "postgres" });
  expect(config.redisUrl).toMatch(/^redis:\/\/[^@]*@cache\.internal:6379/);
  expect(() => readConfig({ ...Object.fromEntries(example), NODE_ENV: "production" })).toThrow(/SECRET_KEY/);
});

describe("Dockerfile", () => {
  const text = textOf("Dockerfile");

  test("builds with the checkout's package manager on a pinned Node, and runs as nobody in particular", () => {
    const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(text).toContain(`npm install --global --no-fund --no-audit ${packageManager}`);
    const bases = Array.from(text.matchAll(/^FROM (\S+)/gm), ([, image]) => image);
    expect(new Set(bases).size).toBe(1);
    expect(bases).toEqual([expect.stringMatching(/^node:\d+\.\d+/), expect.anything()]);
    const last = text.slice(text.lastIndexOf("FROM "));
    expect(last.indexOf("USER node")).toBeGreaterThan(0);
    expect(last.indexOf("USER node")).toBeLessThan(last.indexOf("ENTRYPOINT"));
  });

  test("starts what the package brings, and asks a probe that is there", () => {
    const { bin } = JSON.parse(readFileSync(join(root, "examples/reference-server/package.json"), "utf8"));
    expect(text).toContain(`/app/${bin.recallkit.replace("./", "")}`);
    const asked = /PORT\}(\/\w+)`/.exec(text)?.[1];
    expect(probes).toContain(asked);
    const [, port] = /^EXPOSE (\d+)/m.exec(text) ?? [];
    expect(text).toContain(`PORT=${port}`);
  });

  test("leaves out no file that the build reads", () => {
    const left = textOf("Dockerfile.dockerignore").split("\n");
    for (const needed of ["packages", "examples", "scripts", "tsup.base.ts", "pnpm-lock.yaml", "tsconfig.base.json"])
      expect(left).not.toContain(needed);
    expect(left).toEqual(expect.arrayContaining(["**/node_modules", "**/*.env", "**/data"]));
  });
});

/** What is asked of a file of compose. */
interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image?: string;
        readonly command?: readonly string[];
        readonly environment?: Readonly<Record<string, unknown>>;
        readonly volumes?: readonly string[];
        readonly ports?: readonly string[];
        readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
        readonly healthcheck?: object;
        readonly stop_grace_period?: string;
      }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe("compose", () => {
  const { services, volumes } = parseYaml(textOf("compose.yaml"), { merge: true }) as Compose;
  const ours = ROLES.map((role) => [role, services[role]] as const);

  test.each(ours)("%s has its role, a configuration that starts, and time to stop", (role, service) => {
    expect(service?.command).toEqual(["serve", "--role", role]);
    const { environment = {} } = service ?? {};
    expect(Object.keys(environment).filter((name) => !isKnown(name))).toEqual([]);
    const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
    const config = readConfig({ ...filledIn, ...given }, role as "api");
    expect([config.isProduction, config.dataDir, config.port]).toEqual([true, "/data", 8000]);
    expect([config.redisUrl, config.rabbitmqUrl].every(Boolean)).toBe(true);
    expect(Number.parseInt(service?.stop_grace_period ?? "", 10)).toBeGreaterThan(25);
  });

  test("every process waits for servers that are there and say when they are ready", () => {
    for (const [, service] of ours)
      for (const [name, { condition }] of Object.entries(service?.depends_on ?? {})) {
        expect([name, condition]).toEqual([name, "service_healthy"]);
        expect(services[name]?.healthcheck).toBeDefined();
      }
    expect(Object.keys(services.api?.depends_on ?? {})).toEqual(["postgres", "redis", "rabbitmq"]);
  });

  test("folders are declared, images pinned, and nothing but the API listens, on this machine alone", () => {
    const named = Object.values(services).flatMap(({ volumes: mounts = [] }) =>
      mounts.map((mount) => mount.split(":")[0]),
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(volumes)));
    for (const name of ["postgres", "redis", "rabbitmq"]) expect(services[name]?.image).toMatch(/:\d+\.\d+/);
    const ports = Object.entries(services).flatMap(([name, { ports: open = [] }]) =>
      open.map((port) => `${name} ${port}`),
    );
    expect(ports).toEqual(["api 127.0.0.1:8000:8000"]);
  });

  test("what it asks of the file of variables is in the example", () => {
    const asked = Array.from(textOf("compose.yaml").matchAll(/\$\{(\w+)/g), ([, name]) => name ?? "");
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !example.has(name))).toEqual([]);
  });
});

describe("systemd", () => {
  const units = readdirSync(join(deploy, "systemd")).filter((name) => name.endsWith(".service"));

  test("there is a unit per role, each with a port of its own", () => {
    const facts = units.map((name) => {
      const text = textOf(`systemd/${name}`);
      return [/--role (\w+)/.exec(text)?.[1], /PORT=(\S+)/.exec(text)?.[1]];
    });
    expect(facts.map(([role]) => role).sort()).toEqual(ROLES);
    expect(new Set(facts.map(([, port]) => port)).size).toBe(ROLES.length);
  });

  test.each(units)(
    "%s sets variables that the server reads, gives it time, and does not repeat what is misconfigured",
    (name) => {
      const text = textOf(`systemd/${name}`);
      const set = /^Environment=(.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
      expect(set.map((pair) => pair.split("=", 1)[0] ?? "").filter((variable) => !isKnown(variable))).toEqual([]);
      expect(Number(/^TimeoutStopSec=(\d+)/m.exec(text)?.[1])).toBeGreaterThan(25);
      expect(text).toMatch(/^RestartPreventExitStatus=2$/m);
      expect(text).toMatch(/^User=recallkit$/m);
    },
  );

  const analyze = folderOf(["systemd-analyze"]);
  test.skipIf(analyze === undefined)("systemd takes the units (needs systemd-analyze)", () => {
    const paths = readdirSync(join(deploy, "systemd")).map((name) => join(deploy, "systemd", name));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...paths], { encoding: "utf8" });
    expect(stderr.split("\n").filter((line) => line.includes("recallkit"))).toEqual([]);
    expect(status).toBe(0);
  });
});

describe("proxies", () => {
  const nginx = textOf("nginx/recallkit.conf");
  const whole = routes.flatMap(({ path, accepts, rows }) =>
    [accepts?.isStreamed ? undefined : accepts?.maxBytes, rows?.maxBytes].flatMap((bytes) =>
      bytes === undefined ? [] : [{ path, bytes }],
    ),
  );
  const streamed = routes.filter(({ accepts }) => accepts?.isStreamed).map(({ path }) => path);

  test("bodies pass that the server takes", () => {
    const largest = Math.max(...whole.map(({ bytes }) => bytes));
    const [, megabytes] = /^ {4}client_max_body_size (\d+)m;/m.exec(nginx) ?? [];
    expect(Number(megabytes) * MB).toBeGreaterThanOrEqual(largest);
    const config = readConfig({});
    expect(nginx).toContain(`client_max_body_size    ${config.imports.maxBytes / MB}m;`);
    expect(streamed.sort()).toEqual(["/api/imports", "/api/v1/imports/:code"]);
    const [, caddy] = /@others \{\s+max_size (\d+)MiB/.exec(textOf("caddy/Caddyfile")) ?? [];
    expect(Number(caddy) * MB).toBeGreaterThanOrEqual(largest);
  });

  test("files go through as they come", () => {
    const places = Array.from(
      nginx.matchAll(/location (=|~) (\S+) \{([^}]*)\}/g),
      ([, kind, place = "", body = ""]) => ({
        takes: (path: string) => (kind === "=" ? path === place : new RegExp(place).test(path)),
        isStreamed: body.includes("proxy_request_buffering off"),
      }),
    );
    for (const path of streamed) {
      const sample = path.replace(/:\w+/, "x1");
      expect([path, places.find(({ takes }) => takes(sample))?.isStreamed]).toEqual([path, true]);
      const [, pattern = ""] = /@files path_regexp (\S+)/.exec(textOf("caddy/Caddyfile")) ?? [];
      expect(new RegExp(pattern).test(sample)).toBe(true);
    }
  });

  test("paths that are keys are not written down, and measures stay inside", () => {
    const secret = routes.filter(({ path }) => path.includes(":token")).map(({ path }) => path.split("/")[1] ?? "");
    const [, hidden = ""] = /\(\?<recallkit_kind>([\w|]+)\)/.exec(nginx) ?? [];
    expect(new Set(hidden.split("|"))).toEqual(new Set(secret));
    expect(nginx).toMatch(/location = \/metrics \{\s+return 404;/);
    expect(textOf("caddy/Caddyfile")).toContain("respond /metrics 404");
  });

  test.skipIf(nginxFolder() === undefined)("nginx takes its configuration (needs nginx)", async ({ skip }) => {
    const certificate = newCertificate("localhost");
    if (!certificate) return skip("needs openssl");
    const ports = { plain: await freePort(), tls: await freePort() };
    const file = writeConfiguration({ folder, certificate, apiPort: 8000, ports });
    const command = join(nginxFolder() ?? "", "nginx");
    const { status, stderr } = spawnSync(command, ["-t", "-q", "-c", file, "-e", join(folder, "error.log")], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test.skipIf(folderOf(["caddy"]) === undefined)("Caddy takes its configuration (needs caddy)", () => {
    const args = ["adapt", "--adapter", "caddyfile", "--validate", "--config", join(deploy, "caddy/Caddyfile")];
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    expect(spawnSync("caddy", args, { encoding: "utf8", env }).status).toBe(0);
  });
});

/** What is asked of a manifest of Kubernetes. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  // Different for each kind; the tests below know which one they look at.
  readonly spec: Record<string, never>;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly args: readonly string[];
  readonly envFrom: readonly Record<string, { readonly name: string }>[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

describe("Kubernetes", () => {
  const files = readdirSync(join(deploy, "kubernetes")).filter((name) => name !== "kustomization.yaml");
  const manifests = files.flatMap((name) =>
    parseAllDocuments(textOf(`kubernetes/${name}`)).map((document) => document.toJS() as Manifest),
  );
  const settings = manifests.find(({ kind }) => kind === "ConfigMap")?.data ?? {};
  const deployments = manifests
    .filter(({ kind }) => kind === "Deployment")
    .map(({ metadata, spec }) => {
      const { selector, template } = spec as unknown as {
        readonly selector: { readonly matchLabels: object };
        readonly template: {
          readonly metadata: { readonly labels: object };
          readonly spec: {
            readonly containers: readonly Container[];
            readonly terminationGracePeriodSeconds: number;
            readonly securityContext: { readonly runAsNonRoot: boolean };
          };
        };
      };
      return {
        name: metadata.name,
        selector: selector.matchLabels,
        labels: template.metadata.labels,
        pod: template.spec,
      };
    });

  test("every file is part of the kustomization", () => {
    const { resources } = parseYaml(textOf("kubernetes/kustomization.yaml")) as {
      readonly resources: readonly string[];
    };
    expect([...resources].sort()).toEqual(files.sort());
  });

  test("settings are variables of the server, and no secret is among them", () => {
    expect(Object.keys(settings).filter((name) => !isKnown(name))).toEqual([]);
    expect(Object.keys(settings).filter((name) => /SECRET|PASSWORD|TOKEN|KEY/.test(name))).toEqual([]);
    for (const role of ROLES)
      expect(readConfig({ ...filledIn, ...settings, POSTGRES_HOST: "db" }, role as "api").isProduction).toBe(true);
  });

  test("there is a deployment per role, which finds its pods", () => {
    expect(deployments.map(({ name }) => name).sort()).toEqual(ROLES.map((role) => `recallkit-${role}`));
    for (const { selector, labels, pod } of deployments) {
      expect(labels).toEqual(selector);
      expect(ROLES).toContain(pod.containers[0]?.args.at(-1));
    }
  });

  test.each(deployments)(
    "$name asks probes that are there, runs as nobody in particular, and may end in peace",
    ({ pod }) => {
      const [container] = pod.containers;
      for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"] as const) {
        const { path, port } = container?.[probe].httpGet ?? {};
        expect(probes).toContain(path);
        expect(container?.ports.map(({ name }) => name)).toContain(port);
      }
      expect(container?.readinessProbe.httpGet.path).toBe("/readyz");
      // A database that is away must not end the process that waits for it.
      expect(container?.livenessProbe.httpGet.path).toBe("/healthz");
      expect(container?.ports[0]?.containerPort).toBe(Number(settings.PORT));
      expect(pod.securityContext.runAsNonRoot && container?.securityContext.readOnlyRootFilesystem).toBe(true);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(30);
      expect(container?.envFrom).toEqual([
        { configMapRef: { name: "recallkit" } },
        { secretRef: { name: "recallkit" } },
      ]);
    },
  );

  const kubectl = folderOf(["kubectl"]);
  test.skipIf(kubectl === undefined)("kubectl puts it together (needs kubectl)", () => {
    const args = ["kustomize", join(deploy, "kubernetes")];
    const { status, stdout } = spawnSync("kubectl", args, { encoding: "utf8", env: { ...process.env, HOME: folder } });
    expect(status).toBe(0);
    const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as Manifest).kind);
    expect(kinds.filter((kind) => kind === "Deployment")).toHaveLength(ROLES.length);
    expect(stdout).toContain("image: registry.example.com/recallkit:");
  });
});

test("try.sh runs what is there", () => {
  const [, file = ""] = /(scripts\/deployment\/\S+\.test\.ts)/.exec(textOf("try.sh")) ?? [];
  expect(existsSync(join(root, file))).toBe(true);
  expect(spawnSync("bash", ["-n", join(deploy, "try.sh")]).status).toBe(0);
});
