import { stat } from "node:fs/promises";
import { InputError } from "@recallkit/core";
import type * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import {
  importInitial,
  importPending,
  initialFiles,
  pendingFiles,
  type TreeOutcome,
} from "../revisit-imports/service.js";
import { folderAnswer, folderBody, folderQuery, folderSchema } from "./schema.js";

const facts = { path: "/api/ops/import-folder", tags: ["启动台 / Launcher"] } as const;
const figures = { rows: 40, inserted: 40, updated: 0, unchanged: 0, rejected: 0, dropped: 0 };
const file = { name: "institutions/BJ-HA-001/customers.json", kind: "customers", institution: "BJ-HA-001" };

/** `/api/ops/import-folder`: files of institutions in the folder of the installation, which callers cannot choose. */
export const folderRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    auth: "launcher:read",
    summary: "待导入的机构文件 / Files of institutions that wait",
    description: "导入目录由 REVISIT_IMPORT_DIR 指定；只列出，不读取内容。目录不存在时没有文件。",
    request: { query: folderQuery },
    response: folderSchema,
    example: {
      response: { folder: "data/import", files: [{ ...file, date: null, bytes: 20_480 }], not_read: [] },
    },
    async handler({ query: { kind }, context }) {
      const { folder } = context.config.revisitImports;
      const tree = await (kind === "initial" ? initialFiles : pendingFiles)(folder).catch((error: unknown) => {
        if (InputError.is(error)) return { files: [], others: [] };
        throw error;
      });
      const files = await Promise.all(
        tree.files.map(async ({ path, name, kind: what, institution, date }) => {
          const { size: bytes } = await stat(path);
          return { name, kind: what, institution: institution ?? null, date: date ?? null, bytes };
        }),
      );
      return { folder, files, not_read: [...tree.others] };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    auth: "launcher:write",
    effects: "outside",
    summary: "导入机构文件 / Import files of institutions",
    description:
      "initial 为初始全量，incremental 为待处理的增量；与 `recallkit revisit import` 相同。答复在导入结束后给出。",
    request: { body: folderBody },
    response: folderAnswer,
    example: {
      request: { kind: "initial" },
      response: {
        ...{ ...figures, has_faults: false, not_read: [] },
        files: [{ ...file, state: "done", figures, fault: null }],
      },
    },
    async handler({ body: { kind }, context }) {
      const { stores, kit, clock, config, stopping: signal } = context;
      const { folder, settleMs } = config.revisitImports;
      const work = kind === "initial" ? importInitial : importPending;
      const wait = () => clock.sleep(settleMs, signal);
      const { files, others, counts, hasFaults } = await work({ stores, kit, clock }, folder, { signal, wait });
      return { ...counts, has_faults: hasFaults, not_read: [...others], files: files.map(outcomeShape) };
    },
  }),
];

function outcomeShape(outcome: TreeOutcome): z.input<typeof folderAnswer>["files"][number] {
  const { name, kind, state, institution } = outcome;
  if (!("rows" in outcome)) return { name, kind, state, institution, figures: null, fault: null };
  const { rows, inserted, updated, unchanged, rejected, dropped, fault } = outcome;
  const all = { rows, inserted, updated, unchanged, rejected, dropped };
  return { name, kind, state, institution, figures: all, fault: fault?.code ?? null };
}
