import type { WecomSidebar } from "@recallkit/wecom";

/** A page in WeCom's sidebar: who is signed in, and whose chat is open. Mount it below the trusted domain of the app. */
export function sidebarApp(sidebar: WecomSidebar): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/wecom/sign-in") return sidebar.signIn(request);
    if (pathname === "/wecom/finish") return sidebar.finish(request);
    if (pathname === "/wecom/signatures") return sidebar.signatures(request);
    if (pathname !== "/sidebar") return new Response("not found", { status: 404 });
    const session = sidebar.session(request);
    if (session?.kind !== "member")
      return Response.redirect(new URL("/wecom/sign-in?return_to=/sidebar", request.url), 302);
    return new Response(PAGE, { headers: { "content-type": "text/html; charset=utf-8" } });
  };
}

// The SDK asks for a signature of each page; the contact whose chat is open comes from WeCom, and everything else from
// routes of one's own, which look at the session and not at what the page says.
const PAGE = `<!doctype html>
<meta name="viewport" content="width=device-width">
<title>客户</title>
<p id="contact">…</p>
<script type="module">
import * as ww from "https://cdn.jsdelivr.net/npm/@wecom/jssdk@2.4.4/+esm";
const signatures = async () => (await fetch("/wecom/signatures?url=" + encodeURIComponent(location.href))).json();
const { corpId, agentId } = await signatures();
ww.register({
  corpId,
  agentId,
  jsApiList: ["getCurExternalContact"],
  getConfigSignature: async () => (await signatures()).config,
  getAgentConfigSignature: async () => (await signatures()).agentConfig,
});
const { userId } = await ww.getCurExternalContact();
document.getElementById("contact").textContent = userId;
</script>
`;
