// The loader: puts the launcher and the chat frame in a page; stores nothing.
(() => {
  'use strict';
  const script =
    document.currentScript || document.getElementById('dayfly-chat');
  if (!script || customElements.get('dayfly-launcher')) return;
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
div{width:400px;height:660px;max-height:calc(100vh - 116px);
max-height:calc(100dvh - 116px);border-radius:18px;overflow:hidden;
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

  const listeners = {};
  const emit = (name, detail) => {
    for (const heard of listeners[name] || []) {
      queueMicrotask(() => heard(detail));
    }
  };
  let announce;
  let launcher;

  class Launcher extends HTMLElement {
    waiting = [];
    news = {};
    sheet = false;
    labels = { open: 'Open chat', close: 'Close chat', title: 'Chat' };

    connectedCallback() {
      if (this.button) return;
      const style = new CSSStyleSheet();
      style.replaceSync(STYLE);
      const shadow = this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [style];
      this.badge = make('b', { 'aria-hidden': true });
      this.button = make('button', { type: 'button' },
        drawing('M8 20l-5 1 1-5a9 9 0 1 1 4 4ZM8 10h8m-8 4h5'),
        drawing('m6 9 6 6 6-6'), this.badge);
      this.panel = make('div', { role: 'dialog' });
      shadow.append(this.button, this.panel);
      this.setAttribute('role', 'complementary');
      this.setAttribute('side', data.position);
      this.button.onclick = () => this.set(!this.open);
      this.onkeydown = ({ key }) => { if (key === 'Escape') this.set(false); };
      addEventListener('message', (event) => this.hear(event));
      const fit = () => this.fit();
      narrow.onchange = fit;
      view.addEventListener('resize', fit);
      view.addEventListener('scroll', fit);
      this.paint();
    }

    get open() {
      return this.hasAttribute('open');
    }

    set(open, focus = true) {
      if (open === this.open) return;
      this.load();
      this.toggleAttribute('open', open);
      this.fit();
      this.paint();
      if (focus) (open ? this.frame : this.button).focus();
      this.say({ type: 'show', open, focus });
      emit(open ? 'open' : 'close', {});
    }

    load() {
      if (this.frame) return;
      this.frame = make('iframe', { src: address });
      this.frame.onload = () => this.post({
        type: 'attach', theme: data.theme, lang: data.lang,
      });
      this.panel.append(this.frame);
    }

    say(message) {
      if (this.waiting) this.waiting.push(message);
      else this.post(message);
    }

    post(message) {
      this.frame.contentWindow.postMessage(
        { dayfly: 1, ...message }, address.origin);
    }

    hear({ source, origin, data: said }) {
      if (source !== this.frame?.contentWindow || origin !== address.origin
        || said?.dayfly !== 1) return;
      const { type } = said;
      if (type === 'attached') this.attach(said);
      if (type === 'close') this.set(false);
      if (type === 'unread') this.paint(said);
      if (type === 'event') emit(said.name, said.detail);
    }

    attach({ styles, labels, open }) {
      this.labels = labels;
      for (const name in styles) this.style.setProperty(name, styles[name]);
      this.toggleAttribute('on', true);
      this.waiting?.forEach((message) => this.post(message));
      this.waiting = null;
      if (open) this.set(true, false);
      this.paint();
      announce(api);
      emit('ready', {});
    }

    paint({ unread, label } = this.news) {
      this.news = { unread, label };
      this.badge.textContent = unread > 99 ? '99+' : unread || '';
      const { open, close, title } = this.labels;
      for (const each of [this, this.panel, this.frame, this.button]) {
        each?.setAttribute('aria-label', title);
      }
      this.button.setAttribute('aria-label', this.open ? close : label || open);
      this.button.setAttribute('aria-expanded', this.open);
    }

    fit() {
      const full = narrow.matches;
      const sheet = full && this.open;
      const { style } = this.panel;
      this.toggleAttribute('narrow', full);
      style.height = sheet ? `${view.height}px` : '';
      style.translate = sheet ? `0 ${view.offsetTop}px` : '';
      if (sheet !== this.sheet) root.style.overflow = sheet ? 'hidden' : '';
      this.sheet = sheet;
    }
  }

  const api = {
    ready: new Promise((resolve) => { announce = resolve; }),
    open: () => launcher.set(true),
    close: () => launcher.set(false),
    toggle: () => launcher.set(!launcher.open),
    show: () => { launcher.hidden = false; },
    hide: () => { launcher.set(false, false); launcher.hidden = true; },
    end: () => { launcher.load(); launcher.say({ type: 'end' }); },
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

  customElements.define('dayfly-launcher', Launcher);
  const start = () => {
    const queued = window.Dayfly || [];
    launcher = make('dayfly-launcher', {});
    // Pages that swap their body keep the chat.
    root.append(launcher);
    window.Dayfly = api;
    api.push(...queued);
    if ('open' in data) launcher.set(true, false);
    (window.requestIdleCallback || setTimeout)(() => launcher.load());
  };
  if (document.body) start();
  else addEventListener('DOMContentLoaded', start);
})();
