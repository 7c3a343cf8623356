// The shop's own script: its "ask us" buttons open the chat. Calls made before
// the chat has loaded wait in the array, which is all a page needs to know.
window.Dayfly = window.Dayfly || [];
for (const button of document.querySelectorAll('[data-chat]')) {
  button.addEventListener('click', () => window.Dayfly.push(['open']));
}
