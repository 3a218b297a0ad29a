import { serve } from "@hono/node-server";
import { recallkitApp } from "@recallkit/http";
import { Hono } from "hono";
import { pushModule } from "recallkit/modules";
import { authorize, basePath, kit, port } from "../backend.js";

const recall = recallkitApp(kit, { basePath, modules: [pushModule], authorize });
const app = new Hono();
app.use((c, next) => (recall.owns(c.req.path) ? recall.fetch(c.req.raw) : next()));
serve({ fetch: app.fetch, port });
