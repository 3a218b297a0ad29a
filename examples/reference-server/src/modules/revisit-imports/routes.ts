import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HttpError } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { visibleInstitution } from "../institutions/service.js";
import { importFile } from "./import-file.js";
import { importAnswer, importExample, importParams, importQuery } from "./schema.js";
import { findingsOf } from "./store.js";

/** Largest body, bytes. */
const MAX_BYTES = 1024 * 1024 * 1024;
const MOST_FINDINGS_TOLD = 1_000;

/** `/api/v1/imports/{code}`: what an institution hands over by itself. */
export const revisitImportRoutes = [
  serverRoute({
    method: "post",
    path: "/api/v1/imports/:code",
    auth: "revisit-imports:write",
    tags: ["机构数据 / Institution data"],
    effects: "outside",
    summary: "导入机构数据 / Import data of an institution",
    description:
      "请求体为 JSON 数组，内容同导入目录中的同名文件；逐条读取，不限条数。逐条校验：有误的列在 findings，其余照常写入；相同内容再次提交不做任何修改。答复在导入结束后给出。",
    accepts: { mediaTypes: ["application/json"], maxBytes: MAX_BYTES, isStreamed: true },
    request: { params: importParams, query: importQuery, body: z.custom<AsyncIterable<Uint8Array>>() },
    response: importAnswer,
    errors: {
      404: { description: "机构不存在 / no such institution" },
      409: { description: "相同内容正在由其他进程导入 / another process imports the same content" },
    },
    example: { response: importExample },
    async handler({ params, query: { kind = "customers" }, body, session, context, tell }) {
      const { stores, kit, clock, config, random } = context;
      const own = await visibleInstitution(stores, session, params.code);
      const path = join(config.revisitImports.uploads, `${Buffer.from(random.bytes(16)).toString("hex")}.json`);
      try {
        // Kept first, so that a slow caller holds nothing but a file.
        await mkdir(config.revisitImports.uploads, { recursive: true, mode: 0o700 });
        await pipeline(Readable.from(body, { objectMode: false }), createWriteStream(path, { mode: 0o600 }));
        const outcome = await importFile({ stores, kit, clock }, { path, name: `${own.code}/${kind}.json`, kind, own });
        if (outcome.state === "taken") throw new HttpError(409, "revisit-import.taken");
        const { rows, inserted, updated, unchanged, rejected, dropped, fault } = outcome;
        const findings = await findingsOf(stores, outcome.fileId);
        const number = (name: string) =>
          typeof fault?.params?.[name] === "number" ? Number(fault.params[name]) : null;
        return {
          institution_code: own.code,
          kind,
          status: outcome.state,
          ...{ rows, inserted, updated, unchanged, rejected, dropped },
          fault: fault && {
            code: fault.code,
            message: tell(fault),
            line: number("line"),
            column: number("column"),
            offset: number("offset"),
          },
          findings: findings
            .slice(0, MOST_FINDINGS_TOLD)
            .map(({ index, line, rowCode, path: at, code, isRejected }) => {
              const message = tell({ path: at, code, message: code });
              return { index, line, row: rowCode, path: at, code, message, rejected: isRejected };
            }),
        };
      } finally {
        await rm(path, { force: true });
      }
    },
  }),
];
