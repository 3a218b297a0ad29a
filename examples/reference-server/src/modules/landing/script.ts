/**
 * The script of the pages, which do everything without it too: it tells that a person is there, guards against a second tap,
 * copies the code.
 */
export const SCRIPT = `(function(){
"use strict";
var root=document.documentElement,seen=root.getAttribute("data-seen");
function tell(){
  if(!seen||navigator.webdriver)return;
  var to=seen;seen=null;
  try{if(navigator.sendBeacon&&navigator.sendBeacon(to))return}catch(e){}
  try{var x=new XMLHttpRequest();x.open("POST",to);x.send()}catch(e){}
}
function touch(e){if(e.isTrusted!==false)tell()}
["pointerdown","touchstart","keydown","scroll"].forEach(function(on){addEventListener(on,touch,{passive:true,once:true})});
function dwell(){if(document.visibilityState==="visible")tell()}
setTimeout(dwell,1500);
document.addEventListener("visibilitychange",function(){setTimeout(dwell,1500)});
document.addEventListener("submit",function(e){
  var button=e.target.querySelector("button[data-busy]");
  if(!button)return;
  if(button.disabled){e.preventDefault();return}
  tell();
  setTimeout(function(){button.disabled=true;button.textContent=button.getAttribute("data-busy")},0);
});
addEventListener("pageshow",function(e){if(e.persisted)location.reload()});
var copy=document.querySelector("[data-copy]");
if(copy){copy.hidden=false;copy.addEventListener("click",function(){
  var text=copy.getAttribute("data-copy");
  function done(){copy.textContent=copy.getAttribute("data-done")}
  function old(){var a=document.createElement("textarea");a.value=text;document.body.appendChild(a);a.select();
    try{if(document.execCommand("copy"))done()}finally{a.remove()}}
  if(navigator.clipboard&&navigator.clipboard.writeText)navigator.clipboard.writeText(text).then(done,old);else old();
})}
})();
`;
