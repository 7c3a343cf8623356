// The loader: puts the launcher and the chat frame in a page; stores nothing.
(() => {
  'use strict';
  const script =
    document.currentScript || document.getElementById('dayfly-chat');
  if (!script) return;
  const address = new URL('frame', script.src);
  const data = script.dataset;
  const narrow = matchMedia('(max-width:520px),(max-height:420px)');
  const view = visualViewport;
  const root = document.documentElement;

  const STYLE = `
:host{all:initial;position:fixed;z-index:2147483000;--s:#fff}
:host([hidden]){display:none}
button{all:unset;width:60px;height:60px;border-radius:30px;
bottom:max(20px,env(safe-area-inset-bottom))!important;
background:var(--c);color:var(--i);cursor:pointer;opacity:0;scale:.5;
box-shadow:0 8px 24px #0005}
button,div{position:fixed;right:20px;bottom:96px;transition:all .2s}
:host([on]) button{opacity:1;scale:1}
button:focus-visible{outline:3px solid;outline-offset:-6px}
svg{position:absolute;inset:16px;fill:none;stroke:currentColor;
stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
svg+svg,:host([open]) svg{opacity:0}
:host([open]) svg+svg{opacity:1}
b{position:absolute;top:-3px;right:-3px;min-width:22px;padding:0 6px;
box-sizing:border-box;border-radius:99px;background:#c81e3a;color:#fff;
font:600 12px/22px system-ui;text-align:center;box-shadow:0 0 0 2px var(--s)}
b:empty,:host([open]) b{display:none}
div{width:400px;height:660px;max-height:calc(100dvh - 116px);
border-radius:18px;overflow:hidden;
background:var(--s);box-shadow:0 0 0 1px #0002,0 12px 48px #0005;
visibility:hidden;opacity:0;translate:0 12px}
:host([side=left]) :is(button,div){right:auto;left:20px}
:host([open]) div{visibility:visible;opacity:1;translate:0;
transition-property:opacity,translate}
iframe{border:0;width:100%;height:100%}
:host([narrow]) div{inset:0!important;width:auto;height:100%;max-height:none;
border-radius:0;box-sizing:border-box;transition:none;
padding-bottom:env(safe-area-inset-bottom)}
:host([narrow][open]) button{visibility:hidden}
@media(prefers-reduced-motion){*{transition:none!important}}`;

  const make = (tag, attributes, ...children) => {
    const element =
      document.createElementNS(`http://www.w3.org/${/svg|path/.test(tag)
        ? '2000/svg' : '1999/xhtml'}`, tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };
  const drawing = (d) => make('svg',
    { viewBox: '0 0 24 24', 'aria-hidden': true }, make('path', { d }));

  const badge = make('b', { 'aria-hidden': true });
  const button = make('button', { type: 'button' },
    drawing('M8 20l-5 1 1-5a9 9 0 1 1 4 4ZM8 10h8m-8 4h5'),
    drawing('m6 9 6 6 6-6'), badge);
  const panel = make('div', { role: 'dialog' });
  const launcher = make('dayfly-launcher',
    { role: 'complementary', side: data.position });
  const isOpen = () => launcher.hasAttribute('open');

  const context = {};
  const listeners = {};
  let waiting = [];
  let news = {};
  let labels = { open: 'Open chat', close: 'Close chat', title: 'Chat' };
  let create = async () => {};
  let announce;
  let frame;
  let sheet = false;

  const emit = (name, detail) => {
    for (const heard of listeners[name] || []) {
      queueMicrotask(() => heard(detail));
    }
  };
  const post = (message) => frame.contentWindow.postMessage(
    { dayfly: 1, ...message }, address.origin);
  const say = (message) => {
    if (waiting) waiting.push(message);
    else post(message);
  };

  const paint = () => {
    const { unread, label } = news;
    badge.textContent = unread > 99 ? '99+' : unread || '';
    for (const each of [launcher, panel, frame, button]) {
      each?.setAttribute('aria-label', labels.title);
    }
    button.setAttribute('aria-label',
      isOpen() ? labels.close : label || labels.open);
    button.setAttribute('aria-expanded', isOpen());
  };

  const fit = () => {
    const full = narrow.matches;
    const covers = full && isOpen();
    const { style } = panel;
    launcher.toggleAttribute('narrow', full);
    style.height = covers ? `${view.height}px` : '';
    style.translate = covers ? `0 ${view.offsetTop}px` : '';
    if (covers !== sheet) root.style.overflow = covers ? 'hidden' : '';
    sheet = covers;
  };

  const load = () => {
    if (frame) return;
    frame = make('iframe', { src: address });
    frame.onload = () => post({
      type: 'attach', theme: data.theme, lang: data.lang,
    });
    panel.append(frame);
  };

  const set = (open, focus = true) => {
    if (open === isOpen()) return;
    load();
    launcher.toggleAttribute('open', open);
    fit();
    paint();
    if (focus) (open ? frame : button).focus();
    say({ type: 'show', open, focus });
    emit(open ? 'open' : 'close', {});
  };

  const api = {
    ready: new Promise((resolve) => { announce = resolve; }),
    open: () => set(true),
    close: () => set(false),
    toggle: () => set(!isOpen()),
    show: () => { launcher.hidden = false; },
    hide: () => { set(false, false); launcher.hidden = true; },
    end: () => { load(); say({ type: 'end' }); },
    setContext: (more) => { Object.assign(context, more); },
    setPrivateData: (token) => say({ type: 'private', token }),
    onCreateSession: (asked) => { create = asked; },
    on(name, heard) {
      (listeners[name] ||= new Set()).add(heard);
      return () => api.off(name, heard);
    },
    off: (name, heard) => { listeners[name]?.delete(heard); },
    // Takes functions and ['verb', ...], as queued before the loader ran.
    push(...calls) {
      for (const call of calls) {
        if (call.call) call(api);
        else api[call[0]](...call.slice(1));
      }
    },
  };

  // What the frame says, by type.
  const hears = {
    close: api.close,
    attached(said) {
      labels = said.labels;
      for (const name in said.styles) {
        launcher.style.setProperty(name, said.styles[name]);
      }
      launcher.toggleAttribute('on', true);
      waiting?.forEach(post);
      waiting = null;
      if (said.open) set(true, false);
      paint();
      announce(api);
      emit('ready', {});
    },
    unread(said) {
      news = said;
      paint();
    },
    event({ name, detail }) {
      // A function cannot come through a window.
      if (name === 'event') {
        detail.acknowledge = () => post({ type: 'taken', name: detail.name });
      }
      emit(name, detail);
    },
    // Asked for again and again while somebody chats, and never before.
    where({ names }) {
      const { title, referrer } = document;
      const cookies = {};
      for (const name of names) {
        const [, found] = `; ${document.cookie}`.split(`; ${name}=`);
        if (found) [cookies[name]] = found.split(';');
      }
      post({
        page: { url: location.href, title, referrer },
        ...context, cookies, type: 'where',
      });
    },
    create() {
      const answer = (token) => post({ type: 'created', token });
      create().then(answer, () => answer());
    },
  };

  const start = () => {
    const queued = window.Dayfly || [];
    if (queued.ready) return;
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    const shadow = launcher.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [style];
    shadow.append(button, panel);
    button.onclick = api.toggle;
    launcher.onkeydown = ({ key }) => { if (key === 'Escape') set(false); };
    addEventListener('message', ({ source, origin, data: said }) => {
      if (source === frame?.contentWindow && origin === address.origin
        && said?.dayfly === 1) hears[said.type]?.(said);
    });
    narrow.onchange = fit;
    view.addEventListener('resize', fit);
    view.addEventListener('scroll', fit);
    paint();
    // Pages that swap their body keep the chat.
    root.append(launcher);
    window.Dayfly = api;
    api.push(...queued);
    if ('open' in data) set(true, false);
    (window.requestIdleCallback || setTimeout)(load);
  };
  if (document.body) start();
  else addEventListener('DOMContentLoaded', start);
})();
