import { recallkitApp } from "@recallkit/http";
import { pushModule } from "recallkit/modules";
import { authorize, kit } from "../backend.js";

export const runtime = "nodejs";
const recall = recallkitApp(kit, { basePath: "/api/recall", modules: [pushModule], authorize });
const answer = (request: Request) => recall.fetch(request);

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE, answer as OPTIONS };
