import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { localLinks, markdownFiles, textOf } from "../docs/markdown.ts";
import { root } from "../workspace.mjs";
import { publicPackages } from "./pack.mjs";
import { PROJECT_URL } from "./project.mjs";

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

describe.each(publicPackages())("the manifest of $name", ({ folder }) => {
  const manifest = manifestOf(folder);

  test("says where the package comes from and where its faults go", () => {
    expect(manifest).toMatchObject({
      license: "MIT",
      author: expect.stringMatching(/./),
      homepage: `${PROJECT_URL}/tree/main/${folder}#readme`,
      bugs: { url: `${PROJECT_URL}/issues` },
      repository: { type: "git", url: `git+${PROJECT_URL}.git`, directory: folder },
      description: expect.stringMatching(/\.$/),
      keywords: expect.arrayContaining([expect.any(String)]),
    });
  });

  test("asks for the Node that the workspace asks for", () => {
    expect(manifest.engines).toEqual(manifestOf(".").engines);
  });

  test("pins what it depends on and gives peers a range", () => {
    const pinned = Object.values<string>(manifest.dependencies ?? {});
    expect(pinned.filter((version) => version !== "workspace:*" && !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    const ranges = Object.values<string>(manifest.peerDependencies ?? {});
    expect(ranges.filter((range) => !/^(workspace:\*|>=\S+ <\S+)$/.test(range))).toEqual([]);
  });

  test("keeps a change log and READMEs whose links work on the page of the registry", () => {
    expect(manifest.files).toEqual(expect.arrayContaining(["dist", "CHANGELOG.md", "README.md", "README.zh-CN.md"]));
    const pages = markdownFiles().filter((path) => path.startsWith(`${folder}/README`));
    expect(pages).toHaveLength(2);
    const relative = pages.flatMap((page) => localLinks(textOf(page)).filter((target) => !target.startsWith("#")));
    expect(relative).toEqual([]);
  });
});
