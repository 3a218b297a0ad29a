import { recallkitApp, toNodeHandler } from "@recallkit/http";
import fastify from "fastify";
import { pushModule } from "recallkit/modules";
import { authorize, basePath, kit, port } from "../backend.js";

const recall = recallkitApp(kit, { basePath, modules: [pushModule], authorize });
const app = fastify();
app.addHook("onRequest", async ({ raw }, reply) => {
  if (recall.owns(raw.url)) toNodeHandler(recall)(raw, reply.hijack().raw);
});
await app.listen({ port });
