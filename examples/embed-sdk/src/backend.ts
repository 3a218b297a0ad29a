import { createServer } from "node:http";
import { startRecall } from "./start-recall.js";

async function main(): Promise<void> {
  const { RECALL_FILE = "recall.db", SECRET_KEY = "", WECOM_CORP_ID = "", WECOM_SECRET = "" } = process.env;
  const recall = await startRecall({
    file: RECALL_FILE,
    secretKey: SECRET_KEY,
    corpId: WECOM_CORP_ID,
    secret: WECOM_SECRET,
    baseUrl: process.env.WECOM_BASE_URL,
  });

  // Your own routes call the kit; here one counts the customers.
  const server = createServer(async (_request, response) => {
    const customers = await recall.kit.audience.count({ segment: { everybody: true } });
    response.end(JSON.stringify({ customers }));
  });
  server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => console.log("listening", server.address()));

  process.once("SIGTERM", async () => {
    server.close(); // no new requests
    await recall.stop(); // no new work; what is under way ends
  });
}

void main();
