import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../build.mjs";
import { root } from "../workspace.mjs";
import budgets from "./budgets.json" with { type: "json" };
import { bundleSize } from "./bundle-size.mjs";
import { type Packed, pack, publicPackages } from "./pack.mjs";

const folder = mkdtempSync(join(tmpdir(), "recallkit-pack-"));
const packed: Packed[] = [];

beforeAll(async () => {
  await build({ types: true });
  for (const item of publicPackages()) packed.push(await pack(item, join(folder, item.name)));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What no user of a package needs. */
const NOT_FOR_USERS =
  /(^|\/)(src|bench|testing|__fixtures__)\/(?!index\.)|\.test\.|\.test-d\.|\.tsbuildinfo$|\.ts$(?<!\.d\.ts)/;

test("every tarball has its licence, change log and READMEs, and nothing that no user needs", () => {
  for (const { name, files } of packed) {
    expect(files, name).toEqual(
      expect.arrayContaining(["CHANGELOG.md", "LICENSE", "README.md", "README.zh-CN.md", "package.json"]),
    );
    expect(
      files.filter((file) => NOT_FOR_USERS.test(file)),
      name,
    ).toEqual([]);
    expect(
      files.filter((file) => !/^(dist|sample)\//.test(file) && file.includes("/")),
      name,
    ).toEqual([]);
  }
});

test("every script of a tarball has a source map with its sources in it", () => {
  for (const { name, folder, files } of packed) {
    const scripts = files.filter((file) => /^dist\/.*\.js$/.test(file));
    const bare = scripts.filter((file) => !files.includes(`${file}.map`) && !isAsset(file));
    expect(bare, name).toEqual([]);
    for (const file of scripts.filter((script) => !isAsset(script))) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(root, folder, `${file}.map`), "utf8"));
      expect(sourcesContent?.length ?? 0, `${name}/${file}`).toBe(sources.length);
    }
  }
});

/** A script of a page that the server hands out as it is. */
function isAsset(file: string): boolean {
  return file.includes("/assets/");
}

test("every public path of a package is in its tarball", () => {
  for (const { name, folder, files } of packed) {
    const { exports, bin = {} } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const targets = [...Object.values(exports), ...Object.values(bin)]
      .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target as object)))
      .map((target: string) => target.replace("./", ""));
    expect(
      targets.filter((target) => !files.includes(target)),
      name,
    ).toEqual([]);
  }
});

test("every tarball is within its budget", () => {
  const within: Record<string, number> = budgets.tarballBytes;
  expect(packed.filter(({ name, bytes }) => !(bytes <= (within[name] ?? 0))).map(size)).toEqual([]);
});

const size = ({ name, bytes }: Packed) => `${name}: ${bytes} bytes, budgets.json allows less`;

test.each(Object.entries(budgets.bundleBytes))(
  "what a bundler makes of %s is within its budget",
  async (name, most) => {
    const home = publicPackages().find((item) => item.name === name)?.folder ?? "";
    const code = `import { createRecallKit } from "${name}"; console.log(createRecallKit);`;
    const { atStart, inAll } = await bundleSize(code, join(root, home));
    expect(atStart, "bytes loaded at the start").toBeLessThanOrEqual(most.atStart);
    expect(inAll, "bytes in all").toBeLessThanOrEqual(most.inAll);
  },
);
