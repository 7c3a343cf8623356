// For pages written against PegaUnifiedChatWidget and PegaChatTags: loaded
// beside widget.js, it maps both on window.Dayfly. See docs/widget.md.
(() => {
  'use strict';
  const widget = window.PegaUnifiedChatWidget ??= {};
  const dayfly = window.Dayfly ??= [];
  // Looked up when it is time: pages set them whenever they like.
  const call = (name, ...given) => widget[name]?.(...given);

  dayfly.push((api) => {
    let trigger;
    let tags = window.PegaChatTags ?? {};
    const tell = () => api.setContext({
      tags: { ...tags, ...(trigger && { trigger }) },
    });
    const watched = (given) => new Proxy(given, {
      set(target, name, value) {
        target[name] = value;
        tell();
        return true;
      },
      deleteProperty(target, name) {
        delete target[name];
        tell();
        return true;
      },
    });
    Object.defineProperty(window, 'PegaChatTags', {
      configurable: true,
      get: () => watched(tags),
      set(given) {
        tags = given ?? {};
        tell();
      },
    });
    tell();

    Object.assign(widget, {
      toggleWidget: api.toggle,
      endChat: api.end,
      triggerChat(code) {
        trigger = code;
        tell();
        api.open();
      },
    });
    api.onCreateSession(async () => call('onCreateSessionRequest'));
    api.on('session', ({ conversation, resumed }) => {
      if (!resumed) call('onSessionInitialized', conversation);
    });
    api.on('event', ({ name, data, acknowledge }) => call('onChatAPIEvent', {
      event: 'custom-event', name, data, acknowledge,
    }));
  });
})();
