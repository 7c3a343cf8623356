// The shop's own script: its "ask us" buttons open the chat, and the agents
// see which part of the shop a question comes from. Calls made before the chat
// has loaded wait in the array, which is all a page needs to know.
window.Dayfly = window.Dayfly || [];
window.Dayfly.push(['setContext', {
  tags: { section: document.querySelector('[aria-current]').textContent },
}]);
for (const button of document.querySelectorAll('[data-chat]')) {
  button.addEventListener('click', () => window.Dayfly.push(['open']));
}
