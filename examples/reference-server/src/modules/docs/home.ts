import type { Reply } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import { escapeHtml, page } from "./pages.js";

const STYLE = `<style>
body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1d2733; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2rem; }
small, .en { color: #5c6b7a; } code, pre { background: #f2f5f8; border-radius: 4px; padding: .1rem .3rem; }
pre { padding: .8rem; overflow-x: auto; } li { margin: .3rem 0; }
</style>`;

const PHASES = { running: "进行中 / running", finished: "已完成 / finished", failed: "未完成 / failed" } as const;

/** The page at `/`: what runs here, and where to go next. */
export function homePage({ version, lifecycle, config }: ServerContext): Reply {
  const { samplePush } = lifecycle;
  const sample =
    samplePush === null
      ? ""
      : `<h2>示例推送 <span class="en">Sample push</span></h2>
<p><strong>${PHASES[samplePush.phase]}</strong><br>${escapeHtml(samplePush.note)}</p>`;
  const channel = config.wecom
    ? "企业微信：已配置 / WeCom: configured"
    : config.usesSimulators
      ? "企业微信：本机模拟器，不会联系任何人 / WeCom: simulator on this machine, nobody is contacted"
      : "企业微信：未配置，批次保持等待 / WeCom: not configured, batches stay pending";
  return page({
    title: "RecallKit",
    body: `${STYLE}
<h1>RecallKit</h1>
<p>沉睡客户召回：选人群、定时推送、看效果。<br>
<span class="en">Wins lapsed customers back: choose an audience, push on schedule, see what came back.</span></p>
<p><small>${escapeHtml(version)} · ${channel}</small></p>
${sample}
<h2>接口 <span class="en">API</span></h2>
<ul>
<li><a href="/docs">/docs</a> 在线调试 <span class="en">try the API</span></li>
<li><a href="/redoc">/redoc</a> 接口手册 <span class="en">reference</span></li>
<li><a href="/openapi.json">/openapi.json</a> OpenAPI 3.1</li>
<li><a href="/health">/health</a> 健康状况 <span class="en">health</span></li>
</ul>
<h2>登录 <span class="en">Log in</span></h2>
<p>首次启动时终端会打印账号，也保存在数据目录的 <code>login.txt</code>。<br>
<span class="en">The first start prints the login; it is also kept in <code>login.txt</code> in the data folder.</span></p>
<pre>curl -s -X POST -H 'content-type: application/json' \\
  -d '{"username":"…","password":"…"}' ${escapeHtml(`http://127.0.0.1:${config.port || "PORT"}`)}/login</pre>`,
  });
}
