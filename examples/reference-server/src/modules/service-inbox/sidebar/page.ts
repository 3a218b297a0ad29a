import { type Language, type Reply, reply } from "@recallkit/http";
import { SIDEBAR_WORDS } from "./words.js";

/** Where the client of WeCom gets its own script; the page asks for it only inside WeCom. */
const SDK = "https://res.wx.qq.com/open/js/jweixin-1.2.0.js";
const AGENT_SDK = "https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js";

const STYLE = `
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--ink:#1b1d21;--soft:#5b626b;--line:#dfe2e7;--accent:#1257b0;--on:#fff}
@media(prefers-color-scheme:dark){:root{--page:#121417;--card:#1b1e23;--ink:#eef0f3;--soft:#aab2bc;--line:#343a42;--accent:#8ab8f5;--on:#10151c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:.9375rem/1.55 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;overflow-wrap:anywhere}
main{max-width:30rem;margin:0 auto;padding:.75rem}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .6rem;padding:.25rem .25rem .5rem}
h1{font-size:1.1875rem;line-height:1.3;margin:0}
h2{font-size:.8125rem;font-weight:600;color:var(--soft);margin:0 0 .35rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:.7rem .8rem;margin:0 0 .6rem}
.next{border-left:.3rem solid var(--accent)}
.next p{margin:0;font-size:1.0625rem;font-weight:600}
.soft{color:var(--soft)}
.tags{display:flex;flex-wrap:wrap;gap:.3rem;margin:0 .25rem .6rem;padding:0;list-style:none}
.tags li{border:1px solid var(--line);border-radius:1rem;padding:.05rem .55rem;font-size:.8125rem;color:var(--soft);background:var(--card)}
ul.rows{list-style:none;margin:0;padding:0}
ul.rows li{display:flex;justify-content:space-between;gap:.6rem;padding:.35rem 0;border-top:1px solid var(--line)}
ul.rows li:first-child{border-top:0;padding-top:0}
ul.rows li:last-child{padding-bottom:0}
.state{flex:none;max-width:45%;text-align:right;color:var(--soft);font-size:.8125rem}
.day{white-space:nowrap}
button{display:block;width:100%;min-height:2.75rem;text-align:left;font:inherit;color:var(--accent);background:transparent;border:1px solid var(--line);border-radius:.55rem;padding:.45rem .7rem;margin-top:.4rem;cursor:pointer}
button[data-done]{background:var(--accent);color:var(--on);border-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[hidden]{display:none}
`.trim();

/** The script of the page: it reads what there is to show, and shows it as text, never as HTML. */
export const SIDEBAR_SCRIPT = `(function(){
"use strict";
var say=JSON.parse(document.getElementById("words").textContent);
var query=new URLSearchParams(location.search);
var account=query.get("account"),mine=account?"&account="+encodeURIComponent(account):"";
var main=document.querySelector("main"),note=document.getElementById("note");
function element(name,text,kind){var e=document.createElement(name);if(text!=null)e.textContent=text;if(kind)e.className=kind;return e}
function tell(text){note.textContent=text;note.hidden=false}
function day(at){var d=new Date(at);return d.getFullYear()+"-"+("0"+(d.getMonth()+1)).slice(-2)+"-"+("0"+d.getDate()).slice(-2)}
function state(name){return say.states[name]||name}
function rows(title,items,line){
  var s=element("section");s.appendChild(element("h2",title));
  if(!items.length){s.appendChild(element("div",say.none,"soft"));return s}
  var list=element("ul",null,"rows");
  items.forEach(function(item){var pair=line(item),li=element("li"),side;li.appendChild(element("span",pair[0]));side=element("span",pair[1],"state");if(pair[2]){side.appendChild(document.createTextNode(" "));side.appendChild(element("span",pair[2],"day"))}li.appendChild(side);list.appendChild(li)});
  s.appendChild(list);return s}
function send(text,button){
  function done(){button.setAttribute("data-done","");setTimeout(function(){button.removeAttribute("data-done")},1500)}
  if(window.wx&&wx.invoke&&window.wxReady){wx.invoke("sendChatMessage",{msgtype:"text",enterChat:true,text:{content:text}},done);return}
  if(navigator.clipboard&&navigator.clipboard.writeText)navigator.clipboard.writeText(text).then(done,function(){});}
function show(data){
  note.hidden=true;
  document.querySelector("h1").textContent=data.customer.name||("#"+data.customer.id);
  document.getElementById("mobile").textContent=data.customer.mobile||"";
  if(data.labels.length){var tags=element("ul",null,"tags");data.labels.forEach(function(one){tags.appendChild(element("li",one))});main.appendChild(tags)}
  var next=element("section",null,"next");next.appendChild(element("h2",say.next));
  next.appendChild(element("p",say.actions[data.next_action.code].replace("{id}",data.next_action.id)));main.appendChild(next);
  main.appendChild(rows(say.tickets,data.tickets,function(t){return["#"+t.id+" "+t.subject,state(t.state)]}));
  main.appendChild(rows(say.projects,data.projects,function(p){return["#"+p.id+" "+p.name,state(p.stage)]}));
  main.appendChild(rows(say.orders,data.orders,function(o){return[o.order_no,o.amount+" · "+state(o.status),day(o.at)]}));
  main.appendChild(rows(say.pushes,data.pushes,function(p){var why=p.reason?(say.reasons[p.reason]||p.reason):"";return[p.rule,state(p.state)+(why?" · "+why:""),day(p.at)]}));
  var replies=element("section");replies.appendChild(element("h2",say.replies));
  data.quick_replies.forEach(function(text){var b=element("button",text);b.type="button";b.addEventListener("click",function(){send(text,b)});replies.appendChild(b)});
  main.appendChild(replies);
  document.documentElement.setAttribute("data-ready","");
}
function read(id){
  var to=document.body.getAttribute("data-base")+"/api/wechat/sidebar-data?"+(query.get("customer_id")?"customer_id="+encodeURIComponent(query.get("customer_id")):"external_userid="+encodeURIComponent(id||""))+mine;
  fetch(to,{credentials:"same-origin",headers:{accept:"application/json"}}).then(function(answer){
    if(answer.status===401){location.replace(document.body.getAttribute("data-base")+"/sidebar/sign-in?return_to="+encodeURIComponent(location.pathname+location.search)+mine);return}
    if(answer.status===403){tell(say.forbidden);return}
    if(answer.status===404){tell(say.nobody);return}
    if(!answer.ok){tell(say.failed);return}
    return answer.json().then(show)},function(){tell(say.failed)});
}
function load(src,next){var s=document.createElement("script");s.src=src;s.onload=next;s.onerror=function(){tell(say.failed)};document.head.appendChild(s)}
function inWecom(){
  load("${SDK}",function(){load("${AGENT_SDK}",function(){
    fetch(document.body.getAttribute("data-base")+"/sidebar/signatures?url="+encodeURIComponent(location.href.split("#")[0])+mine,{credentials:"same-origin"}).then(function(a){
      if(a.status===401){read("");return}
      return a.json().then(function(s){
        wx.config({beta:true,debug:false,appId:s.corpId,timestamp:s.config.timestamp,nonceStr:s.config.nonceStr,signature:s.config.signature,jsApiList:["getCurExternalContact","sendChatMessage"]});
        wx.ready(function(){wx.agentConfig({corpid:s.corpId,agentid:s.agentId,timestamp:s.agentConfig.timestamp,nonceStr:s.agentConfig.nonceStr,signature:s.agentConfig.signature,jsApiList:["getCurExternalContact","sendChatMessage"],
          success:function(){window.wxReady=true;wx.invoke("getCurExternalContact",{},function(c){read(c.userId)})},fail:function(){tell(say.failed)}})})})},function(){tell(say.failed)})})})}
if(query.get("external_userid")||query.get("customer_id"))read(query.get("external_userid"));
else if(/wxwork/i.test(navigator.userAgent))inWecom();
else tell(say.nobody);
})();
`;

/** The page; it holds nothing of anybody, and reads what it shows as whoever is signed in. */
export function sidebarPage(language: Language, nonce: string, base: string): Reply {
  const say = SIDEBAR_WORDS[language];
  const words = JSON.stringify(say).replaceAll("<", "\\u003c");
  const html = `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<title>${say.title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body data-base="${base}">
<main aria-live="polite">
<header><h1>${say.title}</h1><span class="soft" id="mobile"></span></header>
<p class="soft" id="note">${say.loading}</p>
</main>
<script type="application/json" id="words" nonce="${nonce}">${words}</script>
<script src="${base}/sidebar/script.js" defer></script>
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'self' ${SDK} ${AGENT_SDK}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return reply(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
      vary: "accept-language",
    },
  });
}
